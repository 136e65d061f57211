"""The page of reconciliation: lists side by side, each medicine decided, closed as a whole.

GET  /patients/{id}/reconcile          what is under way, what was handed over, a new one
POST /patients/{id}/reconcile          do=open (lists), do=seen (a handover was seen),
                                       do=query (what is not clear of it), do=answer
GET  /patients/{id}/reconcile/{case}   the rows, 25 at a time (?part=)
POST /patients/{id}/reconcile/{case}   do=decide, do=close
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.responses import Response

from garrod.care.govern.audit import current
from garrod.care.record.medication.confirm import StaleList
from garrod.care.record.medication.line import Setting
from garrod.care.record.medication.reconcile import RECORD, Move
from garrod.care.record.medicines_reconcile import Opened
from garrod.core.errors import AccessDenied, ConflictError, InputError, VersionConflict
from garrod.entry.housing import new_id
from garrod.entry.listing import medicines_over, reconciling_over
from garrod.entry.web.access.judging import names_of
from garrod.entry.web.asked import Visit
from garrod.entry.web.medicines.acting import Faults, asking
from garrod.entry.web.medicines.page import around
from garrod.entry.web.medicines.presenter import changes_of
from garrod.entry.web.medicines.reading import author_of, look, own_question
from garrod.entry.web.medicines.view import Changed
from garrod.entry.web.medicines.wording import SETTINGS
from garrod.entry.web.opening import begin
from garrod.entry.web.pages import page, see
from garrod.entry.web.reconcile.deciding import decisions_of
from garrod.entry.web.reconcile.presenter import (
    MOVES,
    Sent,
    asked_of,
    chosen_in,
    sent_of,
    sheet_of,
)
from garrod.entry.web.reconcile.queries import SHORTEST, answer, ask, queries_of
from garrod.entry.web.reconcile.reading import cases_of, handovers_of
from garrod.entry.web.reconcile.sources import KINDS, sources_of, unread_of, words_of

SHORT = {
    "query": f"Write what is not clear, in at least {SHORTEST} characters",
    "answer": f"Write the answer, in at least {SHORTEST} characters",
}
OLD = "This form was open for too long: look at what stands here, and send it again"
ANSWERED = "Somebody has answered it meanwhile: your answer was not kept, read theirs"
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
MOST = 25  # Not clinical: rows of one page, whose fields fit into one form


async def reconcile_page(visit: Visit, patient: str) -> Response:
    """Answer the page of a person's reconciliations.

    Raises: AccessDenied, NotFound REC001, Gone REC002, InputError.
    """
    rest = visit.path[3:]
    if not _ID.fullmatch(patient) or len(rest) > 1 or not all(map(_ID.fullmatch, rest)):
        raise InputError("there is no such page.", code="REC001")
    tail = "/{id}" if rest else ""
    current().route = f"{visit.method} /patients/{{id}}/reconcile{tail}"
    await begin(visit)
    if rest:
        return await _case(visit, patient, rest[0])
    do = visit.fields.get("do", "") if visit.method == "POST" else ""
    if do == "seen":
        return await _seen(visit, patient)
    if do in ("query", "answer"):
        return await _said(visit, patient, do)
    if visit.method == "POST":
        return await _open(visit, patient)
    return await _index(visit, patient)


async def _index(visit: Visit, patient: str, faults: Faults = (), *, status: int = 422) -> Response:
    cases = await cases_of(visit, patient)
    return page(
        "reconcile/page.jinja",
        status=status if faults else 200,
        cases=tuple((id, f"{MOVES[c.move]}, begun {c.at:%H:%M} UTC on {c.at.date()}",
                     SETTINGS[c.by.setting]) for id, c in cases),
        sent=await _sent(visit, patient),
        key=visit.seals.form_key(),
        typed={visit.fields.get("about", ""): visit.fields.get("words", "")} if faults else {},
        kinds=tuple((k, visit.fields.get(k.field, "")) for k in KINDS),
        moves=tuple((m.value, words) for m, words in MOVES.items()),
        move=visit.fields.get("move", ""),
        faults=faults,
        **await around(visit, patient),
    )  # fmt: skip


async def _sent(visit: Visit, patient: str) -> tuple[Sent, ...]:
    """Return what was handed over, each with what was asked about it and answered."""
    by = author_of(visit)
    handovers = await handovers_of(visit, patient, by.setting)
    queries = await queries_of(visit, patient)
    said = [one for q in queries for one in (q.asked, q.answer) if one is not None]
    refs = {s.who for s in said} | {s.by.who for _, h in handovers for s in h.seen}
    names = await names_of(visit, frozenset(r for r in refs if "/" in r))
    return tuple(
        sent_of(
            id,
            handover,
            names,
            is_mine=handover.to is by.setting and all(s.by != by for s in handover.seen),
            can_ask=handover.to is by.setting,
            asked=tuple(
                asked_of(q, names, can_answer=handover.to is not by.setting)
                for q in queries
                if q.handover == id
            ),
        )
        for id, handover in handovers
    )


async def _said(visit: Visit, patient: str, do: str) -> Response:
    """Keep a question about a handover, or its answer."""
    words, about = visit.fields.get("words", ""), visit.fields.get("about", "")
    if not _ID.fullmatch(about):
        raise InputError("there is no such handover.", code="REC001")
    if len(words) < SHORTEST:
        return await _index(visit, patient, ((f"#{do}-{about}", SHORT[do]),))
    if do == "query" and visit.seals.age_of(visit.fields.get("key", "")) is None:
        return await _index(visit, patient, ((f"#query-{about}", OLD),))
    if do == "query":
        await ask(visit, patient, about, words)
        return see(f"/patients/{patient}/reconcile{own_question(visit)}#handed")
    try:
        await answer(visit, patient, about, words)
    except VersionConflict:
        return await _index(visit, patient, (("#handed", ANSWERED),), status=412)
    return see(f"/patients/{patient}/reconcile{own_question(visit)}#handed")


async def _open(visit: Visit, patient: str) -> Response:
    by, room = author_of(visit), reconciling_over(visit.consult.record)
    sources = sources_of(visit.fields, by, room.medicines.clock())
    said = visit.fields.get("move", "")
    if said not in set(Move):
        return await _index(visit, patient, (("#move", "Choose at what it is done"),))
    if not sources:
        return await _index(visit, patient, (("#practice", "Write down at least one other list"),))
    if unread := unread_of(visit.fields):
        return await _index(visit, patient, unread)
    texts = [(s.name, words_of(s)) for s in sources]
    number = (await room.medicines.held(visit.actor, patient)).number
    for id, case in await cases_of(visit, patient):  # the same form sent twice opens one
        is_same = [(s.name, words_of(s)) for s in case.sources] == texts
        if is_same and (case.by, case.move, case.base) == (by, said, number):
            return see(f"/patients/{patient}/reconcile/{id}{own_question(visit)}")
    opened = await room.open(visit.actor, by, patient, Move(said), sources=sources)
    return see(f"/patients/{patient}/reconcile/{opened.id}{own_question(visit)}{_before(visit)}")


def _before(visit: Visit) -> str:
    """Return the question that names the reconciliation of which one is begun anew."""
    said = visit.fields.get("before", "")
    return (
        f"{'&' if own_question(visit) else '?'}before={said}"
        if said and _ID.fullmatch(said)
        else ""
    )


async def _seen(visit: Visit, patient: str) -> Response:
    id = visit.fields.get("handover", "")
    if not _ID.fullmatch(id):
        raise InputError("there is no such handover.", code="REC001")
    await reconciling_over(visit.consult.record).seen(visit.actor, author_of(visit), patient, id)
    return see(f"/patients/{patient}/reconcile{own_question(visit)}")


async def _case(visit: Visit, patient: str, id: str) -> Response:
    by, room = author_of(visit), reconciling_over(visit.consult.record)
    found = await room.read(visit.actor, by, patient, id)
    if visit.method != "POST" or found.case.closed is not None:
        return await _sheet(visit, found)
    sources = (RECORD, *(s.name for s in found.case.sources))
    at = room.medicines.clock()
    made, wrong = decisions_of(visit.fields, found.now, sources, (by, at), new_id)
    try:
        if made:
            found = await room.decide(visit.actor, by, patient, id, decisions=made)
        if wrong:
            return await _sheet(visit, found, faults=tuple(wrong), status=422)
        if visit.fields.get("do") != "close":
            return see(f"/patients/{patient}/reconcile/{id}{own_question(visit)}#decided")
        to = visit.fields.get("to", "")
        about = asking(patient, by, found.case.base, f"close-{id}", (id, to))
        await room.close(visit.actor, about, id, Setting(to) if to in set(Setting) else None)
    except StaleList as stale:
        now = await look(visit, patient)
        lines = {x.id: x for x in (*found.now.base.lines, *now.lines)}
        words = "The list has changed since this began. Nothing was closed: begin anew from it"
        return await _sheet(
            visit, found, faults=(("#difference", words),), status=412,
            changes=changes_of(stale, lines),
        )  # fmt: skip
    except (InputError, ConflictError, AccessDenied) as error:
        status = 403 if isinstance(error, AccessDenied) else 422
        return await _sheet(visit, found, faults=(("#rows", error.message),), status=status)
    return see(f"/patients/{patient}/reconcile/{id}{own_question(visit)}")


async def _sheet(
    visit: Visit,
    found: Opened,
    *,
    faults: Faults = (),
    status: int = 200,
    changes: tuple[Changed, ...] = (),
) -> Response:
    part = visit.fields.get("part", "")
    first = int(part) * MOST if part.isdecimal() and len(part) < 4 else 0
    names = await names_of(visit, frozenset((found.case.by.who,)))
    typed = visit.fields if visit.method == "POST" else await _earlier(visit, found.case.patient)
    size = len(found.now.rows)
    patient = found.case.patient
    return page(
        "reconcile/case.jinja",
        status=status,
        sheet=sheet_of(found, names, typed, first, MOST),
        parts_of=tuple(enumerate(range(1, (size + MOST - 1) // MOST + 1))) if size > MOST else (),
        part=first // MOST,
        case=found.id,
        again={k.field: "\n".join(words_of(s)) for k in KINDS for s in found.case.sources
               if s.name == k.name},
        move=found.case.move.value,
        to=tuple((s.value, w) for s, w in SETTINGS.items() if s is not found.case.by.setting),
        faults=faults,
        changes=changes,
        key="",
        version=medicines_over(visit.consult.record).clock().isoformat(),
        **await around(visit, patient),
    )  # fmt: skip


async def _earlier(visit: Visit, patient: str) -> Mapping[str, str]:
    """Return what was decided in one of which this was begun anew: chosen here, not decided."""
    id = visit.fields.get("before", "")
    if not id or not _ID.fullmatch(id):
        return {}
    room = reconciling_over(visit.consult.record)
    found = await room.read(visit.actor, author_of(visit), patient, id)
    return chosen_in(found)
