"""Who is affected when the knowledge changes, among 100,000 people, as a user would ask.

    python -m bench.reanalyse [--people 100000] [--keep FOLDER] [--kinds renal-rule,start-rule,...]

Writes the world with `garrod world` (once, where a folder is kept), makes a changed pack of each
kind in a site of its own, and runs `garrod population reanalyse --people` in a process of its own.
Prints one JSON object: wall, processor and peak memory of each kind,
who was looked at and who is affected, and the ratio to a reference of the same run: every file
read, and each line parsed by orjson, in one process.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from bench.__main__ import Figure, remember
from bench.changes import CHANGES, changed_pack

GARROD = str(Path(sys.executable).with_name("garrod"))
DAY = "2025-12-31"
SEED = 1
TARGET = 60.0  # seconds, of the renal rule


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took: seconds of wall and processor, MiB of its largest process."""

    wall: float
    cpu: float
    peak_mib: float

    def as_json(self) -> dict[str, float]:
        """Return it as plain values."""
        return {
            "wall_s": round(self.wall, 2),
            "cpu_s": round(self.cpu, 2),
            "peak_mib": round(self.peak_mib),
        }


def cost_of(command: list[str]) -> tuple[Cost, str]:
    """Run a command; return what it took, its processes included, and what it said on stderr."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as talk:
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=talk) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - began
        talk.seek(0)
        said = talk.read().decode()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: {said}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024), said


def made_world(folder: Path, people: int) -> dict[str, float]:
    """Make the world where it is not there yet; return what it took."""
    if (folder / "Patient.ndjson").exists():
        return {}
    asked = ["world", "--people", str(people), "--seed", str(SEED), "-o", str(folder)]
    return cost_of([GARROD, *asked])[0].as_json()


def reference(folder: Path) -> Cost:
    """Read and parse every line of the world, and do nothing with it."""
    code = (
        "import sys, orjson, pathlib\n"
        "for path in pathlib.Path(sys.argv[1]).glob('*.ndjson'):\n"
        "    with path.open('rb', buffering=1 << 20) as file:\n"
        "        for line in file: orjson.loads(line)\n"
    )
    return cost_of([sys.executable, "-c", code, str(folder)])[0]


def asked(kind: str, site: Path, people: Path) -> tuple[dict[str, Any], Cost]:
    """Run one reanalysis; return its figures."""
    before, after = changed_pack(kind, site)
    out = site / f"{kind}.ndjson"
    command = [GARROD, "population", "reanalyse", "--from", before, "--to", after]
    command += ["--people", str(people)]
    cost, said = cost_of([*command, "--on", DAY, "-o", str(out)])
    looked = re.search(r"([\d,]+) people may be affected", said)
    with out.open("rb") as file:
        lines = [orjson.loads(line) for line in file]
    told = {
        **cost.as_json(),
        "looked_at": int(looked[1].replace(",", "")) if looked else 0,
        "affected": len(lines),
        "lose_a_hard_stop": sum(line["loses_hard_stop"] for line in lines),
    }
    return told, cost


def main() -> None:
    """Make the world, ask, and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--keep", default="", help="a folder to make the world in, and use again")
    parser.add_argument("--kinds", default="renal-rule", help="of: " + ", ".join(CHANGES))
    parser.add_argument("--remember", action="store_true", help="add to bench/history.csv")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as name:
        figures = measured(given, Path(given.keep or name), Path(name))
    print(json.dumps({"people": given.people, "target_s": TARGET, **figures}, indent=1))


def measured(given: argparse.Namespace, kept: Path, site: Path) -> dict[str, Any]:
    """Return every figure that is asked for."""
    told: dict[str, Any] = {"load": os.getloadavg()[0]}
    folder = kept / f"world-{given.people}"
    told["world"] = made_world(folder, given.people)
    floor = reference(folder)
    told["reference"] = floor.as_json()
    figures: list[Figure] = []
    for kind in given.kinds.split(","):
        found, cost = asked(kind, site, folder)
        told[kind] = {**found, "cpu_to_reference": round(cost.cpu / floor.cpu, 2)}
        name = f"reanalysis of {given.people:,} people, {kind}"
        figures.append(Figure(f"{name}: wall", cost.wall, "s", floor.wall, TARGET))
        figures.append(Figure(f"{name}: processor", cost.cpu, "s", floor.cpu))
    if given.remember:
        remember(figures)
    return told


if __name__ == "__main__":
    main()
