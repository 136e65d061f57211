"""Whose advice changes: coded content alone, no names, and a lost hard stop is marked."""

from dataclasses import replace

from garrod.care.decide.knowledge import Knowledge, load_knowledge
from garrod.care.monitor.affected import UNNAMED, Change, Said, View, changes_for
from garrod.core.medicine import MedicineLine
from garrod.core.person import Person
from tests.making.decisions import (
    ADULT,
    CYP2C19_PM,
    IM,
    KNOWLEDGE,
    NM,
    TODAY,
    candidate,
    finding,
    hla,
)
from tests.making.shelves import SHELF, changed

QUIET = load_knowledge(
    changed("policy-england", "hard_stops", lambda r: None if r["gene"] == "HLA-B" else r)
)
NETHERLANDS = load_knowledge(SHELF, "policy-netherlands")
TAKING = replace(
    ADULT,
    name="Nobody Synthetic",
    medicines=(MedicineLine("abacavir"), MedicineLine("clopidogrel"), MedicineLine("aunt's tea")),
    findings=(hla("HLA-B", "*57:01 positive"), CYP2C19_PM),
)


def between(
    one: Knowledge, other: Knowledge, person: Person = TAKING, *, ahead: bool = False
) -> tuple[Change, ...]:
    return changes_for(View(one, person), View(other, person), today=TODAY, with_ahead=ahead)


def test_same_knowledge_changes_nothing() -> None:
    assert between(KNOWLEDGE, KNOWLEDGE, ahead=True) == ()


def test_hard_stop_that_is_lost_is_marked_and_nothing_else_is_named() -> None:
    (change,) = between(KNOWLEDGE, QUIET)
    assert (change.person, change.medicine, change.differs) == ("Patient/1", "abacavir", ("tier",))
    assert change.loses_hard_stop
    assert ([s.tier for s in change.before], [s.tier for s in change.after]) == (["T1"], ["T2"])
    (back,) = between(QUIET, KNOWLEDGE)
    assert not back.loses_hard_stop


def test_change_is_written_without_a_name_or_what_is_not_stated() -> None:
    (change,) = between(KNOWLEDGE, QUIET)
    told = change.as_json()
    assert told["before"][0]["action"] == "avoid"
    assert "dose_factor" not in told["before"][0]
    assert "Nobody" not in str(told)
    assert told["loses_hard_stop"] is True


def test_order_of_another_nation_changes_what_its_first_source_says_otherwise() -> None:
    found = {c.medicine: c for c in between(KNOWLEDGE, NETHERLANDS)}
    assert "clopidogrel" in found
    assert "strength" in found["clopidogrel"].differs


def test_result_that_is_understood_otherwise_turns_clear_to_advice() -> None:
    person = replace(ADULT, medicines=(MedicineLine("clopidogrel"),))
    before = View(
        KNOWLEDGE, replace(person, findings=(finding("CYP2C19", candidate("a", 1.0, NM)),))
    )
    after = View(
        KNOWLEDGE, replace(person, findings=(finding("CYP2C19", candidate("a", 1.0, IM)),))
    )
    (change,) = changes_for(before, after, today=TODAY)
    assert [s.kind for s in change.before] == ["clear"]
    assert "advice" in [s.kind for s in change.after]
    assert "kind" in change.differs


def test_medicine_that_is_not_taken_is_compared_when_asked() -> None:
    person = replace(TAKING, medicines=())
    assert between(KNOWLEDGE, QUIET, person) == ()
    ahead = between(KNOWLEDGE, QUIET, person, ahead=True)
    assert "abacavir" in {c.medicine for c in ahead}
    assert all(c.is_ahead for c in ahead)


def test_words_of_an_entry_that_is_no_known_medicine_do_not_leave() -> None:
    without = load_knowledge(
        changed("drugs", "drugs", lambda r: None if r["drug"] == "abacavir" else r)
    )
    found = {c.medicine: c for c in between(KNOWLEDGE, without)}
    assert "aunt" not in str([c.as_json() for c in found.values()])
    assert set(found) == {"abacavir", UNNAMED}
    assert found["abacavir"].loses_hard_stop
    assert found["abacavir"].after == ()


def test_content_in_words_says_act_tier_strength_dose_and_options() -> None:
    said = Said("advice", "start-lower", "T2", "Strong", "0.5", ("a", "b"))
    assert said.words == "start-lower T2 Strong × 0.5 options a, b"
    assert Said("clear", subject="CYP2D6").words == "clear CYP2D6"
    assert Said("not-assessed", subject="CYP2D6", code="no-result").words == (
        "not-assessed CYP2D6 no-result"
    )
