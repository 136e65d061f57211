"""Four states of a test: present, not callable, awaited, absent; and that nobody answered."""

from dataclasses import replace
from datetime import date

import pytest

from garrod.adapters.fhir.draft import with_orders
from garrod.adapters.fhir.person_tests import genes_in
from garrod.care.decide.case import case_of, setting_for
from garrod.care.decide.service import decide
from garrod.care.decide.worth import worth_in_short, worth_of, worth_steps
from garrod.core.advice import Action, Advice, Tier
from garrod.core.finding import GeneFinding, Status
from garrod.core.medicine import Act, MedicineLine, Proposal
from garrod.core.person import ANY_GENE, Person, Requested
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.expected import Expected
from tests.making.conversions import SHELF
from tests.making.decisions import ADULT, CYP2C19_PM, KNOWLEDGE, TODAY, ask

ASKED = Requested("CYP2C19 genotype", (), date(2026, 11, 20), "ServiceRequest/7", ("CYP2C19",))
WAITING = replace(ADULT, requested=(ASKED,))


def offer(person: Person, words: str = "clopidogrel") -> Advice:
    found = decide(KNOWLEDGE, person, Proposal(Act.ORDER, MedicineLine(words)), today=TODAY)
    (advice,) = [a for a in found.advice if a.id.startswith("pgx:")]
    return advice


def gap(person: Person, words: str = "clopidogrel") -> tuple[str, str]:
    found = decide(KNOWLEDGE, person, Proposal(Act.ORDER, MedicineLine(words)), today=TODAY)
    return next(
        (n.reason, n.code) for n in found.not_assessed if n.subject.startswith(("CYP", "D"))
    )


def test_absent_result_offers_a_test_with_its_worth_and_delays_nothing() -> None:
    advice = offer(ADULT)
    assert (advice.action, advice.tier) == (Action.CONSIDER_TEST, Tier.T3)
    assert "do not delay treatment" in advice.summary
    assert "A result would change the advice in 43 % of the people" in advice.summary
    (value,) = [b.text for b in advice.because if b.step == "value"]
    assert "another medicine in 43 % (such as CYP2C19 intermediate metaboliser)" in value
    assert "usual dosing in 35 % (such as CYP2C19 normal metaboliser)" in value
    assert "pgx-frequencies@2026.11.0" in advice.packs
    assert gap(ADULT) == ("not tested", "not-tested")


def test_test_is_an_order_ready_to_sign_that_a_record_reads_as_awaited() -> None:
    (option,) = with_orders(offer(ADULT), ADULT).options
    order = option.order
    assert order is not None
    assert (order["resourceType"], order["status"], order["priority"]) == (
        "ServiceRequest", "draft", "routine",
    )  # fmt: skip
    assert genes_in([order["code"]["text"]]) == ("CYP2C19",)
    assert order["orderDetail"][0]["coding"][0]["code"] == "HGNC:2621"


def test_test_before_the_first_dose_is_urgent() -> None:
    advice = offer(ADULT, "capecitabine")
    assert advice.action is Action.TEST_FIRST
    (option,) = with_orders(advice, ADULT).options
    assert option.order is not None
    assert option.order["priority"] == "urgent"
    assert option.reason == "test of DPYD before the first dose of capecitabine"


def test_unknown_worth_is_said() -> None:
    (value,) = [b.text for b in offer(ADULT, "capecitabine").because if b.step == "value"]
    assert value == "how often a result of DPYD changes the advice is not on the shelf"


def test_awaited_result_says_since_when_and_what_suits_meanwhile() -> None:
    advice = offer(WAITING)
    assert advice.title == "Result of CYP2C19 is awaited for clopidogrel"
    assert advice.tier is Tier.T3
    assert "a test was asked for on 20 November 2026, and its result is awaited" in advice.summary
    assert (
        "Whatever the result, ticagrelor or another P2Y12 inhibitor would suit." in advice.summary
    )
    assert [o.name for o in advice.options] == ["ticagrelor", "another P2Y12 inhibitor"]
    assert [b.ref for b in advice.because if b.step == "awaited"] == ["ServiceRequest/7"]
    assert gap(WAITING) == (
        "a test was asked for on 20 November 2026, and its result is awaited", "awaited",
    )  # fmt: skip


def test_panel_without_a_day_is_awaited_for_every_gene() -> None:
    panel = Requested("pharmacogenetic panel", genes=(ANY_GENE,), reference="ServiceRequest/8")
    person = replace(ADULT, requested=(panel,))
    advice = offer(person, "capecitabine")
    assert advice.action is Action.TEST_FIRST
    assert "a test was asked for, and its result is awaited" in advice.summary
    assert "Wait for it before the first dose" in advice.summary
    assert advice.options == ()


def test_result_that_could_not_be_called_is_told_per_possible_result() -> None:
    failed = GeneFinding("CYP2C19", Status.NO_CALL, reasons=("too few reads",))
    person = replace(ADULT, findings=(failed,))
    assert any("another medicine in 43 %" in b.text for b in offer(person).because)
    assert gap(person) == ("could not be called: too few reads", "no-call")
    again = replace(person, requested=(ASKED,))
    assert gap(again)[0].endswith("before that, could not be called: too few reads")


def test_results_that_nobody_answered_for_are_not_called_absent() -> None:
    person = replace(ADULT, unseen=frozenset({"genetics"}))
    advice = offer(person)
    assert "did not answer" in advice.summary
    assert "no usable result is on record" not in advice.summary
    assert gap(person)[1] == "not-assessed"


def test_present_result_is_advised_on_though_another_is_awaited() -> None:
    found = ask(WAITING, "clopidogrel", CYP2C19_PM)
    assert [a.action for a in found.advice if a.id.startswith("pgx:")] == [
        Action.PREFER_ALTERNATIVE
    ] or found.advice[0].action is Action.AVOID


@pytest.mark.parametrize("gene", ["DPYD", "CYP4F2"])
def test_gene_without_frequencies_or_phenotypes_has_no_expectation(gene: str) -> None:
    assert KNOWLEDGE.conversions.expected.finding(gene) is None


def test_expected_shares_add_up_and_no_result_is_made_of_them() -> None:
    found = Expected(SHELF).finding("CYP2C19")
    assert found is not None
    assert sum(c.probability for c in found.candidates) == pytest.approx(1)
    assert found.status is Status.AMBIGUOUS
    shares = {s.phenotype: s.probability for s in found.phenotypes}
    assert shares["Poor Metabolizer"] == pytest.approx(0.06, abs=0.005)
    assert found is not Expected(SHELF).finding("CYP2C19")


def test_shelf_without_frequencies_expects_nothing() -> None:
    known = Expected(Shelf([]))
    assert (known.reference, known.finding("CYP2C19")) == ("", None)


def test_test_that_changes_nothing_is_worth_nothing() -> None:

    medicine = KNOWLEDGE.medicines.by_id("sertraline")
    assert medicine is not None
    case = case_of(KNOWLEDGE, ADULT, today=TODAY)
    setting = setting_for(KNOWLEDGE, case, medicine, (MedicineLine("x"),), is_new=True)
    worth = worth_of(KNOWLEDGE, medicine, setting, ["CYP3A5"])
    assert worth is not None
    assert (worth.chance, worth.possible, worth_in_short(worth)) == (0.0, (), "")
    assert "no result that is expected" in worth_steps(worth, "CYP3A5", "p")[0].text
