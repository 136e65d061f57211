"""What stored call facts weigh, and how long it takes to call a thousand people from them again.

python -m bench.facts     prints the figures (the inputs are those of python -m bench)
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

OUT = Path(__file__).parent / "out"
GENOME = (str(Path(sys.executable).with_name("garrod")), "genome")
KIBIBYTE = 1024
PEOPLE = 1000
Plain = tuple[str, float, str]  # name, value, unit


def facts_figures() -> Iterator[Plain]:
    """Yield what facts weigh a person, and the seconds in which they are called again."""
    person, people = OUT / "person.facts.json.gz", OUT / "cohort1000.facts.json.gz"
    _kept(OUT / "person.indexed.vcf.gz", person)
    yield "facts of one person, 600,000 records", person.stat().st_size / KIBIBYTE, "KiB"
    _kept(OUT / "cohort1000.vcf", people)
    yield "facts of 1,000 people, a person", people.stat().st_size / KIBIBYTE / PEOPLE, "KiB"
    yield "1,000 people in one file, called again: cold", _again([people]), "s"
    yield "1,000 files of one person each, called again: cold", _again([person] * PEOPLE), "s"


def _kept(vcf: Path, target: Path) -> None:
    command = [*GENOME, "call", str(vcf), "--facts", str(target), "--format", "tsv"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _again(paths: list[Path]) -> float:
    started = time.perf_counter()
    command = [*GENOME, "reinterpret", *map(str, paths), "--format", "tsv"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


if __name__ == "__main__":
    for name, value, unit in facts_figures():
        print(f"{name}: {value:.3f} {unit}")
