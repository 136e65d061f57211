"""Words who is affected by a pack. Pure.

Found, or how far it is worked out -> AffectedView
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from garrod.care.monitor.raising import FOLLOW_UPS
from garrod.entry.affected import Found, Progress
from garrod.entry.web.knowledge.presenter import at_words
from garrod.entry.web.knowledge.view import AffectedView, PersonRow

PAGE, MEDICINES = 20, 10  # Not clinical: people on a page; medicines that are listed
WORDS = {follow_up.code: follow_up.words for follow_up in FOLLOW_UPS}
NOT_ASKED = "It has not been worked out whose advice would change."
NO_TASKS = "For a pack that took force before this server watched, nothing was worked out here."
UNSEEN = "No names are shown: nobody of them is in your care, or your role sees nobody’s record."


@dataclass(frozen=True, slots=True)
class Named:
    """The people of one page who may be seen, by id; whether the pack is in force."""

    names: Mapping[str, str]
    ids: tuple[str, ...]
    number: int
    link: str
    is_in_force: bool


def affected_view(found: Found | None, progress: Progress | None, at: Named) -> AffectedView:
    """Return who is affected, as far as it is known."""
    if progress is not None and progress.fault:
        return AffectedView("failed", f"It could not be worked out: {progress.fault}")
    if progress is not None:
        words = "It is being worked out whom it can touch."
        if progress.whole:
            words = (
                f"{progress.done:,} of {progress.whole:,} people whom it can touch were looked at."
            )
        return AffectedView("asked", words, done=progress.done, whole=progress.whole)
    if found is None:
        return AffectedView("", NO_TASKS if at.is_in_force else NOT_ASKED)
    return _found(found, at)


def _found(found: Found, at: Named) -> AffectedView:
    will = "changed" if at.is_in_force else "would change"
    people = "1 person" if found.affected == 1 else f"{found.affected:,} people"
    words = f"Advice {will} for {people}." if found.affected else f"Advice {will} for nobody."
    note = f"{found.looked:,} whom it can touch were looked at, {at_words(found.at)}."
    if at.is_in_force and found.affected:
        note += f" {found.tasks:,} tasks were raised, each with an owner and a day."
    hidden = len(at.ids) - len(at.names)
    is_last = at.number * PAGE >= len(found.people)
    return AffectedView(
        "found",
        words,
        note,
        _lost(found, is_in_force=at.is_in_force),
        tuple((WORDS.get(code, code), count) for code, count in found.kinds.items()),
        tuple(found.medicines.items())[:MEDICINES],
        tuple(PersonRow(f"/patients/{id}", at.names[id]) for id in at.ids if id in at.names),
        _hidden(hidden, len(at.names)) if found.affected else "",
        f"{at.link}?people={at.number - 1}#who" if at.number > 1 else "",
        "" if is_last else f"{at.link}?people={at.number + 1}#who",
    )


def _lost(found: Found, *, is_in_force: bool) -> str:
    if not found.lost:
        return ""
    who = "1 person" if found.lost == 1 else f"{found.lost:,} people"
    verb = "loses" if found.lost == 1 else "lose"
    return f"{who} {verb if is_in_force else 'would lose'} a hard stop."


def _hidden(hidden: int, seen: int) -> str:
    if not hidden:
        return ""
    if not seen:
        return UNSEEN
    return f"{hidden:,} more on this page, whose names you may not see."
