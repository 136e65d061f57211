"""Words the queue: what waits, what was decided, what new packs call otherwise. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from garrod.adapters.facts.changes import Compared
from garrod.entry.web.laboratory.keeping import Drop
from garrod.entry.web.laboratory.otherwise import genes_words, why_words
from garrod.entry.web.laboratory.states import STATES, moment, named, state_of, test_words
from garrod.entry.web.laboratory.view import Inbox, QueueView, Row

UNNAMED = "A person whose name you may not see"


def queue_view(
    waiting: Sequence[Drop],
    decided: Sequence[Drop],
    other: Sequence[tuple[Drop, Compared]],
    tests: Sequence[tuple[str, str, str]],
    *,
    people: Mapping[str, str],
    staff: Mapping[str, str],
    read: str,
    is_cut: bool,
) -> QueueView:
    """Return the first page; `tests`: patient, test and since when of those without a result."""
    fresh = [f"From this server, {read}", "Files of other servers are not here"]
    if is_cut:
        fresh.append("Only the newest are listed")
    return QueueView(
        tuple(_row(drop, people, moment(drop.sent_at)) for drop in waiting),
        tuple(
            _row(drop, people, f"{moment(drop.decided_at)}, {named(drop.decided_by, staff)}")
            for drop in decided
        ),
        tuple(_inbox(drop, compared, people) for drop, compared in other),
        tuple((w, people.get(w, UNNAMED), test_words(test, since)) for w, test, since in tests),
        tuple(fresh),
    )


def _row(drop: Drop, people: Mapping[str, str], when: str) -> Row:
    state = state_of(drop)
    return Row(
        f"/laboratory/{drop.id}",
        drop.name,
        people.get(drop.patient, UNNAMED),
        drop.patient,
        when,
        STATES[state],
        is_loud=state in ("unreadable", "asks", "build"),
    )


def _inbox(drop: Drop, compared: Compared, people: Mapping[str, str]) -> Inbox:
    return Inbox(
        f"/laboratory/{drop.id}#otherwise",
        drop.name,
        people.get(drop.patient, UNNAMED),
        genes_words(compared.changes),
        why_words(compared.changes) or "new places were defined",
    )
