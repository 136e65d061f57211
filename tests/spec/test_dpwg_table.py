"""What DPWG's guidelines say: drug, result and circumstance in; action, dose and a note out.

Each row of dpwg_facts.csv restates a fact of the annotation that its guideline row links to.
"""

import pytest

from garrod.adapters.packs.load import load_shelf
from garrod.science.pgx.guidance import GENERAL, by_guideline, load_guidance, matching
from tests.spec.tables import spec_table

SHELF = load_shelf()
GUIDANCE = load_guidance(SHELF, "pgx-guidance-dpwg")
FACTS = spec_table("dpwg_facts")


@pytest.mark.parametrize(
    "fact", FACTS, ids=lambda f: f"{f['drug']}-{f['results']}-{f['population']}"
)
def test_dpwg_fact_is_given(fact: dict[str, str]) -> None:
    gene, _, value = fact["results"].partition("=")
    (row,) = matching(GUIDANCE, fact["drug"], {gene: (value,)}, fact["population"])
    assert row.population == fact["population"]
    given = (row.action, row.dose_factor, row.dose_limit)
    assert given == (fact["action"], fact["dose_factor"], fact["dose_limit"])
    assert fact["note"] in (*row.notes, "")


def test_licence_of_the_pack_is_its_own() -> None:
    pack = SHELF.pack("pgx-guidance-dpwg")
    assert pack.manifest.licence == "CC-BY-SA-4.0"
    assert {e.licence for e in pack.evidence.values()} == {"CC-BY-SA-4.0"}


def test_every_guideline_speaks_of_one_drug_and_one_gene() -> None:
    for view in by_guideline(GUIDANCE):
        (drug,) = view.by_drug
        (gene,) = view.genes_of(drug)
        assert {row.genes for row in view.recommendations} == {(gene,)}


def test_every_row_cites_its_own_guideline() -> None:
    for row in GUIDANCE.recommendations:
        guideline = GUIDANCE.guidelines[row.guideline]
        (cited,) = GUIDANCE.evidence_of(row)
        assert (cited.source, cited.url) == (guideline.name, guideline.url)
        assert guideline.source == "DPWG"
        assert row.strength in ("n/a", "No recommendation")


def test_newer_guidelines_give_only_what_the_report_prints() -> None:
    newer = {g.guideline for g in GUIDANCE.guidelines.values() if g.version.startswith("2025")}
    rows = [row for row in GUIDANCE.recommendations if row.guideline in newer]
    assert {row.drugs for row in rows} == {("atazanavir",), ("mavacamten",), ("rosuvastatin",)}
    assert {row.action for row in rows} == {"no-recommendation"}


def test_populations_of_one_axis_have_one_rest_at_most() -> None:
    for view in by_guideline(GUIDANCE):
        (drug,) = view.by_drug
        rests: dict[str, list[str]] = {}
        for code in view.populations_of(drug):
            population = GUIDANCE.populations[code]
            if population.is_default:
                rests.setdefault(population.axis, []).append(code)
        assert all(len(codes) == 1 for codes in rests.values()), rests


def test_each_circumstance_has_a_question_but_everyone() -> None:
    for code, population in GUIDANCE.populations.items():
        assert bool(population.question) == (code != GENERAL)
        assert bool(population.axis) == (code != GENERAL)


def test_one_axis_is_asked_about_in_one_way_for_each_drug() -> None:
    for drug in GUIDANCE.drugs():
        asked: dict[str, set[str]] = {}
        for code in GUIDANCE.populations_of(drug):
            population = GUIDANCE.populations[code]
            asked.setdefault(population.axis, set()).add(population.question)
        assert all(len(questions) == 1 for questions in asked.values()), (drug, asked)


def test_both_hla_alleles_keep_the_rows_of_each() -> None:
    keys = {"HLA-B": ("*15:02 positive", "*15:11 positive")}
    rows = matching(GUIDANCE, "carbamazepine", keys)
    assert [row.action for row in rows] == ["prefer-alternative", "prefer-alternative"]
