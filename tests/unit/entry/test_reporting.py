"""A whole report from a file of variants and a list of medicines."""

from pathlib import Path

import orjson

import garrod.entry.story as story
from garrod.adapters.report.json import LIMIT, render_json
from garrod.entry.cli.persons import Genome, person_from, with_genome
from garrod.entry.reporting import report_of
from garrod.entry.wire import Services

TAKEN = (
    "Clopidogrel 75mg tablets", "co-codamol 30/500", "Simvastatin 40mg", "Omeprazole 20mg",
    "Amitriptyline 10mg", "warfarin", "sertraline", "citalopram", "voriconazole", "celecoxib",
    "allopurinol", "carbamazepine", "Tramadol 50mg - stopped", "allergic to codeine",
)  # fmt: skip


def test_report_of_twelve_medicines_and_two_doubtful_lines_fits_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("\n".join(TAKEN))
    genome = Genome(Path(story.__path__[0]) / "genome.vcf")
    services = Services()
    person, table = with_genome(services, person_from(path, sex=""), genome)
    content = render_json(report_of(services, person, table))
    assert len(content) <= LIMIT
    made = orjson.loads(content)
    names = {a["target"]["name"] for a in made["advice"]}
    assert {"clopidogrel", "citalopram", "voriconazole", "warfarin"} <= names
    assert all(a["evidence"] and a["summary"] for a in made["advice"])


def test_report_is_on_genes_and_points_to_what_else_a_review_would_say(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("Clopidogrel 75mg\nwarfarin\ncelecoxib\nOmeprazole 20mg")
    genome = Genome(Path(story.__path__[0]) / "genome.vcf")
    services = Services()
    person, table = with_genome(services, person_from(path, sex=""), genome)
    report = report_of(services, person, table)
    assert {a.id.partition(":")[0] for a in report.now} == {"pgx"}
    (more,) = [n for n in report.not_assessed if n.subject == "review"]
    assert "Avoid celecoxib with warfarin: bleeding" in more.reason
    assert "clopidogrel with omeprazole" not in more.reason  # a note: counted, not named
    assert not {"coverage", "interactions", "burden"} & {n.subject for n in report.not_assessed}
    path.write_text("Clopidogrel 75mg")
    person, table = with_genome(services, person_from(path, sex=""), genome)
    alone = report_of(services, person, table).not_assessed
    assert not any(n.subject == "review" for n in alone)
