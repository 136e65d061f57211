"""The estimated exposure stands beside the advice as a reason, with its range, and is no dose."""

from dataclasses import replace

from garrod.care.decide.service import decide
from garrod.core.advice import Advice
from garrod.core.finding import GeneFinding
from garrod.core.medicine import Act, MedicineLine, Proposal
from tests.making.conversions import IM, NM, PM, result
from tests.making.decisions import ADULT, KNOWLEDGE, TODAY


def on_genes(words: str, *findings: GeneFinding, taken: tuple[str, ...] = ()) -> list[Advice]:
    person = replace(
        ADULT, findings=findings, medicines=tuple(MedicineLine(name) for name in taken)
    )
    found = decide(KNOWLEDGE, person, Proposal(Act.ORDER, MedicineLine(words)), today=TODAY)
    return [a for a in found.advice if a.id.startswith("pgx:")]


def steps(advice: Advice) -> list[str]:
    return [b.text for b in advice.because if b.step == "exposure"]


def test_gene_and_medicine_together_are_told_with_their_range() -> None:
    (advice,) = on_genes("atomoxetine", result("CYP2D6", NM, "2.0"), taken=("paroxetine",))
    (said,) = steps(advice)
    assert said.startswith(
        "Exposure to atomoxetine is estimated at 6.5 times (3.3 to 11) that of a normal "
        "metaboliser who takes nothing else: CYP2D6 clears about 89%"
    )
    assert "with 5% of its activity (0% to 20%) by paroxetine" in said
    assert said.endswith("it supports the advice and is not a dose")
    assert "clearance-fractions@2026.11.0" in advice.packs


def test_gene_alone_is_told_without_a_range_of_activity() -> None:
    (advice,) = on_genes("atomoxetine", result("CYP2D6", PM, "0.0"))
    (said,) = steps(advice)
    assert "with 0% of its activity by CYP2D6 poor metaboliser" in said


def test_cumulative_example_of_gene_and_weak_inhibitor() -> None:
    (advice,) = on_genes("escitalopram", result("CYP2C19", IM), taken=("omeprazole",))
    (said,) = steps(advice)
    assert "estimated at 1.9 times (1.5 to 2.6)" in said
    assert "by CYP2C19 intermediate metaboliser and omeprazole" in said


def test_medicine_without_a_fraction_gets_no_estimate() -> None:
    (advice,) = on_genes("codeine", result("CYP2D6", PM, "0.0"))
    assert steps(advice) == []
    assert not any(pack.startswith("clearance") for pack in advice.packs)


def test_exposure_near_the_usual_is_not_told() -> None:
    found = on_genes("escitalopram", result("CYP2C19", "Rapid Metabolizer"))
    assert [steps(advice) for advice in found] == [[] for _ in found]
