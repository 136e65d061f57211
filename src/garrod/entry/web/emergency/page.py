"""The form by which a record is opened in an emergency.

GET  /emergency?patient=ID    the form, after a sign-in of just now (POST do=ask: the same)
POST /emergency               who, and why; then the person's page
POST /emergency/end           closes what one has open
The number that is typed never stands in an address: the form is sent (POST), and what was typed is
not carried through a sign-in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from starlette.responses import Response

from garrod.care.govern.audit import current
from garrod.care.govern.emergency import LONGEST, SHORTEST, reason_of
from garrod.care.govern.stepping import Act
from garrod.care.record.breaking import Opening
from garrod.care.record.service import NotFound
from garrod.core.errors import AccessDenied, CodeError, InputError
from garrod.core.identifiers import NhsNumber
from garrod.entry.web.asked import Visit
from garrod.entry.web.emergency.around import breaking
from garrod.entry.web.pages import page, see

TEMPLATE = "emergency/page.jinja"
NOT_YOURS = (
    "your role does not open records in an emergency: ask somebody who prescribes or nurses."
)
NOBODY = "Nobody has that number or record id here: look at it again"
UNSAID = "Give the person's NHS number or record id"
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_NUMBER = re.compile(r"[0-9]{10}")
Faults = Sequence[tuple[str, str]]


async def emergency_page(visit: Visit) -> Response:
    """Answer the form, or what is sent by it.

    Raises: AccessDenied ACC001, SignInAgain ACC006, NotFound REC001.
    """
    rest = visit.path[1:]
    current().route = f"{visit.method} /emergency{'/end' if rest == ('end',) else ''}"
    if rest == ("end",) and visit.method == "POST":
        await breaking(visit).close(visit.actor, visit.fields.get("glass", ""))
        return see("/patients")
    if rest:
        raise InputError("there is no such page.", code="REC001")
    if not breaking(visit).may(visit.actor):
        raise AccessDenied(NOT_YOURS)
    visit.demand(Act.BREAK_GLASS)
    is_sent = visit.method == "POST" and visit.fields.get("do") != "ask"
    return await _sent(visit) if is_sent else _form(visit)


async def _sent(visit: Visit) -> Response:
    who, why = visit.fields.get("who", ""), visit.fields.get("reason", "")
    faults = [*_faults_of_who(who), *_faults_of_reason(why)]
    if faults:
        return _form(visit, faults)
    try:
        done = await _opened(visit, who, why)
    except NotFound:
        return _form(visit, [("who", NOBODY)])
    return see(f"/patients/{done.glass.patient}/prescribe")


async def _opened(visit: Visit, who: str, why: str) -> Opening:
    """Open the record of a number, or of an id."""
    number = number_of(who)
    if number is not None:
        return await breaking(visit).open_numbered(visit.actor, number, why)
    return await breaking(visit).open(visit.actor, who, why)


def number_of(who: str) -> NhsNumber | None:
    """Return the NHS number that was typed, with blanks or without; None where it is none."""
    digits = re.sub(r"[\s-]", "", who)
    try:
        return NhsNumber(digits) if _NUMBER.fullmatch(digits) else None
    except CodeError:
        return None


def _faults_of_who(who: str) -> Faults:
    if not who:
        return [("who", UNSAID)]
    return [] if number_of(who) or _ID.fullmatch(who) else [("who", NOBODY)]


def _faults_of_reason(why: str) -> Faults:
    try:
        reason_of(why)
    except InputError as error:
        return [("reason", error.message[:1].upper() + error.message[1:].rstrip("."))]
    return []


def _form(visit: Visit, faults: Faults = ()) -> Response:
    fields = visit.fields
    return page(
        TEMPLATE,
        status=422 if faults else 200,
        csrf=visit.csrf,
        who=fields.get("who", "") or fields.get("patient", ""),
        reason=fields.get("reason", ""),
        faults=faults,
        wrong=dict(faults),
        minutes=int(breaking(visit).open_for.total_seconds()) // 60,
        shortest=SHORTEST,
        longest=LONGEST,
    )
