"""What a person told, for those who care for them: take it up, answer it.

GET  /patients/{id}/told    all of it, what waits first
POST /patients/{id}/told    do=take-up|answer of one message, on the version that was seen; then 303
"""

from __future__ import annotations

import re

from starlette.responses import Response

from garrod.care.govern.access import Deed
from garrod.care.govern.audit import current
from garrod.core.errors import AccessDenied, InputError, VersionConflict
from garrod.entry.web.access.judging import names_of
from garrod.entry.web.asked import Visit
from garrod.entry.web.pages import page, see
from garrod.entry.web.prescribe.banner import banner_of
from garrod.entry.web.prescribe.looking import subject_now
from garrod.entry.web.told.message import KIND, Form, fault_of, form_of
from garrod.entry.web.told.presenter import CHANGED, DONE, Told, named_in, rows_of, told_of
from garrod.entry.web.told.reading import act, messages

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
OWN = frozenset(("patient", "proxy"))


async def told_page(visit: Visit, patient: str) -> Response:
    """Answer the page.  Raises: AccessDenied, NotFound REC001, InputError."""
    current().route = f"{visit.method} /patients/{{id}}/told"
    if not _ID.fullmatch(patient) or visit.path[3:]:
        raise InputError("there is no such page.", code="REC001")
    if visit.actor.role in OWN:
        return see("/mine#tell")
    await visit.consult.record.demand(visit.actor, Deed.READ, KIND, patient)
    if visit.method == "POST":
        return await _sent(visit, patient)
    return await _laid_out(visit, patient)


async def told_by(visit: Visit, patient: str) -> Told:
    """Return what a person told, for a page of which it is a part.  Raises: AccessDenied."""
    found = await messages(visit, patient)
    return told_of(patient, rows_of(found, await names_of(visit, named_in(found))))


async def _sent(visit: Visit, patient: str) -> Response:
    current().did(Deed.UPDATE.value)
    await visit.consult.record.demand(visit.actor, Deed.UPDATE, KIND, patient)
    form = form_of(visit.fields)
    if not _ID.fullmatch(form.id):
        raise InputError("that is nothing that was told here.")
    if fault := fault_of(form):
        return await _laid_out(visit, patient, form, fault, status=422)
    try:
        is_done = await act(visit, patient, form)
    except VersionConflict:
        return await _laid_out(visit, patient, form, CHANGED, status=412)
    if not is_done:
        raise InputError("that is nothing that was told here.")
    return see(f"/patients/{patient}/told?done={form.do}#{form.id}")


async def _laid_out(
    visit: Visit, patient: str, form: Form | None = None, fault: str = "", *, status: int = 200
) -> Response:
    person = await visit.consult.people.person(visit.actor, patient)
    found = await messages(visit, patient)
    names = await names_of(visit, named_in(found))
    rows = rows_of(found, names, form=form, fault=fault)
    return page(
        "told/page.jinja",
        status=status,
        csrf=visit.csrf,
        told=told_of(patient, rows),
        banner=banner_of(person, subject_now(visit.consult, person)),
        may_answer=await _may_answer(visit, patient),
        notice=DONE.get(visit.fields.get("done", ""), "") if not fault else "",
        read=visit.consult.clock().strftime("%-d %B %Y, %H:%M UTC"),
    )


async def _may_answer(visit: Visit, patient: str) -> bool:
    try:
        await visit.consult.record.demand(visit.actor, Deed.UPDATE, KIND, patient)
    except (AccessDenied, InputError):
        return False
    return True
