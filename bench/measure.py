"""One measurement in a process of its own, so that memory is that of one task alone.

python -m bench.measure person bench/out/person.indexed.vcf.gz   ->   one line of JSON
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pysam

from garrod.adapters.packs.load import load_shelf
from garrod.adapters.vcf.alleles import window_of
from garrod.adapters.vcf.place import Place
from garrod.adapters.vcf.read import read_genotypes
from garrod.adapters.vcf.source import GZIP, Source, fetch_lines, open_source
from garrod.core.person import Person
from garrod.core.variant import Assembly
from garrod.entry.wire import Services
from garrod.science.pgx.people import Caller, Sample, call_people, load_caller

DAY = date(2026, 1, 1)  # advice depends on age; the bench's people have none
MEBIBYTE = 1024  # ru_maxrss is in KiB on Linux
Timed = tuple[float, float]  # wall and processor seconds


def best(act: Callable[[], object], repeats: int) -> Timed:
    """Return the least wall and processor time of several runs, after one that does not count."""
    act()
    walls, cpus = [], []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        act()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return min(walls), min(cpus)


def floor(path: Path, caller: Caller) -> None:
    """Read what must be read of the file, and split it: no more."""
    source = open_source(path)
    if source.index is not None:
        _fetch(source, caller)
    elif source.is_bcf:
        pysam.set_verbosity(0)
        with pysam.VariantFile(str(path)) as file:
            for record in file:
                _ = (record.chrom, record.pos)
    else:
        with path.open("rb") as file:
            is_packed = file.read(2) == GZIP
        with gzip.open(path) if is_packed else path.open("rb") as text:
            for line in text:
                _ = line.split(b"\t")


def _fetch(source: Source, caller: Caller) -> None:
    found = [window_of(n, p, Assembly.GRCH38) for n, p in enumerate(caller.positions())]
    stretches = list(Place(w for w in found if w is not None).stretches())
    for line in fetch_lines(source, stretches):
        _ = line.split(b"\t")


def person(path: Path, repeats: int) -> dict[str, float]:
    """Measure one person's file to calls and to the advice that looks ahead, knowledge loaded."""
    services = Services()
    services.ahead(Person("Patient/bench"), today=DAY)

    def work() -> None:
        table = services.read(path)
        ((subject, findings),) = services.call(table, [Sample(table.samples[0])])
        services.ahead(Person(f"Patient/{subject.sample}", findings=findings), today=DAY)

    return _measured(work, lambda: floor(path, services.caller), repeats)


def cohort(path: Path, repeats: int, genes: Sequence[str] = ()) -> dict[str, float]:
    """Measure a cohort's file to calls, each person's dropped when the next is made."""
    caller = load_caller(load_shelf())
    if genes:
        caller = replace(caller, definitions={g: caller.definitions[g] for g in genes})

    def work() -> None:
        table = read_genotypes(path, caller.positions())
        for _ in call_people(caller, table, [Sample(s) for s in table.samples]):
            pass

    return _measured(work, lambda: floor(path, caller), repeats)


def panels(path: Path, repeats: int) -> list[tuple[int, int, float]]:
    """Measure panels of more and more genes: number of genes, of positions, processor seconds.

    Genes differ much in size, so each number is the mean of several seeded panels.
    """
    caller = load_caller(load_shelf())
    random = np.random.default_rng(1)
    every = [g for g, d in caller.definitions.items() if d.positions]
    orders = [random.permutation(every).tolist() for _ in range(6)]
    found = []
    for count in (4, 8, 12, 16, 20, len(every)):
        each = [cohort(path, repeats, order[:count]) for order in orders]
        places = [sum(len(caller.definitions[g].positions) for g in o[:count]) for o in orders]
        cpu = sum(e["cpu"] for e in each) / len(each)
        found.append((count, round(sum(places) / len(places)), round(cpu, 4)))
    return found


def _measured(
    work: Callable[[], object], least: Callable[[], object], repeats: int
) -> dict[str, float]:
    wall, cpu = best(work, repeats)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEBIBYTE
    floor_wall, floor_cpu = best(least, repeats)
    return {
        "wall": wall,
        "cpu": cpu,
        "floor_wall": floor_wall,
        "floor_cpu": floor_cpu,
        "peak_mib": peak,
    }


def main() -> None:
    """Print the measurement as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("task", choices=["person", "cohort", "panels"])
    parser.add_argument("path", type=Path)
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args()
    tasks = {"person": person, "cohort": cohort, "panels": panels}
    print(json.dumps(tasks[asked.task](asked.path, asked.repeats)))


if __name__ == "__main__":
    main()
