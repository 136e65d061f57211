"""Advice after an inhibitor was stopped: it fades over days, and says until when."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from garrod.care.decide.service import decide, look_ahead
from garrod.core.advice import Action, Advice, Tier
from garrod.core.medicine import Act, MedicineLine, Proposal
from garrod.core.person import Person
from tests.making.conversions import NM, UM, result
from tests.making.decisions import ADULT, KNOWLEDGE, TODAY

NORMAL = replace(ADULT, findings=(result("CYP2D6", NM, "2.0"),))
FAST = replace(ADULT, findings=(result("CYP2D6", UM, "≥3.0"),))


def stopped(words: str, days: int | None, person: Person = NORMAL) -> Person:
    ended = None if days is None else TODAY - timedelta(days=days)
    return replace(person, past=(MedicineLine(words, ended=ended),))


def on_genes(person: Person, words: str = "codeine") -> list[Advice]:
    found = decide(KNOWLEDGE, person, Proposal(Act.ORDER, MedicineLine(words)), today=TODAY)
    return [a for a in found.advice if a.id.startswith("pgx:")]


def usual(person: Person, words: str = "codeine") -> str:
    found = decide(KNOWLEDGE, person, Proposal(Act.ORDER, MedicineLine(words)), today=TODAY)
    return " ".join(c.reason for c in found.clear)


def test_codeine_on_paroxetine_acts_as_in_a_poor_metaboliser() -> None:
    taking = replace(NORMAL, medicines=(MedicineLine("paroxetine 20 mg tablets"),))
    (advice,) = on_genes(taking)
    assert (advice.action, advice.tier) == (Action.AVOID, Tier.T2)
    assert "recheck" not in advice.summary


@pytest.mark.parametrize("days", [0, 1, 2])
def test_advice_stays_in_the_first_days_after_the_last_dose(days: int) -> None:
    (advice,) = on_genes(stopped("paroxetine 20 mg tablets", days))
    assert (advice.action, advice.tier) == (Action.AVOID, Tier.T2)
    assert "behaves as poor metaboliser" in advice.title


@pytest.mark.parametrize("days", [3, 5, 8])
def test_advice_fades_to_watching(days: int) -> None:
    (advice,) = on_genes(stopped("paroxetine 20 mg tablets", days))
    assert (advice.action, advice.tier) == (Action.MONITOR, Tier.T4)


@pytest.mark.parametrize("days", [9, 15, 400])
def test_usual_dose_holds_once_the_effect_is_gone(days: int) -> None:
    person = stopped("paroxetine 20 mg tablets", days)
    assert on_genes(person) == []
    assert "CYP2D6 normal metaboliser: usual dosing" in usual(person)


def test_summary_and_chain_say_until_when() -> None:
    (advice,) = on_genes(stopped("paroxetine 20 mg tablets", 3))
    assert advice.summary.endswith(
        "How CYP2D6 behaves now is in part the effect of paroxetine (stopped on 22 November 2026), "
        "which fades over the next 12 days: recheck on 7 December 2026."
    )
    (course,) = [b.text for b in advice.because if b.step == "fades"]
    assert course.startswith(
        "paroxetine was stopped on 22 November 2026: about 49 % of its effect on CYP2D6 is left "
        "(half-life 2.9 days"
    )
    assert "so it counts as moderate, no longer as strong; as less from 1 December 2026" in course
    (behaves,) = [b.text for b in advice.because if b.step == "behaves-as"]
    assert "while the effect of paroxetine lasts" in behaves
    assert "strong inhibitor of CYP2D6 (UpToDate table 116164), counted as moderate" in behaves


def test_last_day_is_said_in_the_singular() -> None:
    (advice,) = on_genes(stopped("duloxetine", 1))
    assert "over the next 2 days" in advice.summary
    (advice,) = on_genes(stopped("quinidine", 1))
    (course,) = [b.text for b in advice.because if b.step == "fades"]
    assert "It fades over the next 1 day: recheck on 26 November 2026" in course
    assert "not looked up" in course


def test_usual_dose_that_rests_on_a_fading_effect_says_so() -> None:
    person = stopped("duloxetine", 1, replace(ADULT, findings=(result("CYP2D6", UM, "2.5"),)))
    found = decide(KNOWLEDGE, person, Proposal(Act.ORDER, MedicineLine("atomoxetine")), today=TODAY)
    assert "recheck on 27 November 2026" in " ".join(c.reason for c in found.clear)


def test_hard_stop_is_not_lifted_by_what_fades() -> None:
    (advice,) = on_genes(stopped("paroxetine", 0, FAST))
    assert advice.tier is Tier.T1


def test_list_and_stopped_medicines_are_told_apart() -> None:
    person = replace(stopped("paroxetine", 4), medicines=(MedicineLine("duloxetine"),))
    (advice,) = on_genes(person)
    (behaves,) = [b.text for b in advice.because if b.step == "behaves-as"]
    assert "while duloxetine is taken and the effect of paroxetine lasts" in behaves
    assert "behaves as poor metaboliser" in advice.title


def test_stopped_twice_counts_from_the_last_time() -> None:
    lines = (
        MedicineLine("paroxetine", ended=TODAY - timedelta(days=200)),
        MedicineLine("Seroxat", ended=TODAY),
        MedicineLine("paroxetine"),
    )
    (advice,) = on_genes(replace(NORMAL, past=lines))
    assert advice.action is Action.AVOID


def test_form_for_local_use_leaves_nothing_behind() -> None:
    assert on_genes(stopped("terbinafine 1 % cream", 1)) == []
    assert on_genes(stopped("terbinafine 250 mg tablets", 1))


def test_ahead_of_an_order_the_fading_effect_is_known() -> None:
    ahead = look_ahead(KNOWLEDGE, stopped("paroxetine", 1), today=TODAY)
    assert "codeine" in {a.target.name for a in ahead if a.action is Action.AVOID}


def test_unknown_day_is_said_and_not_counted() -> None:
    taking = replace(stopped("paroxetine", None), medicines=(MedicineLine("duloxetine"),))
    (advice,) = on_genes(taking)
    assert any("the day is not recorded" in b.text for b in advice.because)
    assert advice.action is Action.MONITOR


def test_new_inducer_says_when_it_acts_in_full() -> None:
    person = replace(
        ADULT,
        findings=(result("CYP2C19", NM),),
        medicines=(MedicineLine("rifampicin 600 mg", started=date(2026, 11, 20)),),
    )
    found = on_genes(person, "escitalopram") or on_genes(person, "voriconazole")
    said = [b.text for a in found for b in a.because if b.step == "fades"]
    assert said == [
        "rifampicin was just started: its effect builds up and is full from about 4 December 2026; "
        "it is counted from the first day"
    ]
