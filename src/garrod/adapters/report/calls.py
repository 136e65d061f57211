"""Findings as data: JSON or TSV, one sample after another, so that a cohort needs no memory."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson

from garrod.core.finding import GeneFinding
from garrod.science.pgx.people import Sample

Called = tuple[Sample, Sequence[GeneFinding]]
HEADER = ("sample", "gene", "status", "diplotypes", "probability", "phenotype", "activity_score")
UNITS = 1_000_000  # six digits
NEARLY = 1e-3  # of the last digit: 0.95, which a float holds as a little less, stays 0.95


def calls_json(people: Iterable[Called]) -> Iterator[bytes]:
    """Yield the parts of one JSON document: samples, their genes, each with its diplotypes."""
    yield b'{"samples":['
    memory: dict[int, tuple[GeneFinding, bytes]] = {}
    packs: set[str] = set()
    for number, (person, findings) in enumerate(people):
        genes = b",\n".join(_remembered(memory, f) for f in findings)
        packs.update(p for f in findings for p in f.packs)
        head = orjson.dumps({"sample": person.sample})[:-1]
        yield (b",\n" if number else b"\n") + head + b',"genes":[\n' + genes + b"]}"
    yield b'\n],"packs":' + orjson.dumps(sorted(packs)) + b"}\n"


def _remembered(memory: dict[int, tuple[GeneFinding, bytes]], finding: GeneFinding) -> bytes:
    """Return a finding as JSON; findings that several people share are written once."""
    known = memory.get(id(finding))
    if known is None or known[0] is not finding:
        if len(memory) > 20_000:
            memory.clear()
        known = memory[id(finding)] = (finding, orjson.dumps(finding_json(finding)))
    return known[1]


def finding_json(finding: GeneFinding) -> dict[str, Any]:
    """Return a finding as plain values with the contract's keys."""
    found: dict[str, Any] = {
        "gene": finding.gene,
        "status": finding.status.value,
        "diplotypes": [
            {"name": name, "probability": shown_probability(probability)}
            for name, probability in diplotypes_of(finding).items()
        ],
        "phenotype": finding.phenotype,
        "activity_score": finding.activity_score,
        "reasons": list(finding.reasons),
        "phenotypes": [
            {
                "phenotype": p.phenotype,
                "activity_score": p.activity_score,
                "probability": shown_probability(p.probability),
            }
            for p in finding.phenotypes
        ],
        "source": finding.origin.value,
        "prior": finding.prior,
        "next_position": finding.next_position,
    }
    if finding.components:
        found["components"] = list(finding.components)
    if finding.positions:
        found["positions"] = finding.positions
    return found


def shown_probability(probability: float) -> float:
    """Return a probability to six digits, rounded down: what is listed never adds up to over 1."""
    return math.floor(probability * UNITS + NEARLY) / UNITS


def diplotypes_of(finding: GeneFinding) -> dict[str, float]:
    """Return each diplotype once; what a laboratory states twice over is added up."""
    found: dict[str, float] = {}
    for candidate in finding.candidates:
        found[candidate.name] = found.get(candidate.name, 0.0) + candidate.probability
    return found


def calls_tsv(people: Iterable[Called]) -> Iterator[bytes]:
    """Yield a header and one line per sample and gene; alternatives are joined by ";"."""
    yield ("\t".join(HEADER) + "\n").encode()
    for person, findings in people:
        yield "".join(_line(person.sample, f) for f in findings).encode()


def _line(sample: str, finding: GeneFinding) -> str:
    diplotypes = diplotypes_of(finding)
    cells = (
        sample,
        finding.gene,
        finding.status.value,
        ";".join(diplotypes),
        ";".join(f"{shown_probability(p):.6g}" for p in diplotypes.values()),
        finding.phenotype,
        finding.activity_score,
    )
    return "\t".join(cells) + "\n"
