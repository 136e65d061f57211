"""A person as their genes behave under what they take, and how the proof chain says so."""

from dataclasses import replace

import pytest

from garrod.care.decide.behaviour import as_behaving, inhibitor_marks, spared_by, touched_by
from garrod.care.decide.chain import steps_of
from garrod.care.decide.converted import behaves
from garrod.care.decide.meanings import Meanings
from garrod.core.advice import Because
from garrod.core.finding import GeneFinding, Origin
from garrod.core.person import Person
from garrod.knowledge.medicines import Medicine
from garrod.science.pgx.guidance import load_guidance
from garrod.science.pgx.recommend import key_shares
from tests.making.conversions import CONVERSIONS, NM, PM, SHELF, result
from tests.making.decisions import KNOWLEDGE


def named(drug: str) -> Medicine:
    found = KNOWLEDGE.medicines.by_id(drug)
    assert found is not None
    return found


CODEINE, PAROXETINE, DULOXETINE = map(named, ("codeine", "paroxetine", "duloxetine"))
CYP2D6 = result("CYP2D6", NM, "2.0")
TPMT = result("TPMT", NM)
ADULT = Person("Patient/1", findings=(TPMT, CYP2D6))


def chain(person: Person) -> list[Because]:
    shares = key_shares("CYP2D6", person.finding("CYP2D6"))
    return steps_of(Meanings(person.findings), shares[:1])


def texts(steps: list[Because], step: str) -> list[str]:
    return [b.text for b in steps if b.step == step]


def test_only_the_gene_that_is_touched_changes_and_the_order_stays() -> None:
    found = as_behaving(CONVERSIONS, ADULT, [PAROXETINE], about=CODEINE)
    assert found.findings[0] is TPMT
    assert found.findings[1].phenotype == PM
    assert ADULT.findings[1] is CYP2D6


@pytest.mark.parametrize("taken", [[], [CODEINE], [named("warfarin")]])
def test_person_whom_nothing_touches_is_the_same_object(taken: list[Medicine]) -> None:
    assert as_behaving(CONVERSIONS, ADULT, taken, about=CODEINE) is ADULT


def test_untested_person_on_a_moderate_inhibitor_is_the_same_object() -> None:
    person = Person("Patient/2")
    assert as_behaving(CONVERSIONS, person, [DULOXETINE], about=CODEINE) is person


def test_untested_person_on_a_strong_inhibitor_gains_a_finding_that_is_no_result() -> None:
    person = Person("Patient/2", findings=(TPMT,))
    found = as_behaving(CONVERSIONS, person, [PAROXETINE], about=CODEINE)
    assert [f.gene for f in found.findings] == ["TPMT", "CYP2D6"]
    steps = chain(found)
    assert texts(steps, "phenotype") == [
        "CYP2D6: behaves as poor metaboliser, activity score 0.0, almost certain (over 99 %)"
    ]
    assert texts(steps, "behaves-as")[0].startswith(
        "CYP2D6 (no result, whatever the genotype) behaves as poor metaboliser (0.0) "
        "while paroxetine is taken: paroxetine, strong inhibitor of CYP2D6 (UpToDate table 116164)"
    )
    assert texts(steps, "not-tested") == ["CYP2D6 has no result"]
    assert texts(steps, "diplotype") == []


def test_chain_says_what_the_result_was_and_what_it_behaves_as() -> None:
    steps = chain(as_behaving(CONVERSIONS, ADULT, [PAROXETINE], about=CODEINE))
    (text,) = texts(steps, "behaves-as")
    assert text.startswith(
        "CYP2D6 normal metaboliser (2.0) behaves as poor metaboliser (0.0) while paroxetine is "
        "taken: paroxetine, strong inhibitor of CYP2D6 (UpToDate table 116164). Policy: a strong"
    )
    assert texts(steps, "fades") == []
    assert texts(steps, "caution") == []
    assert texts(steps, "diplotype")[0].startswith("CYP2D6 *1/*1.")


def test_chain_names_several_medicines_together() -> None:
    both = [DULOXETINE, named("mirabegron")]
    (text,) = texts(chain(as_behaving(CONVERSIONS, ADULT, both, about=CODEINE)), "behaves-as")
    assert "while duloxetine and mirabegron are taken" in text


def test_chain_shows_that_sources_disagree() -> None:
    steps = chain(as_behaving(CONVERSIONS, ADULT, [named("abiraterone")], about=CODEINE))
    assert texts(steps, "caution") == [
        "Sources disagree on abiraterone and CYP2D6: moderate (UpToDate table 116164) was "
        "counted; also said: weak (FDA table of inhibitors (read in PMC7292748))"
    ]


def test_chain_says_that_a_strength_was_not_looked_up() -> None:
    person = Person("Patient/3", findings=(result("CYP2C9", NM, "2.0"),))
    now = as_behaving(CONVERSIONS, person, [named("amiodarone")], about=named("warfarin"))
    shares = key_shares("CYP2C9", now.finding("CYP2C9"))
    steps = steps_of(Meanings(now.findings), shares)
    assert texts(steps, "caution") == ["The effect of amiodarone on CYP2C9 is not looked up"]
    assert "unchecked), believed)" in texts(steps, "behaves-as")[0]


def test_chain_says_that_a_weak_inhibitor_changes_nothing() -> None:
    steps = chain(as_behaving(CONVERSIONS, ADULT, [named("celecoxib")], about=CODEINE))
    assert texts(steps, "phenotype")[0].startswith("CYP2D6: normal metaboliser, activity")
    (text,) = texts(steps, "behaves-as")
    assert "keeps its meaning while celecoxib is taken" in text
    assert "; depends on the dose)" in text


def test_chain_says_that_a_medicine_is_not_counted_against_itself() -> None:
    now = as_behaving(CONVERSIONS, ADULT, [], about=PAROXETINE)
    steps = chain(now)
    assert [t.split(":")[0] for t in texts(steps, "behaves-as")] == [
        "paroxetine itself inhibits CYP2D6 (strong)"
    ]
    assert texts(steps, "phenotype")[0].startswith("CYP2D6: normal metaboliser")


def test_chain_says_that_an_inducer_was_taken() -> None:
    person = Person("Patient/4", findings=(result("CYP2C19", NM),))
    now = as_behaving(CONVERSIONS, person, [named("rifampicin")], about=named("citalopram"))
    shares = key_shares("CYP2C19", now.finding("CYP2C19"))
    steps = steps_of(Meanings(now.findings), shares)
    assert "strong inducer of CYP2C19" in texts(steps, "behaves-as")[0]
    assert "behaves as rapid metaboliser while" in texts(steps, "behaves-as")[0]


def test_result_that_nothing_changed_does_not_behave_as_another() -> None:
    (share,) = key_shares("CYP2D6", CYP2D6)
    assert behaves(None, share) == ""
    assert behaves(CYP2D6, share) == ""


def test_marks_name_enzyme_and_gene_and_what_the_policy_adds_up() -> None:
    assert inhibitor_marks(CONVERSIONS, ["paroxetine"]) >= {"CYP2D6:strong"}
    assert inhibitor_marks(CONVERSIONS, ["paroxetine", "duloxetine"]) == {"CYP2D6:strong"}
    assert inhibitor_marks(CONVERSIONS, ["duloxetine", "mirabegron"]) == {"CYP2D6:strong"}
    assert inhibitor_marks(CONVERSIONS, ["itraconazole"]) == {
        "CYP3A:strong",
        "CYP3A4:strong",
        "CYP3A5:strong",
    }
    assert inhibitor_marks(CONVERSIONS, ["rifampicin", "warfarin"]) == frozenset()


def test_gene_whose_guidance_asks_for_inhibitors_itself_is_not_converted() -> None:
    found = as_behaving(CONVERSIONS, ADULT, [PAROXETINE], about=CODEINE, spared={"CYP2D6"})
    assert found is ADULT


def test_populations_that_name_inhibitors_spare_their_genes() -> None:
    dpwg = load_guidance(SHELF, "pgx-guidance-dpwg")
    spared = spared_by(dpwg.populations[p] for p in dpwg.populations_of("eliglustat"))
    assert spared == {"CYP2D6", "CYP3A4"}
    assert spared_by(load_guidance(SHELF).populations.values()) == frozenset()


def test_touched_by_names_the_genes_of_the_enzymes() -> None:
    assert touched_by(CONVERSIONS, PAROXETINE) == {"CYP2D6"}
    assert touched_by(CONVERSIONS, named("rifampicin")) >= {"CYP2C19", "CYP3A4", "CYP3A5"}
    assert touched_by(CONVERSIONS, named("warfarin")) == frozenset()


def test_references_name_the_packs_that_it_rests_on() -> None:
    names = [r.split("@")[0] for r in CONVERSIONS.references]
    assert names == ["cyp-modulators", "policy-england"]


def test_finding_of_a_laboratory_is_converted_and_still_as_reported() -> None:

    stated: GeneFinding = replace(CYP2D6, origin=Origin.OUTSIDE)
    now = as_behaving(
        CONVERSIONS, Person("Patient/5", findings=(stated,)), [PAROXETINE], about=CODEINE
    )
    assert texts(chain(now), "diplotype") == ["CYP2D6 *1/*1, as reported"]
