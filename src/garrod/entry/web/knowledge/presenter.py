"""Words the pages of this room: lists of packs, one pack, what was done. Pure; all wording is here.

Standing, names of staff -> ListView; Chosen -> PackView (differences: `differing`)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from garrod.adapters.packs.site import SitePack
from garrod.care.govern.access import Actor
from garrod.care.govern.model import Activated, Approved, Deactivated, Distrusted, Event, Trusted
from garrod.entry.affected import CHANGE, Found
from garrod.entry.web.knowledge.reading import Standing
from garrod.entry.web.knowledge.view import (
    IN_FORCE,
    EventRow,
    ListView,
    PackRow,
)
from garrod.entry.web.summary.words import day_words
from garrod.knowledge.pack import Manifest

SHOWN_EVENTS = 50  # Not clinical: lines of what was done
SHIPPED_BY = "Comes with Garrod"
UNREVIEWED = "no clinician has reviewed it"
NO_SITE = (
    "This server has no folder for packs of its own, so nothing can be proposed. Whoever runs it "
    "names one when it starts (GARROD_PACKS)."
)
BROKEN = "What the site’s state names cannot be read: what was in force before stays so."
SYNTHETIC = "synthetic"


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, when, and by which names they know staff."""

    actor: Actor
    at: datetime
    names: Mapping[str, str]
    may_change: bool

    def name(self, by: str) -> str:
        """Return somebody's name, or the id by which they are known here."""
        if by == "local":
            return "this machine’s own user"
        return self.names.get(by, by)


def list_view(
    standing: Standing, found: Mapping[str, Found], asking: Asking, fault: str
) -> ListView:
    """Return the first page."""
    once = {e.pack for e in standing.ledger.events if isinstance(e, Activated)}
    own = [(pack, standing.is_active(pack)) for pack in standing.own]
    active = {pack.manifest.name: pack for pack, is_active in own if is_active}
    waiting = [p for p, is_active in own if not is_active]
    in_force = [
        own_row(active[m.name], standing, asking) if m.name in active else shipped_row(m)
        for m in sorted(standing.shipped.values(), key=lambda m: m.title.casefold())
    ]
    in_force += [
        own_row(p, standing, asking) for n, p in active.items() if n not in standing.shipped
    ]
    note = "" if standing.has_site else NO_SITE
    new = [p for p in waiting if p.content.pack not in once]
    mine = [p for p in new if waits_for(p, standing, asking)]
    return ListView(
        tuple(own_row(p, standing, asking) for p in mine),
        tuple(own_row(p, standing, asking) for p in new if p not in mine),
        tuple(in_force),
        tuple(own_row(p, standing, asking) for p in waiting if p.content.pack in once),
        tuple(_history(standing, found, asking)),
        moment_words(asking.at),
        f"{BROKEN} {fault or standing.problem}" if fault or standing.problem else "",
        note,
    )


def link_of(reference: str) -> str:
    """Return the address of a pack."""
    return f"/knowledge/{quote(reference, safe='@')}"


def shipped_row(manifest: Manifest) -> PackRow:
    """Return a pack that comes with the program."""
    return PackRow(
        link_of(manifest.reference), manifest.title, manifest.reference, manifest.version,
        day_words(manifest.retrieved), IN_FORCE, manifest.licence, "Garrod",
        f"{SHIPPED_BY}; {reviewed(manifest)}", SYNTHETIC in manifest.title,
    )  # fmt: skip


def own_row(pack: SitePack, standing: Standing, asking: Asking) -> PackRow:
    """Return a pack of the site."""
    manifest = pack.manifest
    given = standing.ledger.approvals(pack.content)
    who = ", ".join(f"{asking.name(a.by)} ({a.role.replace('-', ' ')})" for a in given)
    return PackRow(
        link_of(manifest.reference), manifest.title, manifest.reference, manifest.version,
        day_words(manifest.retrieved), state_words(pack, standing), manifest.licence,
        "This site", who or "Nobody yet", SYNTHETIC in manifest.title,
    )  # fmt: skip


def waits_for(pack: SitePack, standing: Standing, asking: Asking) -> bool:
    """Return whether a proposed pack waits for who asks: to approve it, or to put it in force."""
    given = standing.ledger.approvals(pack.content)
    is_ready = len(given) >= standing.rules.approvals
    return asking.may_change and (is_ready or asking.actor.id not in {a.by for a in given})


def state_words(pack: SitePack, standing: Standing) -> str:
    """Return how a pack of the site stands."""
    if standing.is_active(pack):
        return IN_FORCE
    count, needed = len(standing.ledger.approvals(pack.content)), standing.rules.approvals
    if count >= needed:
        return "Approved, not in force"
    return f"Waits for {needed - count} of {needed} approvals"


def reviewed(manifest: Manifest) -> str:
    """Return who reviewed a pack, or that nobody did."""
    if not manifest.reviewer:
        return UNREVIEWED
    on = f", {day_words(manifest.review_date)}" if manifest.review_date else ""
    return f"reviewed by {manifest.reviewer}{on}"


def moment_words(at: datetime) -> str:
    """Return a time in words: "3 March 2025, 14:05 UTC"."""
    return f"{at.day} {at:%B %Y, %H:%M} UTC"


def at_words(written: str) -> str:
    """Return a written time in words; as it is where it is none."""
    try:
        return moment_words(datetime.fromisoformat(written))
    except ValueError:
        return written


def _history(standing: Standing, found: Mapping[str, Found], asking: Asking) -> Iterator[EventRow]:
    numbered = list(enumerate(standing.ledger.events))
    for number, event in numbered[-SHOWN_EVENTS:][::-1]:
        pack = getattr(event, "pack", "")
        is_there = pack and standing.of(pack) is not None
        mine = found.get(f"{CHANGE}:{number}")
        yield EventRow(
            at_words(event.at), _event_words(event), asking.name(event.by),
            link_of(pack) if is_there else "", getattr(event, "reason", ""),
            _count(mine) if mine else "",
        )  # fmt: skip


def _count(found: Found) -> str:
    people = "1 person" if found.affected == 1 else f"{found.affected:,} people"
    tasks = "1 task" if found.tasks == 1 else f"{found.tasks:,} tasks"
    return f"{people} affected, {tasks} raised" if found.affected else "Nobody affected"


def _event_words(event: Event) -> str:
    match event:
        case Trusted():
            return f"The key of {event.holder} was trusted"
        case Distrusted():
            return f"The key {event.key} is trusted no longer"
        case Approved():
            role = event.role.replace("-", " ")
            agreed = f", and agreed to lowering {stops(len(event.lowers))}" if event.lowers else ""
            return f"{event.pack} was approved, as {role}{agreed}"
        case Activated():
            return f"{event.pack} took force"
        case Deactivated():
            return f"{event.pack} was rolled back"


def stops(count: int) -> str:
    """Return how many hard stops."""
    return "1 hard stop" if count == 1 else f"{count:,} hard stops"
