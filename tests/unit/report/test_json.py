"""The JSON of a person: the contract's keys, machine words, at most 20 kB."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson

from garrod.adapters.report.json import LIMIT, SHORTENINGS, render_json
from garrod.adapters.report.model import Report
from garrod.core.advice import Because
from tests.unit.report.synthetic import ahead, clopidogrel, findings, person

CONTRACT = {
    "id", "action", "target", "tier", "strength", "title", "summary", "because", "options",
    "dose_factor", "monitoring", "population", "p_recommendation", "stable", "next_position",
    "evidence", "packs",
}  # fmt: skip


def read(report: Report) -> dict[str, Any]:
    content: dict[str, Any] = orjson.loads(render_json(report))
    return content


def crowded(count: int) -> Report:
    """Return a person with so many pieces of advice for medicines taken, with long chains."""
    base = clopidogrel()
    variants = tuple(
        Because("variant", f"rs{n} (g.94781859G>A): chr10:94781859 G>A 1/1", f"line {n}")
        for n in range(6)
    )
    crowd = tuple(
        replace(base, id=f"{base.id}:{n}", because=(*base.because, *variants)) for n in range(count)
    )
    return person(now=crowd)


def test_json_all_genes_and_sixty_next_advice_fit_unshortened() -> None:
    report = person()
    assert (len(report.findings), len(report.next)) == (24, 60)
    assert len(render_json(report)) <= LIMIT
    assert read(report)["left_out"] == []


def test_json_crowded_person_fits_and_names_what_was_left_out() -> None:
    report = crowded(8)
    content = read(report)
    assert len(render_json(report)) <= LIMIT
    assert content["left_out"] == list(SHORTENINGS[: len(content["left_out"])])
    assert content["left_out"]


def test_json_advice_is_never_left_out_however_crowded() -> None:
    content = read(crowded(20))
    assert len(content["advice"]) == 20
    assert len(content["next"]["rows"]) == 60
    assert all(set(a) == CONTRACT for a in content["advice"])


def test_json_advice_carries_exactly_the_contract() -> None:
    advice = read(person())["advice"]
    assert all(set(a) == CONTRACT for a in advice)
    assert advice[0] == clopidogrel().as_json()


def test_json_next_rows_match_their_columns() -> None:
    table = read(person())["next"]
    assert all(len(row) == len(table["columns"]) for row in table["rows"])
    first = dict(zip(table["columns"], table["rows"][1], strict=True))
    assert (first["medicine"], first["action"]) == ("amitriptyline", "start-lower")
    assert (first["dose_factor"], first["genes"]) == ("0.5", ["CYP2C19"])


def test_json_shortened_rows_still_match_their_columns() -> None:
    table = read(crowded(20))["next"]
    assert table["columns"] == ["medicine", "action", "tier"]
    assert table["rows"][0] == [ahead()[0].target.name, "avoid", "T1"]


def test_json_genes_keep_status_probability_and_machine_words() -> None:
    genes = {g["gene"]: g for g in read(person())["genes"]}
    assert set(genes) == {f.gene for f in findings()}
    assert genes["CYP2C19"]["phenotype"] == "Poor Metabolizer"
    assert genes["CYP2B6"]["diplotypes"][0] == {"name": "*1/*7", "probability": 0.6334}
    assert (len(genes["CYP2B6"]["diplotypes"]), genes["CYP2B6"]["more_diplotypes"]) == (3, 1)
    assert genes["HLA-B"]["status"] == "not-assessed"
    assert genes["HLA-B"]["reasons"] == ["only an outside call can tell this gene"]


def test_json_reasons_of_uncertain_genes_survive_every_shortening() -> None:
    genes = {g["gene"]: g for g in read(crowded(20))["genes"]}
    assert genes["CYP2D6"]["reasons"][0].startswith("SNV only")
    assert genes["F5"]["reasons"] == ["no defining position was read"]


def test_json_gaps_of_one_reason_stand_together() -> None:
    gaps = read(person())["not_assessed"]
    hla_b = next(gap for gap in gaps if gap["subject"] == "HLA-B")
    assert hla_b["reason"] == "not assessed: only an outside call can tell this gene"
    assert (hla_b["code"], hla_b["medicines"]) == ("not-tested", ["allopurinol", "carbamazepine"])


def test_json_names_file_digest_packs_and_software() -> None:
    content = read(person())
    assert content["source"] == {"file": "demo-1.vcf.gz", "sha256": "9f2c" * 16}
    assert content["packs"] == list(person().packs)
    assert content["software"] == "garrod 0.1.0"
    assert content["made_on"] == "2026-11-25"
