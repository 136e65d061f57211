"""The page of a person's medicines: the list, a line of it, a new line, the whole list confirmed.

GET  /patients/{id}/medicines?true=&known=     the list, as of now or of other days
GET  /patients/{id}/medicines/line/{line}      a line: its history, and what may be done to it
POST /patients/{id}/medicines/line/{line}      stop, change, hold, resume, verify, undo
GET, POST /patients/{id}/medicines/start       a new line
GET, POST /patients/{id}/medicines/confirm     the whole list (see `confirming`)
"""

from __future__ import annotations

import re
from dataclasses import replace

from starlette.responses import Response

from garrod.care.govern.access import LOCAL
from garrod.care.govern.audit import current
from garrod.care.record.medication.confirm import Entry, StaleList
from garrod.care.record.medication.line import Line, State
from garrod.care.record.medication.lists import removed_in
from garrod.care.record.medication.transitions import replayed
from garrod.core.errors import AccessDenied, ConflictError, InputError
from garrod.entry.listing import medicines_over
from garrod.entry.web.asked import Visit
from garrod.entry.web.medicines.acting import (
    Faults,
    Filled,
    asking,
    begun_entry,
    day_in,
    doing_of,
    faults_of,
    filled,
    step_of,
    undoing,
)
from garrod.entry.web.medicines.confirming import confirm_page
from garrod.entry.web.medicines.presenter import changes_of, gone_of, history_of, row_of, shown_of
from garrod.entry.web.medicines.reading import AsOf, Look, look, own_question, writes
from garrod.entry.web.medicines.view import Changed
from garrod.entry.web.medicines.wording import SETTINGS
from garrod.entry.web.opening import begin, opening
from garrod.entry.web.pages import page, see
from garrod.entry.web.prescribe.banner import banner_of
from garrod.entry.web.prescribe.looking import subject_now

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
NO_PAGE = "there is no such page."


async def medicines_page(visit: Visit, patient: str) -> Response:
    """Answer the page of a person's medicines.

    Raises: AccessDenied, NotFound REC001, Gone REC002, InputError.
    """
    rest = visit.path[3:]
    if not _ID.fullmatch(patient):
        raise InputError(NO_PAGE, code="REC001")
    tail = "/line/{id}" if rest[:1] == ("line",) else "".join(f"/{step}" for step in rest)[:20]
    current().route = f"{visit.method} /patients/{{id}}/medicines{tail}"
    await begin(visit)
    if not rest and visit.method != "POST":
        return await _list(visit, patient)
    if rest == ("start",):
        return await _start(visit, patient)
    if rest == ("confirm",):
        return await confirm_page(visit, patient, await around(visit, patient))
    if len(rest) == 2 and rest[0] == "line" and _ID.fullmatch(rest[1]):
        return await _line(visit, patient, rest[1])
    raise InputError(NO_PAGE, code="REC001")


async def around(visit: Visit, patient: str) -> dict[str, object]:
    """Return what each page of the room has: the person, the form's token, who acts where."""
    person = await visit.consult.people.person(visit.actor, patient)
    return {
        "banner": banner_of(person, subject_now(visit.consult, person)),
        "csrf": visit.csrf,
        "patient": patient,
        "writes": writes(visit),
        "settings": tuple((s.value, words) for s, words in SETTINGS.items())
        if visit.actor == LOCAL
        else (),
        "setting": visit.fields.get("setting", "gp"),
        "own": own_question(visit),
        "opening": opening(),
    }


async def _list(visit: Visit, patient: str) -> Response:
    texts = {name: visit.fields.get(name, "") for name in ("true", "known")}
    asked = AsOf(day_in(texts["true"]), day_in(texts["known"]))
    today = visit.consult.clock().date()
    wrong = [
        (f"#{name}", "Write a day that has been, as 2026-03-09")
        for name, said in texts.items()
        if said and ((day := day_in(said)) is None or day > today)
    ]
    found = await look(visit, patient, AsOf() if wrong else asked)
    return page(
        "medicines/page.jinja",
        status=422 if wrong else 200,
        shown=shown_of(found, AsOf() if wrong else asked, today),
        is_past=asked.is_past and not wrong,
        texts=texts,
        faults=wrong,
        **await around(visit, patient),
    )


async def _line(visit: Visit, patient: str, id: str) -> Response:
    found = await look(visit, patient)
    line = found.line(id)
    if line is None:
        raise InputError("there is no such line on this list: read it again.", code="REC001")
    form = filled(visit.fields)
    if visit.method != "POST":
        return await _shown_line(visit, found, line, Filled())
    if form.do not in (*_DOINGS, "undo"):
        raise InputError("there is no such button.")
    if faults := faults_of(form):
        return await _shown_line(visit, found, line, form, faults=faults)
    at = medicines_over(visit.consult.record).clock()
    if form.do == "undo":
        step = undoing(line, found.by, at, _before(line, found))
        if step is None:
            said = (("#history", "It cannot be taken back any more: somebody has changed it"),)
            return await _shown_line(visit, found, line, form, faults=said)
    else:
        step = step_of(form, line, found.by, at)
    return await _written(visit, found, line, (form, Entry(line.id, step)))


_DOINGS = ("stop", "change", "hold", "resume", "verify")


async def _written(
    visit: Visit, found: Look, line: Line | None, asked: tuple[Filled, Entry]
) -> Response:
    """Do what a form asks; show it again with what is wrong where it cannot be done."""
    form, entry = asked
    number = int(form.version) if form.version.isdecimal() and len(form.version) < 9 else -1
    said = replace(form, key="", version="")
    about = asking(found.patient, found.by, number, form.key, (line.id if line else "", said))
    changes: tuple[Changed, ...] = ()
    try:
        if number < 0 or visit.seals.age_of(form.key) is None:
            raise InputError("this form is too old: look at it again, and send it anew.")
        done = await medicines_over(visit.consult.record).act(visit.actor, about, entry)
    except StaleList as stale:
        now = await look(visit, found.patient)
        by_id = {x.id: x for x in (*found.lines, *now.lines)}
        changes, found = changes_of(stale, by_id), now
        said_of = "The list has changed since you read it. Nothing was written: look, then decide"
        status, faults = 412, (("#difference", said_of),)
    except (InputError, ConflictError, AccessDenied) as error:
        status, faults = 403 if isinstance(error, AccessDenied) else 422, (("#do", error.message),)
    else:
        new = {x.id: x for x in done.held.list.lines}
        target = line.id if line else next(i for i in reversed(new) if not found.line(i))
        if line and new[line.id].superseded_by:
            target = new[line.id].superseded_by
        return see(f"/patients/{found.patient}/medicines/line/{target}{own_question(visit)}")
    if line is None:
        return await _shown_start(visit, found, form, faults=faults, status=status, changes=changes)
    return await _shown_line(
        visit, found, found.line(line.id) or line, form,
        faults=faults, status=status, changes=changes,
    )  # fmt: skip


async def _shown_line(
    visit: Visit,
    found: Look,
    line: Line,
    form: Filled,
    *,
    faults: Faults = (),
    status: int = 422,
    changes: tuple[Changed, ...] = (),
) -> Response:
    before = _before(line, found)
    at = medicines_over(visit.consult.record).clock()
    now = found.list
    was = replace(now, lines=(before,)) if before else replace(now, lines=())
    return page(
        "medicines/line.jinja",
        status=status if faults else 200,
        row=row_of(line, found.names, at.date()),
        past=history_of(line, found.names),
        gone=gone_of(removed_in(was, replace(now, lines=(replace(line, supersedes=""),)))),
        can_undo=undoing(line, found.by, at, before) is not None,
        doing=tuple(doing_of(do, form) for do in _doing(line)),
        form=form,
        key=visit.seals.form_key(),
        version=found.number,
        faults=faults,
        changes=changes,
        **await around(visit, found.patient),
    )


def _before(line: Line, found: Look) -> Line | None:
    """Return a line as it was before the last thing done to it."""
    before = replayed(line, line.history[:-1])
    return before or (found.line(line.supersedes) if line.supersedes else None)


def _doing(line: Line) -> tuple[str, ...]:
    """Return what may be done to a line as it is."""
    if not line.is_current or line.superseded_by:
        return ()
    open_ = {State.ACTIVE: ("change", "hold", "stop"), State.ON_HOLD: ("resume", "change", "stop")}
    found = open_.get(line.state, ("change", "stop") if line.state is State.FUTURE else ())
    return (*found, "verify") if found and line.is_shown_as_unverified else found


async def _start(visit: Visit, patient: str) -> Response:
    found, form = await look(visit, patient), filled(visit.fields)
    if visit.method != "POST":
        return await _shown_start(visit, found, Filled())
    form = replace(form, do="start")
    if faults := faults_of(form):
        return await _shown_start(visit, found, form, faults=faults)
    entry = begun_entry(form, found.by, medicines_over(visit.consult.record).clock())
    return await _written(visit, found, None, (form, entry))


async def _shown_start(
    visit: Visit,
    found: Look,
    form: Filled,
    *,
    faults: Faults = (),
    status: int = 422,
    changes: tuple[Changed, ...] = (),
) -> Response:
    return page(
        "medicines/start.jinja",
        status=status if faults else 200,
        form=form,
        key=visit.seals.form_key(),
        version=found.number,
        faults=faults,
        changes=changes,
        **await around(visit, found.patient),
    )
