"""An entry's bytes made on the quick way are those of the plain one, and are read back as it."""

import json

from hypothesis import given
from hypothesis import strategies as st

from garrod.adapters.audit.lines import AT, WHO, body_of, line_of
from garrod.care.govern.access import Actor
from garrod.care.govern.audit import REQUEST, TASK, Trail, canonical, entry_read, placed

WORDS = st.text(max_size=12) | st.sampled_from((AT, WHO, '"', "\\", "é", "p\ud800", "line\n"))
IDS = st.from_regex(r"[A-Za-z0-9.\-]{1,64}", fullmatch=True) | WORDS
ACTORS = st.none() | st.builds(
    Actor, id=WORDS, role=WORDS, organisation=WORDS, client=WORDS, session=WORDS, emergency=WORDS
)
STATUSES = st.sampled_from((200, 201, 304, 401, 403, 404, 500))


@st.composite
def trails(draw: st.DrawFn) -> tuple[Trail, Trail]:
    """Return two trails of which the same is known."""
    at = draw(st.datetimes()).isoformat(timespec="microseconds")
    route, deed = draw(WORDS), draw(st.sampled_from(("read", "search", "update")))
    actor, people, kinds = (
        draw(ACTORS),
        draw(st.lists(IDS, max_size=3)),
        draw(st.lists(WORDS, max_size=2)),
    )
    asked, reasons, count = (
        draw(st.lists(IDS, max_size=2)),
        draw(st.lists(WORDS, max_size=2)),
        draw(st.integers(0, 9)),
    )
    found = Trail(at, route, deed), Trail(at, route, deed)
    for trail in found:
        if actor is not None:
            trail.acted(actor)
        trail.about("Patient", asked)
        trail.gave(kinds, people, count)
        if reasons:
            trail.denied(reasons)
    return found


@given(trails(), STATUSES, st.sampled_from((REQUEST, TASK)))
def test_quick_bytes_are_the_plain_ones(two: tuple[Trail, Trail], status: int, event: str) -> None:
    quick, plain = two
    said = quick.said(status)
    assert said is not None
    (entry,) = plain.entries(status, event=event)
    line = line_of(quick.at, event, *said)
    assert line == canonical(entry)
    read, people, is_glass = body_of(line)
    assert (read, len(people), is_glass) == (line, len(entry.patients), entry.is_emergency)
    again = entry_read(placed(line, 7))
    assert (again.index, json.loads(canonical(again))) == (7, json.loads(line))


def test_words_that_look_like_our_marks_are_words() -> None:
    two = (
        Trail("2026-11-28T10:00:00.000001+00:00", AT),
        Trail("2026-11-28T10:00:00.000001+00:00", AT),
    )
    for trail in two:
        trail.gave(("Patient",), ("p1",), 1)
        trail.denied((f"asked for {WHO} at {AT}", f'"patients":["{WHO}"]'))
    quick, plain = two
    said = quick.said(200)
    assert said is not None
    assert line_of(quick.at, REQUEST, *said) == canonical(plain.entries(200)[0])
