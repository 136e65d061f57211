"""Journeys of a pharmacist through the real door: what is said, and what never is; synthetic."""

from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Run
from tests.acceptance.test_context import all_advised, genotype, taken

Json = dict[str, Any]
USUAL, SLOW, FAST = (genotype("CYP2D6", d) for d in ("*1/*1", "*4/*4", "*1/*1x2"))
POSITIVE, LOSS = "HLA-B*15:02 positive", "c.1905+1G>A (*2A)"
ADULT = "1975-03-01"
NONE: tuple[Json, ...] = ()


def by_genes(found: Json) -> list[Json]:
    return [a for a in found["advice"] if a["id"].startswith("pgx:")]


def offered(advice: Json) -> str:
    return " ".join(str(option) for option in advice["options"]).lower()


@pytest.mark.parametrize(
    ("words", "known", "action", "tier"),
    [
        ("codeine 30 mg tablets", (SLOW,), "avoid", "T2"),
        ("co-codamol 30/500 tablets", (FAST,), "avoid", "T1"),
        ("Tramacet", (FAST,), "avoid", "T1"),
        ("Triumeq tablets", (genotype("HLA-B", "HLA-B*57:01 positive"),), "avoid", "T1"),
        ("oxcarbazepine 300 mg", (genotype("HLA-B", POSITIVE),), "avoid", "T1"),
        ("fluorouracil infusion", (genotype("DPYD", f"{LOSS}/{LOSS}"),), "avoid", "T1"),
        ("abacavir 300 mg", NONE, "test-first", "T2"),
        ("capecitabine 500 mg", NONE, "test-first", "T2"),
        ("azathioprine 50 mg", (genotype("TPMT", "*1/*3A"),), "start-lower", "T2"),
        ("siponimod 2 mg", (genotype("CYP2C9", "*3/*3"),), "avoid", "T1"),
    ],
)
def test_an_order_is_answered_by_its_genes(
    run: Run, tmp_path: Path, words: str, known: tuple[Json, ...], action: str, tier: str
) -> None:
    found = all_advised(run, tmp_path, words, *known, born=ADULT)
    (advice,) = by_genes(found)
    assert (advice["action"], advice["tier"]) == (action, tier)
    assert advice["evidence"]
    assert found["clear"] == []


@pytest.mark.parametrize("words", ["fluorouracil 5% cream", "Efudix 5% cream"])
def test_a_cream_is_neither_warned_of_nor_called_clear(
    run: Run, tmp_path: Path, words: str
) -> None:
    found = all_advised(run, tmp_path, words, genotype("DPYD", f"{LOSS}/{LOSS}"), born=ADULT)
    assert (found["advice"], found["clear"]) == ([], [])
    assert found["not_assessed"]


@pytest.mark.parametrize(
    ("words", "lists", "about", "action"),
    [
        ("codeine 30 mg", "paroxetine 20 mg", "codeine", "avoid"),
        ("paroxetine 20 mg", "codeine 30 mg", "codeine", "avoid"),
        ("tamoxifen 20 mg", "paroxetine 20 mg", "tamoxifen", "prefer-alternative"),
        ("codeine 30 mg", "duloxetine 60 mg", "codeine", "monitor"),
        ("codeine 30 mg", "terbinafine 250 mg tablets", "codeine", "monitor"),
    ],
)
def test_an_inhibitor_makes_a_gene_behave_otherwise_and_it_is_said(
    run: Run, tmp_path: Path, words: str, lists: str, about: str, action: str
) -> None:
    found = all_advised(run, tmp_path, words, USUAL, taken(lists), born=ADULT)
    (advice,) = by_genes(found)
    assert (advice["target"]["name"], advice["action"]) == (about, action)
    assert "behaves as" in advice["title"]


def test_a_cream_of_an_inhibitor_changes_nothing(run: Run, tmp_path: Path) -> None:
    found = all_advised(
        run, tmp_path, "codeine 30 mg", USUAL, taken("terbinafine 1% cream"), born=ADULT
    )
    assert by_genes(found) == []
    genes, rules = found["clear"]
    assert (genes["subject"], "CYP2D6" in rules["subject"]) == ("CYP2D6", False)


def test_two_moderate_inhibitors_count_as_a_strong_one(run: Run, tmp_path: Path) -> None:
    two = (taken("duloxetine 60 mg"), taken("mirabegron 50 mg"))
    (advice,) = by_genes(all_advised(run, tmp_path, "codeine 30 mg", USUAL, *two, born=ADULT))
    assert advice["action"] == "avoid"


def test_an_inhibitor_speaks_more_softly_where_the_gene_was_not_tested(
    run: Run, tmp_path: Path
) -> None:
    found = all_advised(run, tmp_path, "codeine 30 mg", taken("paroxetine 20 mg"), born=ADULT)
    (advice,) = by_genes(found)
    assert (advice["action"], advice["tier"]) == ("avoid", "T3")
    assert any(hop["step"] == "not-tested" for hop in advice["because"])


def test_prasugrel_is_not_offered_after_a_stroke(run: Run, tmp_path: Path) -> None:
    slow, why = genotype("CYP2C19", "*2/*2"), {"reasonCode": [{"text": "Ischaemic stroke"}]}
    (advice,) = by_genes(all_advised(run, tmp_path, "clopidogrel", slow, born=ADULT, **why))
    assert "prasugrel" not in offered(advice)
    assert "ticagrelor" in offered(advice)


def test_an_opioid_of_the_same_gene_is_never_offered(run: Run, tmp_path: Path) -> None:
    for words in ("codeine 30 mg", "tramadol 50 mg"):
        (advice,) = by_genes(all_advised(run, tmp_path, words, FAST, born=ADULT))
        names = [option["name"] for option in advice["options"]]
        assert names == ["an opioid other than codeine or tramadol"]


def test_another_statin_is_offered_with_the_limit_that_the_genes_set(
    run: Run, tmp_path: Path
) -> None:
    poor = genotype("SLCO1B1", "*5/*5")
    (advice,) = by_genes(all_advised(run, tmp_path, "atorvastatin 40 mg", poor, born=ADULT))
    assert "Rosuvastatin: this person's own results ask for a lower starting dose" in str(
        advice["summary"]
    )


def test_a_child_is_not_offered_what_is_for_adults(run: Run, tmp_path: Path) -> None:
    fast = genotype("CYP2C19", "*17/*17")
    child, adult = (
        by_genes(all_advised(run, tmp_path, "voriconazole 200 mg", fast, born=born))[0]
        for born in ("2018-01-01", ADULT)
    )
    assert "isavuconazole" not in offered(child)
    assert "isavuconazole" in offered(adult)


def test_an_equation_gives_no_dose_for_an_allele_that_it_does_not_know(
    run: Run, tmp_path: Path
) -> None:
    known = (
        genotype("CYP2C9", "*1/*8"),
        genotype("VKORC1", "rs9923231 reference (C)/rs9923231 reference (C)"),
    )
    (advice,) = by_genes(all_advised(run, tmp_path, "warfarin 5 mg", *known, born=ADULT))
    assert "CYP2C9 *8 is not among its terms" in advice["summary"]
    assert "equation gives about" not in advice["summary"]


def test_a_misspelt_medicine_is_asked_about_not_guessed(run: Run, tmp_path: Path) -> None:
    found = all_advised(run, tmp_path, "codiene 30mg", FAST, born=ADULT)
    assert (found["advice"], found["clear"]) == ([], [])
    (gap,) = found["not_assessed"]
    assert "did you mean codeine?" in gap["reason"]


def test_two_results_that_contradict_are_both_named(run: Run, tmp_path: Path) -> None:
    found = all_advised(run, tmp_path, "codeine 30 mg", USUAL, SLOW, born=ADULT)
    (advice,) = by_genes(found)
    assert advice["stable"] is False
    assert "the results also allow: usual dosing" in advice["summary"]
    assert found["clear"] == []
