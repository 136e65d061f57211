"""Guideline rows: an untested gene is never read as normal; the most specific row comes first."""

from dataclasses import replace

import pytest

from garrod.adapters.packs.load import load_shelf
from garrod.core.errors import KnowledgeError
from garrod.knowledge.medicines import load_medicines
from garrod.knowledge.pack import Pack
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.guidance import (
    NO_RESULT,
    load_guidance,
    matching,
)

SHELF = load_shelf()
GUIDANCE = load_guidance(SHELF)
UNTESTED = (NO_RESULT,)


def ids(drug: str, keys: dict[str, tuple[str, ...]], population: str | None = None) -> list[str]:
    return [row.id for row in matching(GUIDANCE, drug, keys, population)]


def test_result_and_population_give_one_row() -> None:
    poor = {"CYP2C19": ("Poor Metabolizer", "*2/*2")}
    assert ids("clopidogrel", poor, "acs-pci") == ["cpic-clopidogrel-acs-pm"]


def test_population_unknown_gives_the_row_of_each() -> None:
    found = matching(GUIDANCE, "clopidogrel", {"CYP2C19": ("Poor Metabolizer",)})
    assert {r.population for r in found} == {"acs-pci", "cardiovascular-other", "neurovascular"}


@pytest.mark.parametrize("keys", [{}, {"CYP2C19": UNTESTED}, {"CYP2C19": ()}])
def test_untested_gene_matches_no_result_row_only(keys: dict[str, tuple[str, ...]]) -> None:
    assert ids("clopidogrel", keys) == []
    both = {"CYP2D6": ("2.0",), **keys}
    found = matching(GUIDANCE, "amitriptyline", both)
    assert [r.action for r in found] == ["standard"]
    assert all(NO_RESULT in dict(r.keys)["CYP2C19"] for r in found)


def test_gene_with_a_result_never_matches_a_no_result_row() -> None:
    found = matching(GUIDANCE, "fluvastatin", {"CYP2C9": ("0.5",), "SLCO1B1": ("Poor Function",)})
    assert [r.action for r in found] == ["prefer-alternative"]


def test_two_spellings_of_an_untold_phenotype_are_one() -> None:
    assert ids("codeine", {"CYP2D6": ("Indeterminate",)}) == ids("codeine", {"CYP2D6": ("n/a",)})


def test_modifying_gene_comes_after_the_row_that_decides() -> None:
    keys = {"CYP2C9": ("2.0",), "VKORC1": ("-1639 AG",), "CYP4F2": ("*1/*3",)}
    assert ids("warfarin", keys) == ["cpic-warfarin-2c9nm-ag", "cpic-warfarin-4f2-carrier"]
    assert GUIDANCE.genes_of("warfarin") == ("CYP2C9", "VKORC1", "CYP4F2", "rs12777823")


def test_unknown_drug_has_no_rows() -> None:
    assert GUIDANCE.rows_of("paracetamol") == ()
    assert GUIDANCE.genes_of("paracetamol") == ()
    assert GUIDANCE.role_of("paracetamol", "CYP2D6") == ""


def test_every_row_has_evidence_words_and_known_alternatives() -> None:
    medicines = load_medicines(SHELF)
    for row in GUIDANCE.recommendations:
        assert GUIDANCE.evidence_of(row)[0].pmid, row.id
        assert GUIDANCE.phrases[row.implication].kind == "implication", row.id
        assert all(GUIDANCE.phrases[code].kind == "note" for code in row.notes), row.id
        assert all(GUIDANCE.phrases[code].kind == "monitoring" for code in row.monitoring), row.id
        for drug in (*row.drugs, *(a for a in row.alternatives if not a.startswith("class:"))):
            assert medicines.by_id(drug), (row.id, drug)


@pytest.mark.parametrize("pack", ["pgx-guidance", "drugs"])
def test_every_row_of_every_table_cites_evidence_that_exists(pack: str) -> None:
    found = SHELF.pack(pack)
    cited = {row["evidence"] for rows in found.tables.values() for row in rows}
    assert cited == found.evidence.keys() & cited


def test_every_gene_of_a_row_has_a_role() -> None:
    for row in GUIDANCE.recommendations:
        for drug in row.drugs:
            assert {GUIDANCE.role_of(drug, gene) for gene in row.genes} <= {"decides", "modifies"}


def test_rows_of_one_drug_and_population_never_contradict() -> None:
    for drug in set(GUIDANCE.drugs()) - {"warfarin"}:
        rows = GUIDANCE.rows_of(drug)
        for place, one in enumerate(rows):
            for other in rows[place + 1 :]:
                apart = one.population != other.population or any(
                    a.isdisjoint(dict(other.keys)[gene]) for gene, a in one.keys
                )
                assert apart, (one.id, other.id)


def test_dose_factors_are_decimals_or_ranges() -> None:
    for row in GUIDANCE.recommendations:
        parts = [float(part) for part in row.dose_factor.split("-") if part]
        assert parts == sorted(parts), row.id
        assert all(0 < part <= 3 for part in parts), row.id


def test_at_most_one_population_per_axis_is_the_default_of_a_drug() -> None:
    for drug in GUIDANCE.drugs():
        known = [GUIDANCE.populations[code] for code in GUIDANCE.populations_of(drug)]
        for axis in {p.axis for p in known}:
            assert sum(p.is_default for p in known if p.axis == axis) <= 1, drug


@pytest.mark.parametrize(
    ("column", "value"), [("action", "shrug"), ("notes", "no-such-note"), ("population", "all")]
)
def test_row_with_unknown_code_is_refused_by_name(column: str, value: str) -> None:
    pack = SHELF.pack("pgx-guidance")
    first, *rest = pack.tables["recommendations"]
    tables = {**pack.tables, "recommendations": ({**first, column: value}, *rest)}
    broken: Pack = replace(pack, tables=tables)
    with pytest.raises(KnowledgeError, match=value) as caught:
        load_guidance(Shelf([broken]))
    assert caught.value.code == "KNO006"
    assert first["id"] in caught.value.message
