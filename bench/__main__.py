"""Measures everything, prints the table, adds to the history, draws how cost grows.

    python -m bench            about two minutes on two cores; inputs are made once, in bench/out

Each measurement runs in a process of its own. Ratios are to the floor: the same file merely read
and split, in the same run.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.draw import Panel, growth_svg
from bench.facts import facts_figures

HERE = Path(__file__).parent
OUT = HERE / "out"
HISTORY = HERE / "history.csv"
PAGE = HERE.parent / "docs" / "validation" / "speed.md"
OPENED, CLOSED = "<!-- figures: written by python -m bench -->", "<!-- end -->"
DRAWING = HERE.parent / "docs" / "validation" / "growth.svg"
PEOPLE = (250, 500, 1000, 2000, 8000)
GAPS = (3, 20)
TRIES = 5  # of a cold command: the quickest counts, the others met a busy machine
GARROD = (str(Path(sys.executable).with_name("garrod")), "genome", "call")
COLD_FLOOR = (
    "import sys, numpy, pysam\n"
    "with pysam.TabixFile(sys.argv[1]) as f:\n"
    "    for c in f.contigs:\n"
    "        for line in f.fetch(c, 94_000_000, 98_000_000): line.split('\\t')\n"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure beside its floor (None: it has none) and its target."""

    name: str
    value: float
    unit: str
    floor: float | None = None
    target: float | None = None

    @property
    def ratio(self) -> float | None:
        """Return how many times the floor it is."""
        return self.value / self.floor if self.floor else None

    @property
    def verdict(self) -> str:
        """Return whether the target was met, where there is one."""
        if self.target is None:
            return ""
        return f"{'met' if self.value <= self.target else 'MISSED'} (≤ {self.target:g})"


def measured(task: str, file: str, *, repeats: int = 5) -> dict[str, float]:
    """Return what bench.measure prints for a task."""
    command = [sys.executable, "-m", "bench.measure", task, str(OUT / file)]
    done = subprocess.run(
        [*command, "--repeats", str(repeats)],
        stdout=subprocess.PIPE,
        check=True,
        cwd=HERE.parent,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def cold(command: tuple[str, ...], *, tries: int = TRIES) -> tuple[float, float]:
    """Return the wall seconds and peak MiB of a command started from nothing."""
    walls, peaks = [], []
    for _ in range(tries):
        started = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        walls.append(time.perf_counter() - started)
        peaks.append(usage.ru_maxrss / 1024)
        if process.returncode:
            raise SystemExit(f"{' '.join(command)} failed")
    return min(walls), max(peaks)


def person_figures() -> Iterator[Figure]:
    """Yield the figures of one person's 600,000 records."""
    kinds = {
        "bgzip + tabix": ("person.indexed.vcf.gz", 0.15, 5),
        "BCF + csi": ("person.indexed.bcf", None, 5),
        "bgzip, no index": ("person.vcf.gz", None, 2),
        "plain": ("person.vcf", None, 2),
        "BCF, no index": ("person.bcf", None, 2),
    }
    for kind, (file, target, repeats) in kinds.items():
        found = measured("person", file, repeats=repeats)
        name = f"one person, {kind}: warm, calls + advice"
        yield Figure(name, found["wall"], "s", found["floor_wall"], target)
    indexed = str(OUT / "person.indexed.vcf.gz")
    seconds, peak = cold((*GARROD, indexed))
    least, _ = cold((sys.executable, "-c", COLD_FLOOR, indexed))
    yield Figure("one person, bgzip + tabix: cold `garrod genome call`", seconds, "s", least, 1.5)
    yield Figure("one person, bgzip + tabix: peak memory of that command", peak, "MiB", None, 250)


def cohort_figures(growth: dict[int, dict[str, float]]) -> Iterator[Figure]:
    """Yield the figures of cohorts at 1,202 places, and of how they grow."""
    plain, quality = growth[1000], measured("cohort", "cohort1000.quality.vcf")
    yield Figure("1,000 people, GT: calls", plain["wall"], "s", plain["floor_wall"], 5)
    yield Figure("1,000 people, GT:DP:GQ: calls", quality["wall"], "s", quality["floor_wall"], 5)
    for gaps in GAPS:
        found = measured("cohort", f"cohort1000.gaps{gaps}.vcf", repeats=1)
        name = f"1,000 people, GT, {gaps} % of cells without a call: calls"
        yield Figure(name, found["wall"], "s", found["floor_wall"])
        yield Figure(name.replace("calls", "peak memory"), found["peak_mib"], "MiB", None, 250)
    seconds, peak = cold((*GARROD, str(OUT / "cohort1000.vcf"), "--format", "tsv"))
    yield Figure("1,000 people, GT: cold `garrod genome call --format tsv`", seconds, "s", None, 5)
    yield Figure("1,000 people, GT: peak memory of that command", peak, "MiB", None, 250)
    for people, found in growth.items():
        yield Figure(f"{people:,} people: peak memory of the calls", found["peak_mib"], "MiB")
    most, least = max(growth), min(growth)
    more = (growth[most]["peak_mib"] - growth[least]["peak_mib"]) * 1024 / (most - least)
    yield Figure("memory for each further person", more, "KiB")


def advice_figures() -> Iterator[Figure]:
    """Yield the figures of advice from stored findings, and of loading the packs."""
    command = [sys.executable, "-m", "bench.advice", str(OUT / "cohort1000.vcf")]
    tries: list[dict[str, float]] = []
    for _ in range(TRIES):
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=HERE.parent)
        tries.append(json.loads(done.stdout))
    found = {name: min(one[name] for one in tries) for name in tries[0]}
    name = f"advice on {found['drugs']:.0f} medicines from stored findings"
    floor = found["floor"] * 1000
    yield Figure(f"{name}: warm, median", found["median"] * 1000, "ms", floor, 2)
    yield Figure(f"{name}: warm, 95th percentile", found["p95"] * 1000, "ms")
    yield Figure(f"{name}: nobody asked about before, median", found["first"] * 1000, "ms")
    yield Figure("packs loaded, caller and all", found["packs"], "s", None, 0.15)
    yield Figure("packs loaded, without the caller", found["packs without the caller"], "s")


def shown(figures: list[Figure]) -> str:
    """Return the table as text."""
    rows = [("figure", "value", "floor", "ratio", "target")]
    for f in figures:
        floor = f"{f.floor:.3f} {f.unit}" if f.floor else "–"
        ratio = f"{f.ratio:.1f}" if f.ratio else "–"
        rows.append((f.name, f"{f.value:.3f} {f.unit}", floor, ratio, f.verdict))
    return "\n".join("| " + " | ".join(row) + " |" for row in [rows[0], ("---",) * 5, *rows[1:]])


def publish(table: str) -> None:
    """Put the table into the page, between its two marks."""
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(OPENED)
    after = rest.split(CLOSED)[1]
    PAGE.write_text(f"{before}{OPENED}\n{table}\n{CLOSED}{after}", encoding="utf-8")


def remember(figures: list[Figure]) -> None:
    """Add the figures to the history; a machine is known by its number of processors alone."""
    is_new = not HISTORY.exists()
    today = datetime.now(UTC).date().isoformat()
    with HISTORY.open("a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        if is_new:
            writer.writerow(("date", "machine", "figure", "value", "unit", "floor", "ratio"))
        for f in figures:
            floor = f"{f.floor:.4f}" if f.floor else ""
            ratio = f"{f.ratio:.2f}" if f.ratio else ""
            machine = f"{os.cpu_count()} processors"
            writer.writerow((today, machine, f.name, f"{f.value:.4f}", f.unit, floor, ratio))


def main() -> None:
    """Measure, print, remember and draw."""
    subprocess.run([sys.executable, "-m", "bench.inputs"], check=True, cwd=HERE.parent)
    growth = {n: measured("cohort", f"cohort{n}.vcf", repeats=3) for n in PEOPLE}
    figures = [*person_figures(), *cohort_figures(growth), *advice_figures()]
    figures += [Figure(*figure) for figure in facts_figures()]
    genes = json.loads(json.dumps(measured("panels", "cohort1000.vcf", repeats=1)))
    panels = (
        Panel("people", [(float(n), g["cpu"]) for n, g in growth.items()]),
        Panel("genes, for 1,000 people", [(float(n), cpu) for n, _, cpu in genes]),
        Panel("positions, for 1,000 people", [(float(p), cpu) for _, p, cpu in genes]),
    )
    figures += [Figure(f"straight line through {p.label}: R²", p.straightness, "") for p in panels]
    table = shown(figures)
    print(table)
    publish(table)
    remember(figures)
    DRAWING.parent.mkdir(parents=True, exist_ok=True)
    DRAWING.write_text(growth_svg(panels), encoding="utf-8")


if __name__ == "__main__":
    main()
