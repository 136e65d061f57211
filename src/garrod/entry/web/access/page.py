"""The page of who saw a record, and where a governance officer chooses whose.

GET  /patients/{id}/access?before=&broken=   the history, 50 lines at a time
GET  /access                                 for whoever may read everybody's: of whom
POST /access                                 an NHS number or record id, sent as a form
(what was opened in an emergency is judged in `judging`)
"""

from __future__ import annotations

import re
from itertools import chain

import orjson
from starlette.responses import Response

from garrod.care.govern.audit import current
from garrod.care.record.breaking import of_number
from garrod.care.record.service import NotFound
from garrod.core.errors import AccessDenied, InputError
from garrod.entry.audit_showing import Showing
from garrod.entry.web.access.judging import judging_page, names_of, opened_rows
from garrod.entry.web.access.presenter import moment, named_in, row_of
from garrod.entry.web.access.reading import Asked, Part, history_of
from garrod.entry.web.asked import Visit
from garrod.entry.web.emergency.around import sees_all_history
from garrod.entry.web.emergency.page import number_of
from garrod.entry.web.pages import page, see
from garrod.entry.web.proxy.reading import acting_for

LOOKED = "audit"  # the deed, as the audit says it
NOBODY = "Nobody has that number or record id here: look at it again"
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_PLACE = re.compile(r"[0-9]{1,18}")


async def history_page(visit: Visit, patient: str) -> Response:
    """Answer the page of a person's history.

    Raises: AccessDenied ACC001, NotFound REC001, InputError, OutsideError AUD010, AUD013.
    """
    if not _ID.fullmatch(patient) or visit.path[3:] or visit.method == "POST":
        raise InputError("there is no such page.", code="REC001")
    current().route = f"{visit.method} /patients/{{id}}/access"
    current().did(LOOKED)
    showing = Showing(visit.consult.record, visit.actor)
    await showing.demand(patient)
    asked = Asked(_place(visit, "broken"), _place(visit, "before"))
    found = await history_of(visit.log(), patient, asked, showing)
    names = await names_of(visit, named_in(chain(found.broken.lines, found.usual.lines)))
    is_own = visit.actor.role == "patient"
    own = visit.actor.id if is_own else ""
    parts: dict[str, Part] = {"broken": found.broken, "usual": found.usual}
    return page(
        "access/page.jinja",
        csrf=visit.csrf,
        patient=patient,
        is_own=is_own,
        proxy=await acting_for(visit, patient),
        is_later=asked.is_later,
        head=orjson.dumps(found.head).decode(),
        size=found.head["size"],
        sealed=moment(found.head["at"]),
        rows={name: [row_of(x, names, own=own) for x in p.lines] for name, p in parts.items()},
        before={name: part.before for name, part in parts.items()},
        has_more={name: part.before is not None for name, part in parts.items()},
    )


async def choice_page(visit: Visit) -> Response:
    """Answer where it is chosen whose history is read.  Raises: AccessDenied ACC001."""
    if not sees_all_history(visit):
        raise AccessDenied("your role does not read everybody's access history.")
    if visit.path[1:]:
        return await judging_page(visit)
    current().route = f"{visit.method} /access"
    current().did(LOOKED)
    who, wrong = visit.fields.get("who", ""), ""
    if visit.method == "POST":
        try:
            return see(f"/patients/{await _found(visit, who)}/access")
        except NotFound:
            wrong = NOBODY
    rows = await opened_rows(visit)
    told = {"who": who, "wrong": wrong, "rows": rows, "csrf": visit.csrf}
    return page("access/choice.jinja", status=422 if wrong else 200, **told)


async def _found(visit: Visit, who: str) -> str:
    """Return the id of the person of a number or id.  Raises: NotFound REC001."""
    number, store = number_of(who), visit.consult.record.store
    if number is not None:
        return await of_number(store, number)
    if not _ID.fullmatch(who) or await store.read("Patient", who) is None:
        raise NotFound(NOBODY)
    return who


def _place(visit: Visit, name: str) -> int | None:
    """Return where a page begins.  Raises: InputError API004 for what is no place."""
    given = visit.fields.get(name, "")
    if not given:
        return None
    if not _PLACE.fullmatch(given):
        raise InputError(f"{name} is a whole number, 0 or more.", code="API004")
    return int(given)
