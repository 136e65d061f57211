"""Records opened in an emergency, for whoever oversees access: what each was, judged once.

GET  /access/{glass}   one opening, and the form
POST /access/{glass}   what it was, and why; nobody sees or judges their own here
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson
from starlette.responses import Response

from garrod.adapters.fhir.emergency import FOUND, GlassPapers
from garrod.adapters.fhir.json import text
from garrod.care.govern.audit import current
from garrod.care.govern.emergency import Glass
from garrod.care.govern.emergency_review import Review
from garrod.care.govern.snoop_review import LONGEST, SHORTEST, Verdict
from garrod.care.record.glass_reviews import judge, reviews
from garrod.care.record.glasses import latest, noted
from garrod.care.record.service import NotFound
from garrod.core.errors import InputError
from garrod.core.resource import Version
from garrod.entry.web.access.presenter import moment
from garrod.entry.web.asked import Visit
from garrod.entry.web.pages import page, see
from garrod.entry.web.people.page import NAMELESS
from garrod.entry.web.people.page import row_of as person_row

LOOKED, JUDGED = "audit", "judge emergency"  # the deeds, as the audit says them
SHOWN = 50  # Not clinical: openings that are listed
FLAG = "Flag"


@dataclass(frozen=True, slots=True)
class Row:
    """One opening as it is shown; `found` "": nobody has judged it."""

    id: str
    patient: str
    who: str
    role: str
    when: str
    state: str
    reason: str
    found: str
    note: str
    by: str
    at: str

    @property
    def as_role(self) -> str:
        """The role as it stands within a sentence."""
        return self.role.lower()


async def opened_rows(visit: Visit) -> list[Row]:
    """Return the openings of others, those that nobody has judged first, each newest first."""
    store, now = visit.consult.record.store, visit.consult.clock()
    found = await reviews(store)
    opened = [g for g in await latest(store) if g.who != visit.actor.id]
    opened = sorted(opened, key=lambda glass: glass.id in found)[:SHOWN]
    by = {found[glass.id].by for glass in opened if glass.id in found}
    names = await names_of(visit, frozenset({glass.who for glass in opened} | by))
    current().about(FLAG, {glass.patient for glass in opened})
    return [_row(glass, found.get(glass.id), names, now) for glass in opened]


async def judging_page(visit: Visit) -> Response:
    """Answer the page of one opening, or what was decided of it.

    Raises: NotFound REC001, DecidedBefore SNP002.
    """
    store = visit.consult.record.store
    current().route = f"{visit.method} /access/{{id}}"
    current().did(JUDGED if visit.method == "POST" else LOOKED)
    glass = await noted(store, visit.path[1]) if len(visit.path) == 2 else None
    if glass is None or glass.who == visit.actor.id:
        raise NotFound("there is no such page.")
    current().about(FLAG, (glass.patient,))
    if visit.method != "POST":
        return await _case(visit, glass)
    verdict = Verdict(visit.fields.get("outcome", ""), visit.fields.get("note", ""), visit.actor.id)
    record, now = visit.consult.record, visit.consult.clock()
    try:
        await judge(record, GlassPapers(record.codec), glass.id, verdict, now=now)
    except InputError as error:
        if error.code != "GLS003":
            raise
        return await _case(visit, glass, error.message)
    return see("/access")


async def _case(visit: Visit, glass: Glass, wrong: str = "") -> Response:
    found = (await reviews(visit.consult.record.store)).get(glass.id)
    names = await names_of(visit, frozenset((glass.who, found.by if found else "")))
    return page(
        "access/judging.jinja",
        status=422 if wrong else 200,
        csrf=visit.csrf,
        row=_row(glass, found, names, visit.consult.clock()),
        wrong=wrong[:1].upper() + wrong[1:],
        choices=[(outcome.value, words) for outcome, words in FOUND.items()],
        outcome=visit.fields.get("outcome", ""),
        note=visit.fields.get("note", ""),
        shortest=SHORTEST,
        longest=LONGEST,
    )


def _row(glass: Glass, found: Review | None, names: Mapping[str, str], now: datetime) -> Row:
    return Row(
        id=glass.id,
        patient=glass.patient,
        who=names.get(glass.who, glass.who),
        role=glass.role.capitalize(),
        when=moment(glass.since.isoformat()),
        state="Open now" if glass.holds(now) else f"Closed {moment(glass.end.isoformat())}",
        reason=glass.reason,
        found=FOUND[found.outcome] if found else "",
        note=found.note if found else "",
        by=names.get(found.by, found.by) if found else "",
        at=moment(found.at.isoformat()) if found else "",
    )


async def names_of(visit: Visit, named: frozenset[str]) -> Mapping[str, str]:
    """Return the names of people and organisations, as far as who reads may know them."""
    seen, found = visit.consult.record.seen_by(visit.actor), {}
    for reference in sorted(named):
        kind, _, id = reference.partition("/")
        version = await seen.read(kind, id) if id else None
        if version is not None and not version.is_deleted and (name := _name(version)):
            found[reference] = name
    return found


def _name(version: Version) -> str:
    told = orjson.loads(version.body)
    if isinstance(told.get("name"), str):
        return text(told, "name")
    name = person_row(told, version.id).name
    return "" if name == NAMELESS else name
