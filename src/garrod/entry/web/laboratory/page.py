"""The laboratory: a file is dropped for a person, checked, called, and authorised or rejected.

GET  /laboratory               the queue, the inbox of other calls, and whom a file is for
POST /laboratory               an NHS number, record id or name, sent as a form
GET  /laboratory/for/{id}      where a file for a person is dropped; POST: the file
GET  /laboratory/{id}/fhir | pdf | hl7    the report that was authorised, to be given out
GET  /laboratory/{id}          a drop; POST do=sample | build | authorise | reject | again | leave
"""

from __future__ import annotations

import asyncio
import re
from hashlib import sha256
from pathlib import Path

from starlette.responses import Response

from garrod.care.govern.audit import current
from garrod.core.errors import InputError
from garrod.core.person import Person
from garrod.entry.web.access.judging import names_of as staff_of
from garrod.entry.web.asked import Visit
from garrod.entry.web.laboratory.choosing import chosen, people_named, tests_asked
from garrod.entry.web.laboratory.deciding import drop_page
from garrod.entry.web.laboratory.giving import given
from garrod.entry.web.laboratory.keeping import Drop
from garrod.entry.web.laboratory.queue import queue_view
from garrod.entry.web.laboratory.reading import demand_laboratory, drops_of, queue_of
from garrod.entry.web.laboratory.states import size_words
from garrod.entry.web.pages import page, see
from garrod.entry.web.prescribe.banner import banner_of
from garrod.entry.web.prescribe.looking import subject_now
from garrod.entry.web.today.reading import names_of
from garrod.entry.web.uploads import LARGEST

FOR = "for"
NO_FILE = "Choose a file: a VCF, packed or not"
NOBODY = "Nobody whose care you have part in is found by that: look at it again"
UNSAID = "Give an NHS number, a record id, or the beginning of a name"
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


async def laboratory_page(visit: Visit) -> Response:
    """Answer a page of the laboratory.

    Raises: AccessDenied, NotFound REC001, InputError, ConflictError LAB010, SignInAgain ACC006.
    """
    rest = visit.path[1:]
    current().route = f"{visit.method} {_route(rest)}"
    if not rest:
        await demand_laboratory(visit)
        return await (_whom(visit) if visit.method == "POST" else _queue(visit))
    if rest[0] == FOR and len(rest) == 2:
        return await _for(visit, rest[1])
    if len(rest) == 2:
        return await _given(visit, *rest)
    if len(rest) != 1:
        raise InputError("there is no such page.", code="REC001")
    return await drop_page(visit, rest[0])


async def _given(visit: Visit, id: str, form: str) -> Response:
    drop = await asyncio.to_thread(drops_of(visit).get, id)
    return await given(visit, drop, await _person(visit, drop.patient), form)


async def takes(visit: Visit) -> Path:
    """Return where a file goes that is dropped for a person.  Raises: AccessDenied, NotFound."""
    rest = visit.path[1:]
    current().route = f"{visit.method} {_route(rest)}"
    if len(rest) != 2 or rest[0] != FOR:
        raise InputError("no file is taken here.", code="REC001")
    await _person(visit, rest[1])
    return await asyncio.to_thread(drops_of(visit).ready)


def _route(rest: tuple[str, ...]) -> str:
    if rest[:1] == (FOR,):
        return "/laboratory/for/{id}"
    if len(rest) == 2:
        return "/laboratory/{id}/{form}"
    return "/laboratory/{id}" if rest else "/laboratory"


async def _person(visit: Visit, patient: str) -> Person:
    if not _ID.fullmatch(patient):
        raise InputError("there is no such page.", code="REC001")
    await demand_laboratory(visit, patient)
    return await visit.consult.people.person(visit.actor, patient)


async def _queue(
    visit: Visit,
    *,
    who: str = "",
    wrong: str = "",
    found: tuple[tuple[str, str], ...] = (),
) -> Response:
    queue = await queue_of(visit)
    tests = await tests_asked(visit)
    drops = (*queue.waiting, *queue.decided)
    patients = {d.patient for d in drops} | {patient for patient, _, _ in tests}
    staff = frozenset(w for d in drops for w in (d.sent_by, d.decided_by) if "/" in w)
    view = queue_view(
        queue.waiting,
        queue.decided,
        queue.other,
        tests,
        people=await names_of(visit, patients),
        staff=await staff_of(visit, staff),
        read=visit.consult.clock().strftime("%-d %B %Y, %H:%M UTC"),
        is_cut=queue.is_cut,
    )
    told = {"view": view, "who": who, "wrong": wrong, "found": found, "csrf": visit.csrf}
    return page("laboratory/page.jinja", status=422 if wrong else 200, **told)


async def _whom(visit: Visit) -> Response:
    """Lead to where a file for the person is dropped, or show those who have such a name."""
    who = visit.fields.get("who", "")
    if not who:
        return await _queue(visit, wrong=UNSAID)
    patient = await chosen(visit, who)
    if patient:
        return see(f"/laboratory/for/{patient}")
    found = await people_named(visit, who)
    return await _queue(visit, who=who, wrong="" if found else NOBODY, found=found)


async def _for(visit: Visit, patient: str) -> Response:
    person = await _person(visit, patient)
    wrong = ""
    if visit.method == "POST":
        if visit.file is not None:
            return await _dropped(visit, patient)
        wrong = NO_FILE
    return page(
        "laboratory/for.jinja",
        status=422 if wrong else 200,
        csrf=visit.csrf,
        banner=banner_of(person, subject_now(visit.consult, person)),
        patient=patient,
        key=visit.seals.form_key(),
        wrong=wrong,
        most=LARGEST,
        most_words=size_words(LARGEST),
    )


async def _dropped(visit: Visit, patient: str) -> Response:
    """Keep a file; a form that is sent twice is one drop."""
    assert visit.file is not None, "asked before"
    key = visit.fields.get("key", "")
    if visit.seals.age_of(key) is None:
        raise InputError("this form is too old: open the page again.", code="INP001")
    drop = Drop(
        id=sha256(f"{patient} {key}".encode()).hexdigest()[:32],
        patient=patient,
        name=visit.file.name,
        size=visit.file.size,
        sha256=visit.file.sha256,
        sent_at=visit.consult.clock().isoformat(timespec="seconds"),
        sent_by=visit.actor.id,
    )
    current().did("drop genome")
    drops = drops_of(visit)
    await asyncio.to_thread(drops.keep, drop, visit.file)
    return see(f"/laboratory/{drop.id}")
