"""What a prescriber answers: what it takes, which task it makes, and that none is nobody's."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrod.care.decide.card import Card, card_of, quiet_card
from garrod.care.decide.model import Decision
from garrod.care.decide.outcomes import (
    Telling,
    accepted,
    follow_up_of,
    for_pharmacist,
    overridden,
    seen,
)
from garrod.care.decide.ports import CardDeed, FollowUp
from garrod.core.advice import Action, Advice, Option, Target, Tier
from garrod.core.errors import InputError
from tests.making.decisions import KNOWLEDGE

ROWS = KNOWLEDGE.prescribing.follow_ups
AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
TELLING = Telling("p1", "Practitioner/1", AT, 4.2)
TARGET = Target("codeine")


def advice(tier: Tier) -> Advice:
    option = Option("paracetamol", "named")
    return Advice(
        "age:x:codeine", Action.AVOID, TARGET, tier, "n/a", "Avoid codeine", "s", (), (),
        ("b@1", "a@1"), options=(option,),
    )  # fmt: skip


def card(tier: Tier) -> Card:
    found = card_of(Decision((advice(tier),)), TARGET)
    assert found is not None
    return found


def test_option_taken_is_linked_with_the_order_written() -> None:
    event = accepted(card(Tier.T2), TELLING, option="paracetamol", order="MedicationRequest/9")
    assert (event.deed, event.option, event.order) == (
        CardDeed.ACCEPTED, "paracetamol", "MedicationRequest/9",
    )  # fmt: skip
    assert (event.packs, event.seconds, event.follow_ups) == (("a@1", "b@1"), 4.2, ())
    with pytest.raises(InputError):
        accepted(card(Tier.T2), TELLING, option="morphine")


def test_hard_stop_takes_a_reason_and_a_second_person_or_an_indication() -> None:
    stop = card(Tier.T1)
    for more in ({}, {"second": " "}, {"second": "Practitioner/1"}, {"indication": " "}):
        with pytest.raises(InputError):
            overridden(stop, TELLING, "benefit-outweighs", follow_ups=ROWS, **more)
    with pytest.raises(InputError):
        overridden(stop, TELLING, "because", second="Practitioner/2", follow_ups=ROWS)
    told = overridden(
        stop, TELLING, "benefit-outweighs", second="Practitioner/2", words="end of life",
        indication="dyspnoea", follow_ups=ROWS,
    )  # fmt: skip
    assert told.words == "end of life; second person: Practitioner/2; indication: dyspnoea"
    assert told.follow_ups == ()


def test_will_monitor_and_wrong_result_each_make_their_task() -> None:
    watch = overridden(card(Tier.T2), TELLING, "will-monitor", follow_ups=ROWS)
    wrong = overridden(card(Tier.T2), TELLING, "result-looks-wrong", follow_ups=ROWS)
    assert [(f.owner, f.due_days) for f in watch.follow_ups] == [("monitoring", 14)]
    assert [f.owner for f in wrong.follow_ups] == ["laboratory"]


def test_seen_is_no_answer_and_the_pharmacist_gets_a_task() -> None:
    assert seen(card(Tier.T3), TELLING, CardDeed.IGNORED).deed is CardDeed.IGNORED
    with pytest.raises(InputError):
        seen(card(Tier.T3), TELLING, CardDeed.ACCEPTED)
    quiet = quiet_card(Decision((advice(Tier.T4),)), TARGET)
    assert quiet is not None
    event = for_pharmacist(quiet, quiet.quiet, TELLING, ROWS)
    assert (event.words, event.advice) == ("Avoid codeine", ("age:x:codeine",))
    assert [f.owner for f in event.follow_ups] == ["pharmacist"]


@given(st.text(max_size=8), st.integers(-3, 400))
def test_no_task_without_an_owner_and_a_day_can_exist(owner: str, days: int) -> None:
    if owner.strip() and days >= 0:
        assert FollowUp("monitor", "words", owner, days).owner.strip()
    else:
        with pytest.raises(InputError):
            FollowUp("monitor", "words", owner, days)


def test_every_reason_of_a_card_has_its_row() -> None:
    row = {"follow_up": "monitor", "words": "w", "owner": "team", "due_days": "3"}
    assert follow_up_of(row) == FollowUp("monitor", "w", "team", 3)
    assert {r.follow_up for r in card(Tier.T2).reasons if r.follow_up} <= set(ROWS)
