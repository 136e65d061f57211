"""The first journey: a genome and a proposed medicine in, one alert with its proof out."""

import json
from pathlib import Path

from tests.acceptance.conftest import STORY, Run

ADVICE_KEYS = [
    *("id", "action", "target", "tier", "strength", "title", "summary", "because", "options"),
    *("dose_factor", "monitoring", "population", "p_recommendation", "stable", "next_position"),
    *("evidence", "packs"),
]
PERSON, GENOME, ORDER = STORY / "person.json", STORY / "genome.vcf", STORY / "order.json"


def advised(run: Run, *more: object) -> dict[str, list[dict[str, object]]]:
    ran = run("advise", "--person", PERSON, "--genome", GENOME, *more)
    assert ran.code == 0, ran.err
    found: dict[str, list[dict[str, object]]] = json.loads(ran.out)
    return found


def test_demo_once_shows_one_alert_the_alternative_and_the_line_of_the_file(run: Run) -> None:
    ran = run("demo", "--once")
    assert ran.code == 0
    assert "1 alert." in ran.out
    assert "clopidogrel: CYP2C19 poor metaboliser" in ran.out
    assert "→ prasugrel" in ran.out
    assert "→ ticagrelor" in ran.out
    line = next(
        number
        for number, row in enumerate(GENOME.read_text().splitlines(), 1)
        if "rs4244285" in row
    )
    assert f"[line {line}]" in ran.out
    assert "PMID" in ran.out
    assert "(synthetic)" in ran.out


def test_advise_order_has_exactly_the_keys_of_the_contract(run: Run) -> None:
    found = advised(run, "--order", ORDER)
    assert list(found) == ["advice", "clear", "not_assessed"]
    advice, beside = found["advice"]  # the order's one alert, and a note on the same card
    assert [list(a) for a in (advice, beside)] == [ADVICE_KEYS] * 2
    assert (advice["tier"], beside["tier"]) == ("T2", "T3")
    assert beside["id"] == "interactions:clopidogrel-omeprazole:clopidogrel+omeprazole"
    assert (advice["action"], advice["strength"]) == ("prefer-alternative", "Strong")
    assert advice["stable"] is True
    assert advice["population"] == "acs-pci"


def test_advise_options_are_draft_orders_for_the_same_person(run: Run) -> None:
    advice = advised(run, "--order", ORDER)["advice"][0]
    orders = [option["order"] for option in advice["options"]]  # type: ignore[attr-defined]
    assert {o["status"] for o in orders} == {"draft"}
    assert {o["subject"]["reference"] for o in orders} == {"Patient/demo-1"}


def test_advise_without_an_order_reviews_every_medicine(run: Run) -> None:
    found = advised(run)
    named = {a["target"]["name"] for key in found for a in found[key]}  # type: ignore[index]
    assert {"simvastatin", "omeprazole"} <= named
    assert any("amlodipine" in str(n["target"]).lower() for n in found["not_assessed"])


def test_advise_without_a_genome_never_reads_as_normal(run: Run) -> None:
    ran = run("advise", "--person", PERSON, "--order", ORDER)
    found = json.loads(ran.out)
    assert found["clear"] == []
    assert found["not_assessed"][0]["code"] == "not-tested"
    untested = [a for a in found["advice"] if a["id"].startswith("pgx:")]
    assert [a["action"] for a in untested] == ["consider-test"]


def test_genome_call_json_has_the_contract_keys(run: Run) -> None:
    ran = run("genome", "call", GENOME, "--sex", "female")
    (sample,) = json.loads(ran.out)["samples"]
    genes = {g["gene"]: g for g in sample["genes"]}
    wanted = {"gene", "status", "diplotypes", "phenotype", "activity_score", "reasons"}
    assert all(wanted <= set(g) for g in genes.values())
    assert genes["CYP2C19"]["diplotypes"] == [{"name": "*2/*2", "probability": 1.0}]
    assert genes["NUDT15"]["status"] == "no-call"
    assert genes["DPYD"]["components"] == ["Reference"]


def test_genome_call_tsv_has_the_contract_columns(run: Run) -> None:
    ran = run("genome", "call", GENOME, "--format", "tsv")
    head, *rows = ran.out.splitlines()
    assert head == "sample\tgene\tstatus\tdiplotypes\tprobability\tphenotype\tactivity_score"
    assert all(len(row.split("\t")) == 7 for row in rows)


def test_genome_report_json_is_small_and_html_names_what_was_not_tested(
    run: Run, tmp_path: Path
) -> None:
    listed = tmp_path / "medicines.txt"
    listed.write_text("clopidogrel 75 mg\nsimvastatin\n# a comment\n")
    made = run("genome", "report", GENOME, "--medicines", listed, "--format", "json")
    assert made.code == 0, made.err
    assert len(made.out.encode()) <= 20_000
    page = run("genome", "report", GENOME, "--medicines", listed).out
    assert "NUDT15" in page
    assert "metaboliser" in page


def test_report_to_a_file_appears_whole_and_leaves_nothing_beside(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    assert run("genome", "report", GENOME, "-o", target).code == 0
    assert target.read_text().rstrip().endswith("</html>")
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


def test_least_quality_is_a_setting_of_the_run(run: Run) -> None:
    def reasons(*more: object) -> str:
        return str(json.loads(run("genome", "call", GENOME, *more).out)["samples"][0]["genes"])

    assert "positions was not read" in reasons()
    assert "CYP2C19" in reasons("--min-gq", 0, "--min-dp", 0)
    assert reasons("--min-gq", 0, "--min-dp", 0) != reasons()
