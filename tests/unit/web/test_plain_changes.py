"""What the monitor keeps as codes is said in words, for whatever advice there can be."""

from __future__ import annotations

import pytest

from garrod.care.decide.ports import FollowUp
from garrod.care.monitor.affected import ADVICE, Said
from garrod.care.monitor.raising import Raised
from garrod.core.advice import Action, Tier
from garrod.entry.web.plain import WORDS, change_words, medicine_in
from garrod.entry.web.summary.facts import tasks_of
from tests.unit.web.test_summary import TODAY

FOLLOW = FollowUp("advice-changed", "Review a medicine: its advice changed", "pharmacist", 7)


def raised(new: tuple[Said, ...], gone: tuple[Said, ...] = ()) -> str:
    return Raised("p", "clopidogrel", FOLLOW, new, gone).words


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("tier", Tier)
@pytest.mark.parametrize("strength", ["", "Strong", "not stated"])
def test_every_advice_has_words_and_no_code_is_left(
    action: Action, tier: Tier, strength: str
) -> None:
    new = Said(ADVICE, action.value, tier.value, strength, "0.5", ("prasugrel", "ticagrelor"))
    old = Said(ADVICE, action.value, tier.value)
    said = change_words(raised((new, old), (old,)))
    assert WORDS[action] in said
    assert tier.value not in said
    assert "options" not in said
    assert "prasugrel or ticagrelor" in said


def test_change_reads_as_a_sentence() -> None:
    new = Said(ADVICE, "prefer-alternative", "T2", "Strong", options=("prasugrel", "ticagrelor"))
    assert change_words(raised((new,))) == (
        "Clopidogrel, now: choose another medicine (prasugrel or ticagrelor): it stands in the way "
        "of an order. Before: nothing was said of it."
    )
    gone = change_words(raised((), (Said(ADVICE, "monitor", "T3", "Moderate"),)))
    assert gone == "Clopidogrel, no advice any more. Before: watch more closely."


@pytest.mark.parametrize(
    "written", ["", "Ring the person: now. Before: noon.", "x: now <b>. Before: y.", "Call back"]
)
def test_any_other_text_stays_as_it_is(written: str) -> None:
    assert change_words(written) == written
    assert medicine_in(written) == ""


def test_summary_names_the_medicine_whose_advice_changed() -> None:
    written = raised((Said(ADVICE, "monitor", "T3"),))
    (line,) = tasks_of([{"id": "t", "code": {"text": FOLLOW.words}, "description": written}], TODAY)
    assert line.text == "Review a medicine: its advice changed (clopidogrel)"
