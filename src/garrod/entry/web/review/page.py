"""The queue of looks that care does not explain, for who reads everybody's access history.

GET  /review         what waits, the least likely first; below it what was decided
GET  /review/{id}    one case, its reasons, and the form
POST /review/{id}    what was decided, and why; once. Nobody sees or decides of their own looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import orjson
from starlette.responses import Response

from garrod.adapters.fhir.json import text
from garrod.care.govern.audit import current
from garrod.care.govern.snoop_review import LONGEST, SHORTEST, Item, Verdict
from garrod.care.record.service import NotFound
from garrod.care.record.suspicions import decide, item_of, items
from garrod.core.errors import AccessDenied, InputError
from garrod.entry.web.asked import Visit
from garrod.entry.web.emergency.around import AUDIT, sees_all_history
from garrod.entry.web.pages import page, see
from garrod.entry.web.people.page import NAMELESS
from garrod.entry.web.people.page import row_of as person_row
from garrod.entry.web.review.presenter import CHOICES, row_of

REVIEWED, DECIDED = "review", "decide review"  # the deeds, as the audit says them
SHOWN = 100  # Not clinical: cases of each list
_ID = re.compile(r"[0-9a-f]{16}")


async def review_page(visit: Visit) -> Response:
    """Answer the queue, one case, or what was decided of it.

    Raises: AccessDenied ACC001, NotFound REC001, DecidedBefore SNP002.
    """
    rest = visit.path[1:]
    current().route = f"{visit.method} /review{'/{id}' if rest else ''}"
    current().did(REVIEWED)
    if not sees_all_history(visit):
        raise AccessDenied("your role does not judge who looked at records.")
    if not rest and visit.method != "POST":
        return await _queue(visit)
    if len(rest) != 1 or not _ID.fullmatch(rest[0]):
        raise InputError("there is no such page.", code="REC001")
    item = await item_of(visit.consult.record.store, rest[0])
    if item.case.who == visit.actor.id:
        raise NotFound("there is no such case in the queue.")
    current().about(AUDIT, item.case.patients)
    return await _sent(visit, item) if visit.method == "POST" else await _case(visit, item)


async def _queue(visit: Visit) -> Response:
    every = [
        item for item in await items(visit.consult.record.store) if item.case.who != visit.actor.id
    ]
    waiting = [item for item in every if item.outcome is None]
    done = sorted(
        (item for item in every if item.decided is not None),
        key=lambda item: (item.decided, item.id),
        reverse=True,
    )
    shown = [*waiting[:SHOWN], *done[:SHOWN]]
    names = await _names(visit, shown)
    current().about(AUDIT, {p for item in shown for p in item.case.patients})
    return page(
        "review/page.jinja",
        csrf=visit.csrf,
        waiting=[row_of(item, names) for item in waiting[:SHOWN]],
        more=max(0, len(waiting) - SHOWN),
        done=[row_of(item, names) for item in done[:SHOWN]],
    )


async def _case(visit: Visit, item: Item, wrong: str = "") -> Response:
    names = await _names(visit, [item])
    return page(
        "review/case.jinja",
        status=422 if wrong else 200,
        csrf=visit.csrf,
        row=row_of(item, names),
        wrong=wrong,
        choices=CHOICES,
        outcome=visit.fields.get("outcome", ""),
        note=visit.fields.get("note", ""),
        shortest=SHORTEST,
        longest=LONGEST,
    )


async def _sent(visit: Visit, item: Item) -> Response:
    current().did(DECIDED)
    fields = visit.fields
    verdict = Verdict(fields.get("outcome", ""), fields.get("note", ""), visit.actor.id)
    store, now = visit.consult.record.store, visit.consult.clock()
    try:
        await decide(store, item.id, verdict, now)
    except InputError as error:
        if error.code != "SNP001":
            raise
        return await _case(visit, item, error.message)
    return see("/review")


async def _names(visit: Visit, shown: Iterable[Item]) -> Mapping[str, str]:
    """Return the names of staff, as far as who reads may know them."""
    seen, found = visit.consult.record.seen_by(visit.actor), {}
    for reference in sorted({name for item in shown for name in (item.case.who, item.by)}):
        kind, _, id = reference.partition("/")
        version = await seen.read(kind, id) if kind == "Practitioner" else None
        if version is not None and not version.is_deleted:
            told = orjson.loads(version.body)
            name = text(told, "name") or person_row(told, version.id).name
            if name != NAMELESS:
                found[reference] = name
    return found
