"""Lists that are typed, the traps in them, and what a form of one line lacks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from garrod.care.record.medication.compare import Entry, Match, Row
from garrod.care.record.medication.line import Act, Author, Setting
from garrod.entry.web.medicines.acting import Filled, faults_of, reason_of, step_of, undoing
from garrod.entry.web.reconcile.sources import sources_of, unread_of, words_of
from garrod.entry.web.reconcile.traps import traps_of

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
BY = Author("Practitioner/1", "pharmacist", "", Setting.HOSPITAL)


def row(practice: str, ward: str) -> Row:
    sources = sources_of({"practice": practice, "ward": ward}, BY, AT)
    return Row("r", tuple(Entry(s.name, s.lines[0]) for s in sources), Match.PRODUCT)


def test_typed_list_is_read_line_by_line() -> None:
    text = "Ramipril 5 mg capsules - 5 mg once a day\n\n  Wundermittel\n"
    (found,) = sources_of({"practice": text, "ward": " \n"}, BY, AT)
    assert words_of(found) == ("Ramipril 5 mg capsules - 5 mg once a day", "Wundermittel - ")
    assert found.lines[0].content.dose is not None
    assert found.lines[0].content.medicine.strength == "5 mg"
    assert found.lines[1].content.dose is None


def test_what_the_person_says_is_stated_only() -> None:
    (found,) = sources_of({"person": "St John's wort: one a day"}, BY, AT)
    assert found.lines[0].is_shown_as_unverified


@pytest.mark.parametrize(
    ("practice", "ward", "said"),
    [
        ("Digoxin 125 micrograms", "Digoxin 125 mg", ("Units differ", "The same number")),
        ("Methotrexate 10 mg - once a week", "Methotrexate 10 mg - daily", ("Only GP list",)),
        ("Digoxin 125 mcg", "Digoxin 125 micrograms", ()),
        ("Insulin 10 units", "Insulin 10 iu", ()),
    ],
)
def test_traps_are_told(practice: str, ward: str, said: tuple[str, ...]) -> None:
    found = traps_of(row(practice, ward))
    assert len(found) == len(said)
    assert all(f.startswith(s) for f, s in zip(found, said, strict=True))


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        (Filled(do="stop"), ["#why"]),
        (Filled(do="stop", why="other"), ["#words"]),
        (Filled(do="stop", why="harm"), []),
        (Filled(do="change", why="weak"), ["#directions"]),
        (Filled(do="hold", why="ill"), ["#until"]),
        (Filled(do="hold", why="ill", until="tomorrow"), ["#until"]),
        (Filled(do="start"), ["#name"]),
        (Filled(do="start", name="W" * 201, directions="x" * 501), ["#name", "#directions"]),
        (Filled(do="start", name="W" * 200), []),
        (Filled(do="resume"), []),
    ],
)
def test_what_a_form_lacks_is_said_at_its_field(form: Filled, fields: list[str]) -> None:
    assert [field for field, _ in faults_of(form)] == fields


def test_list_that_cannot_be_taken_whole_is_not_cut_in_silence() -> None:
    lines = "\n".join(f"Ramipril {n} mg" for n in range(61))
    assert unread_of({"ward": lines.rpartition("\n")[0], "practice": "W" * 300}) == ()
    (long, wide) = unread_of({"practice": lines, "ward": "W" * 301})
    assert long[0] == "#practice"
    assert long[1].endswith("61 lines, of which 60 can be taken at a time")
    assert (wide[0], "in a line of at most 300" in wide[1]) == ("#ward", True)


def test_reason_is_what_was_chosen_and_written() -> None:
    assert reason_of(Filled(do="stop", why="harm", words="a rash")) == "Side effect: a rash"
    assert reason_of(Filled(do="stop", why="other", words="a rash")) == "a rash"


def test_what_somebody_did_is_taken_back_by_them_alone() -> None:
    (found,) = sources_of({"ward": "Ramipril 5 mg capsules"}, BY, AT)
    line = found.lines[0]
    step = step_of(Filled(do="stop", why="harm"), line, BY, AT)
    assert step.reason == "Side effect"
    back = undoing(line, BY, AT, None)
    assert back is not None
    assert back.act is Act.MARK_ERROR
    other = Author("Practitioner/2", "nurse", "", Setting.HOSPITAL)
    assert undoing(line, other, AT, None) is None
