"""Connect: a message is pasted, read, and told of; then, for the house alone, taken in.

GET  /connect?stored=&known=     the form; what came of the last message, in counts alone
POST /connect do=try | take      read and kept nowhere; or stored, then 303
"""

from __future__ import annotations

from starlette.responses import Response

from garrod.adapters.fhir.ingest.take import Taker
from garrod.adapters.fhir.rest.checked import CheckedCodec
from garrod.adapters.fhir.xml.format import XmlFormat
from garrod.care.govern.audit import current
from garrod.core.errors import AccessDenied, InputError, InternalFault
from garrod.entry.web.asked import LONG_FIELDS, Visit
from garrod.entry.web.connect.presenter import EMPTY, LONG, View, taken, view_of
from garrod.entry.web.connect.reading import HL7, Found, read_message
from garrod.entry.web.pages import page, see

SENT = "message"  # the form's field
TRIED, TAKEN = "try message", "import"  # the deeds, as the audit says them
READERS = frozenset(("laboratory-scientist", "governance-officer"))


async def connect_page(visit: Visit) -> Response:
    """Answer the form, or what came of a message.  Raises: AccessDenied ACC001, InputError."""
    if visit.path[1:]:
        raise InputError("there is no such page.", code="REC001")
    current().route = f"{visit.method} /connect"
    may_take = _may_take(visit)
    if not may_take and visit.actor.role not in READERS:
        raise AccessDenied("your role does not try messages.")
    message = visit.fields.get(SENT, "") if visit.method == "POST" else ""
    if visit.method != "POST":
        done = taken(visit.fields.get("stored", ""), visit.fields.get("known", ""))
        return _page(visit, may_take, done=done)
    wrong = EMPTY if not message else LONG if len(message) >= LONG_FIELDS[SENT] else ""
    if wrong:
        return _page(visit, may_take, message=message, wrong=wrong)
    is_taken = visit.fields.get("do") == "take"
    current().did(TAKEN if is_taken else TRIED)
    found = await _read(visit, message, is_taken=False)
    if is_taken and found.form != HL7 and not (found.wrong or found.acts):
        visit.consult.record.demand_house(visit.actor, "Patient")
        found = await _read(visit, message, is_taken=True)
        if not found.wrong:
            return see(f"/connect?stored={found.stored}&known={found.known}")
    return _page(visit, may_take, message=message, found=found)


def _may_take(visit: Visit) -> bool:
    try:
        visit.consult.record.demand_house(visit.actor, "Patient")
    except AccessDenied:
        return False
    return True


async def _read(visit: Visit, message: str, *, is_taken: bool) -> Found:
    record = visit.consult.record
    codec = record.codec
    if not isinstance(codec, CheckedCodec):
        raise InternalFault("this server checks no messages.")
    taker = Taker(record, codec, visit.actor, visit.consult.clock()) if is_taken else None
    return await read_message(message, codec, XmlFormat(visit.consult.services.shelf), taker)


def _page(
    visit: Visit,
    may_take: bool,
    *,
    message: str = "",
    wrong: str = "",
    done: str = "",
    found: Found | None = None,
) -> Response:
    view: View | None = None
    if found is not None:
        view = view_of(
            found.form, found.kinds, found.genes, found.wrong, notes=found.notes, acts=found.acts
        )
    is_bad = bool(wrong or (view and view.faults))
    return page(
        "connect/page.jinja",
        status=422 if is_bad else 200,
        csrf=visit.csrf,
        message=message,
        wrong=wrong,
        done=done,
        view=view,
        may_take=may_take,
    )
