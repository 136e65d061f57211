"""The worklist of who is signed in, and the page of one task.

GET  /today?whose=all&sort=&page=   what is to be done, by role
GET  /today/{task}                  one task
POST /today/{task}                  done, not needed, handed over, or taken back
"""

from __future__ import annotations

import re
from dataclasses import replace

from starlette.responses import Response

from garrod.adapters.fhir.json import one, text
from garrod.care.govern.access import Deed
from garrod.care.govern.audit import current
from garrod.core.errors import InputError, VersionConflict
from garrod.entry.web.access.judging import names_of as staff_of
from garrod.entry.web.asked import Visit
from garrod.entry.web.pages import page, see
from garrod.entry.web.today.acting import Faults, Form, act, faults_of, form_of, task_in
from garrod.entry.web.today.presenter import Shown, shown_items, worklist_of
from garrod.entry.web.today.reading import names_of, other_sections, waiting
from garrod.entry.web.today.sorts import SORTS
from garrod.entry.web.today.tasks import differences, named_in, task_page

OWN = frozenset(("patient", "proxy"))  # who has pages of their own
MINE = "/mine"
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


async def today_page(visit: Visit) -> Response:
    """Answer the worklist, one task, or what was said of it.

    Raises: AccessDenied, NotFound REC001, InputError INP001.
    """
    rest = visit.path[1:]
    current().route = f"{visit.method} /today{'/{id}' if rest else ''}"
    if visit.actor.role in OWN:
        return see(MINE)
    if not rest and visit.method != "POST":
        return await _worklist(visit)
    if len(rest) != 1 or not _ID.fullmatch(rest[0]):
        raise InputError("there is no such page.", code="REC001")
    return await (_sent(visit, rest[0]) if visit.method == "POST" else _task(visit, rest[0]))


async def _worklist(visit: Visit) -> Response:
    found, fields = await waiting(visit), visit.fields
    number, sort = fields.get("page", ""), fields.get("sort", "")
    is_number = number.isascii() and number.isdecimal() and len(number) < 6
    shown = Shown(
        role=visit.actor.role,
        whose="all" if fields.get("whose") == "all" else "",
        sort=sort if sort in SORTS else "",
        page=max(1, int(number)) if is_number else 1,
        today=visit.consult.clock().date(),
        is_whole=found.is_whole,
    )
    items = shown_items(found.every if shown.whose else found.mine, shown)
    names = await names_of(visit, (item.patient for item in items if item.patient))
    also = () if shown.sort else await other_sections(visit)
    known = replace(shown, names=names)
    listed = worklist_of(found.mine, found.every, known, also)
    return page("today/page.jinja", csrf=visit.csrf, list=listed)


async def _sent(visit: Visit, id: str) -> Response:
    current().did(Deed.UPDATE.value)
    form = form_of(visit.fields)
    faults = faults_of(form)
    if faults:
        return await _task(visit, id, form, faults)
    try:
        await act(visit, id, form)
    except VersionConflict:
        return await _task(visit, id, form, has_changed=True)
    return see(f"/today/{id}")


async def _task(
    visit: Visit,
    id: str,
    form: Form | None = None,
    faults: Faults = (),
    *,
    has_changed: bool = False,
) -> Response:
    version = await visit.consult.record.read(visit.actor, "Task", id)
    task = task_in(version)
    patient = text(one(task, "for"), "reference").removeprefix("Patient/")
    names = {
        **await staff_of(visit, named_in(task)),
        **await names_of(visit, [patient] if patient else []),
    }
    before = None
    if has_changed and form is not None and 0 < form.version < version.number:
        seen = visit.consult.record.seen_by(visit.actor)
        former = await seen.read_version("Task", id, form.version)
        before = task_in(former) if former is not None and not former.is_deleted else None
    return page(
        "today/task.jinja",
        status=412 if has_changed else 422 if faults else 200,
        csrf=visit.csrf,
        task=task_page(task, version.number, names, visit.actor, visit.consult.clock().date()),
        form=form or Form(),
        faults=faults,
        changes=differences(before, task) if has_changed else (),
        has_changed=has_changed,
    )
