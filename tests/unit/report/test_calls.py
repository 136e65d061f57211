"""Findings as data: one document for a cohort, each diplotype once, the packs beside them."""

import json

from garrod.adapters.report.calls import calls_json, calls_tsv, shown_probability
from garrod.core.finding import Candidate, GeneFinding, Status
from garrod.science.pgx.people import Sample

TWICE = GeneFinding(
    "CYP2D6",
    Status.AMBIGUOUS,
    (Candidate("*1/*1", 0.5, "Normal Metabolizer"), Candidate("*1/*1", 0.5, "Poor Metabolizer")),
    packs=("pgx-phenotypes@1",),
)
ONCE = GeneFinding("DPYD", Status.CALLED, (Candidate("A/B", 1.0, "n"),), components=("A", "B"))
PEOPLE = [(Sample("one"), (TWICE, ONCE)), (Sample('t"wo'), (TWICE,))]


def test_calls_json_is_one_document_and_names_the_packs() -> None:
    found = json.loads(b"".join(calls_json(PEOPLE)))
    assert [s["sample"] for s in found["samples"]] == ["one", 't"wo']
    assert found["packs"] == ["pgx-phenotypes@1"]
    assert found["samples"][0]["genes"][1]["components"] == ["A", "B"]


def test_calls_json_lists_a_diplotype_that_was_stated_twice_once() -> None:
    (gene, _) = json.loads(b"".join(calls_json(PEOPLE)))["samples"][0]["genes"]
    assert gene["diplotypes"] == [{"name": "*1/*1", "probability": 1.0}]


def test_calls_json_probabilities_never_add_up_to_more_than_one() -> None:
    sixths = tuple(Candidate(f"*{n}/*{n}", 1 / 6, "n") for n in range(6))
    parts = calls_json([(Sample("one"), (GeneFinding("TPMT", Status.AMBIGUOUS, sixths),))])
    (gene,) = json.loads(b"".join(parts))["samples"][0]["genes"]
    assert sum(d["probability"] for d in gene["diplotypes"]) <= 1
    assert [shown_probability(p) for p in (0.95, 1.0, 0.9499999)] == [0.95, 1.0, 0.949999]


def test_calls_json_of_nobody_is_still_a_document() -> None:
    assert json.loads(b"".join(calls_json([]))) == {"samples": [], "packs": []}


def test_calls_tsv_joins_alternatives_and_keeps_seven_columns() -> None:
    lines = b"".join(calls_tsv(PEOPLE)).decode().splitlines()
    assert lines[1].split("\t")[:5] == ["one", "CYP2D6", "ambiguous", "*1/*1", "1"]
    assert {len(line.split("\t")) for line in lines} == {7}
