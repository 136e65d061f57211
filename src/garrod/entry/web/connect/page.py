"""Connect: a message is pasted, read, and told of; then, for the house alone, taken in.

GET  /connect?stored=&known=     the form; what came of the last message, in counts alone
POST /connect do=try | take      read and kept nowhere; or stored, then 303
POST /connect do=again | whose | hand    of a laboratory's message that waits: tried anew; whose it
                                 may be, beside what the record says; and taken in for them

What is taken in of a laboratory is answered at once, with the answer for its sender: the same
message sent again does nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.responses import Response

from garrod.adapters.fhir.rest.checked import CheckedCodec
from garrod.adapters.fhir.xml.format import XmlFormat
from garrod.care.govern.audit import current
from garrod.core.errors import AccessDenied, InputError, InternalFault
from garrod.entry.web.asked import LONG_FIELDS, Visit
from garrod.entry.web.connect.presenter import EMPTY, LONG, NOBODY, UNSURE, taken, view_of
from garrod.entry.web.connect.reading import HL7, Found, read_message
from garrod.entry.web.connect.results import TRAINING, Compared, Outcome, Waiting
from garrod.entry.web.connect.taking import (
    again,
    compared,
    refused,
    take_messages,
    taker_of,
    waiting,
)
from garrod.entry.web.laboratory.choosing import chosen
from garrod.entry.web.pages import page, see

SENT = "message"  # the form's field
TRIED, TAKEN = "try message", "import"  # the deeds, as the audit says them
READERS = frozenset(("laboratory-scientist", "governance-officer"))


@dataclass(slots=True)
class _Said:
    """What the page says beside its form."""

    message: str = ""
    wrong: str = ""
    done: str = ""
    found: Found | None = None
    outcomes: Sequence[Outcome] = ()
    compared: Compared | None = None
    bundle: str = ""  # of the message that waits, of which somebody was said
    whose: str = ""
    unfound: str = ""  # why nobody could be chosen


async def connect_page(visit: Visit) -> Response:
    """Answer the form, or what came of a message.  Raises: AccessDenied ACC001, InputError."""
    if visit.path[1:]:
        raise InputError("there is no such page.", code="REC001")
    current().route = f"{visit.method} /connect"
    may_take = _may_take(visit)
    if not may_take and visit.actor.role not in READERS:
        raise AccessDenied("your role does not try messages.")
    if visit.method != "POST":
        done = taken(visit.fields.get("stored", ""), visit.fields.get("known", ""))
        return await _page(visit, may_take, _Said(done=done))
    if visit.fields.get("bundle", ""):
        return await _page(visit, may_take, await _of_waiting(visit))
    return await _sent(visit, may_take)


async def _sent(visit: Visit, may_take: bool) -> Response:
    """Read a message that was pasted, and take it in where that was asked."""
    message = visit.fields.get(SENT, "")
    wrong = EMPTY if not message else LONG if len(message) >= LONG_FIELDS[SENT] else ""
    if wrong:
        return await _page(visit, may_take, _Said(message, wrong))
    is_taken = visit.fields.get("do") == "take"
    current().did(TAKEN if is_taken else TRIED)
    found = await _read(visit, message, is_taken=False)
    if is_taken and not (found.wrong or found.acts):
        taker_of(visit)  # may they?
        if found.form == HL7:
            outcomes = await take_messages(visit, found.reports)
            kept = message if any(outcome.is_bad for outcome in outcomes) else ""
            return await _page(visit, may_take, _Said(kept, outcomes=outcomes))
        found = await _read(visit, message, is_taken=True)
        if not found.wrong:
            return see(f"/connect?stored={found.stored}&known={found.known}")
    outcomes = refused(visit, found.reports)
    return await _page(visit, may_take, _Said(message, found=found, outcomes=outcomes))


async def _of_waiting(visit: Visit) -> _Said:
    """Do what was asked of a message that waits.  Raises: AccessDenied, InputError REC001."""
    taker_of(visit)
    current().did(TAKEN)
    bundle, do, who = (visit.fields.get(name, "") for name in ("bundle", "do", "whose"))
    if do == "again":
        return _Said(outcomes=await again(visit, bundle))
    patient = await chosen(visit, who) if who else ""
    if not patient:
        return _Said(bundle=bundle, whose=who, unfound=NOBODY)
    if do != "hand" or visit.fields.get("sure") != "yes":
        unfound = UNSURE if do == "hand" else ""
        beside = await compared(visit, bundle, patient)
        return _Said(bundle=bundle, whose=who, compared=beside, unfound=unfound)
    return _Said(outcomes=await again(visit, bundle, patient))


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
    taker = taker_of(visit) if is_taken else None
    return await read_message(message, codec, XmlFormat(visit.consult.services.shelf), taker)


async def _page(visit: Visit, may_take: bool, said: _Said) -> Response:
    view, found = None, said.found
    if found is not None:
        is_training = any(report.is_training for report in found.reports)
        view = view_of(
            found.form,
            found.kinds,
            found.results,
            found.wrong,
            notes=found.notes,
            acts=found.acts,
            limit=TRAINING if is_training else "",
        )
    is_bad = bool(said.wrong or said.unfound or (view and view.faults))
    is_bad = is_bad or any(outcome.is_bad for outcome in said.outcomes)
    return page(
        "connect/page.jinja",
        status=422 if is_bad else 200,
        csrf=visit.csrf,
        said=said,
        view=view,
        may_take=may_take,
        waiting=await _waiting(visit, said) if may_take else (),
    )


async def _waiting(visit: Visit, said: _Said) -> list[Waiting]:
    every = await waiting(visit)
    return [replace(one, typed=said.whose) if one.id == said.bundle else one for one in every]
