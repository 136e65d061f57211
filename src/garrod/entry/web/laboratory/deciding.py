"""One drop: it is read, looked at, and authorised or rejected; once, whoever sends what again.

form -> faults, or a step up -> under the drop's lock: the record, then the drop's own state
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from garrod.adapters.facts.changes import Compared
from garrod.care.govern.audit import current
from garrod.care.govern.stepping import Act
from garrod.core.errors import InputError, VersionConflict
from garrod.core.person import Person
from garrod.entry.web.access.judging import names_of as staff_of
from garrod.entry.web.asked import Visit
from garrod.entry.web.laboratory.authorising import Result, write_result
from garrod.entry.web.laboratory.calling import Calls
from garrod.entry.web.laboratory.choosing import tests_of
from garrod.entry.web.laboratory.earlier import NONE, Choices, choices_of, faults_of, stuck
from garrod.entry.web.laboratory.giving import forms
from garrod.entry.web.laboratory.keeping import Drop, Drops
from garrod.entry.web.laboratory.presenter import drop_view, form_view
from garrod.entry.web.laboratory.reading import (
    alike,
    basis_of,
    called,
    compared_of,
    demand_laboratory,
    drops_of,
    keep_facts,
    mark_of,
    settled,
)
from garrod.entry.web.laboratory.sample_verdicts import STOP
from garrod.entry.web.laboratory.states import state_of
from garrod.entry.web.laboratory.weighing import UNTOLD, Whose, whose_of
from garrod.entry.web.pages import page, see
from garrod.entry.web.prescribe.banner import banner_of
from garrod.entry.web.prescribe.looking import subject_now

BUILDS = ("GRCh38", "GRCh37")
SHORTEST = 5  # Not clinical: characters of a reason
LONGEST = 500  # Not clinical: characters of a reason that are kept
Faults = tuple[tuple[str, str], ...]
CHANGED = "What would be written has changed since you looked: look at it again, then decide"
READING = "It is still being read: wait a moment, and reject it then"
DECIDED = "It was decided on already: look at what became of it"


@dataclass(frozen=True, slots=True)
class Here:
    """A drop, whose it is, and what it says once it is read."""

    drop: Drop
    person: Person
    calls: Calls | None = None
    compared: Compared | None = None
    same: tuple[Drop, ...] = ()
    whose: Whose = UNTOLD


async def drop_page(visit: Visit, id: str) -> Response:
    """Answer a drop, or what was said of it.

    Raises: AccessDenied, NotFound REC001, InputError, ConflictError LAB010, SignInAgain ACC006.
    """
    drop = await asyncio.to_thread(drops_of(visit).get, id)
    await demand_laboratory(visit, drop.patient)
    person = await visit.consult.people.person(visit.actor, drop.patient)
    if visit.method == "POST":
        do = DEEDS.get(visit.fields.get("do", ""))
        if do is None:
            raise InputError("that is nothing that can be done to it.", code="INP001")
        return await do(visit, drop, person)
    return await _laid_out(visit, await _here(visit, drop, person))


async def _here(visit: Visit, drop: Drop, person: Person) -> Here:
    drop = await settled(visit, drop, person.sex)
    if drop.state not in ("read", "authorised"):
        return Here(drop, person)
    if drops_of(visit).upload(drop.id) is not None:  # of a server that was killed just then
        drops_of(visit).forget_file(drop.id)
    same = await asyncio.to_thread(alike, visit, drop)
    whose = await asyncio.to_thread(whose_of, drops_of(visit), drop)
    is_done = drop.state == "authorised"
    compared = await compared_of(visit, drop) if is_done else None
    return Here(drop, person, await called(visit, drop), compared, same, whose)


async def _laid_out(
    visit: Visit,
    here: Here,
    faults: Faults = (),
    *,
    fields: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    drop = here.drop
    staff = frozenset(who for who in (drop.sent_by, drop.decided_by) if "/" in who)
    view = drop_view(
        drop,
        here.person,
        await staff_of(visit, staff),
        calls=here.calls,
        same=here.same,
        whose=here.whose,
        compared=here.compared,
    )
    tests = await tests_of(visit, drop.patient) if view.writes else ()
    is_left = bool(drop.left) and drop.left == basis_of(visit.consult.services)
    return page(
        "laboratory/drop.jinja",
        status=status,
        csrf=visit.csrf,
        banner=banner_of(here.person, subject_now(visit.consult, here.person)),
        id=drop.id,
        patient=drop.patient,
        view=view,
        must_say_why=any(check.kind == STOP for check in view.checks),
        seen=mark_of(here.calls, here.person) if here.calls else "",
        faults=faults,
        is_left=is_left,
        forms=forms(drop.id),
        form=form_view(fields or {}, tests, view.genes if view.writes else ()),
    )


async def _sample(visit: Visit, drop: Drop, person: Person) -> Response:
    """Take in which sample is the person's."""
    number = visit.fields.get("sample", "")
    is_number = number.isascii() and number.isdecimal() and len(number) < 7
    if state_of(drop) == "asks":
        if not is_number or int(number) >= len(drop.samples):
            faults = (("#sample", "Choose the sample of this person"),)
            return await _laid_out(visit, Here(drop, person), faults, status=422)
        sample = drop.samples[int(number)]
        drop = await asyncio.to_thread(drops_of(visit).change, drop.id, sample=sample)
        await settled(visit, drop, person.sex)
    return see(f"/laboratory/{drop.id}")


async def _build(visit: Visit, drop: Drop, person: Person) -> Response:
    """Take in which build the file is on, where it could not be told."""
    build, drops = visit.fields.get("build", ""), drops_of(visit)
    if drop.state == "unreadable" and drops.upload(drop.id) is not None:
        if build not in BUILDS:
            faults = (("#build", "Choose the genome build that the file was made on"),)
            return await _laid_out(visit, Here(drop, person), faults, status=422)
        now = {"build": build, "state": "sent", "fault": None}
        drop = await asyncio.to_thread(drops.change, drop.id, **now)
        await settled(visit, drop, person.sex)
    return see(f"/laboratory/{drop.id}")


def _said(visit: Visit, here: Here) -> tuple[Choices, Faults]:
    """Return what was chosen of earlier results, and what is missing."""
    found = []
    if visit.fields.get("sure") != "yes":
        found.append(("#sure", "Say that you have compared the sample with the person"))
    assert here.calls is not None, "it was read"
    view = drop_view(here.drop, here.person, {}, calls=here.calls, same=here.same, whose=here.whose)
    must_say_why = any(check.kind == STOP for check in view.checks)
    if must_say_why and len(visit.fields.get("despite", "")) < SHORTEST:
        found.append(("#despite", "Say why it is right though a check says stop"))
    choices = choices_of(visit.fields, view.genes)
    return choices, (*faults_of(choices, view.genes), *found)


async def _authorise(visit: Visit, drop: Drop, person: Person) -> Response:
    """Write the results into the record."""
    if drop.state == "authorised":  # sent twice
        return see(f"/laboratory/{drop.id}")
    here = await _here(visit, drop, person)
    if here.calls is None:
        return await _laid_out(visit, here, (("#state", DECIDED),), status=409)
    if visit.fields.get("seen") != mark_of(here.calls, person):
        return await _laid_out(visit, here, (("#genes", CHANGED),), status=412)
    choices, faults = _said(visit, here)
    faults = faults or tuple(await stuck(visit, drop.patient, choices))
    if faults:
        return await _laid_out(visit, here, faults, fields=visit.fields, status=422)
    visit.demand(Act.AUTHORISE_RESULT)
    current().did("authorise result")
    despite = visit.fields.get("despite", "")[:LONGEST]
    asked = await tests_of(visit, drop.patient)
    answers = tuple(id for id, _, _ in asked if visit.fields.get(f"answers-{id}") == "yes")
    with drops_of(visit).deciding(drop.id) as now:
        if now.state != "read":
            return see(f"/laboratory/{drop.id}")
        await _written(visit, here, drops_of(visit), (despite, answers, choices))
    return see(f"/laboratory/{drop.id}?done=authorised")


async def _again(visit: Visit, drop: Drop, person: Person) -> Response:
    """Write what the packs in force call otherwise, in place of what was authorised before."""
    here = await _here(visit, drop, person)
    if here.compared is None or here.calls is None:  # sent twice, or the packs are as before
        return see(f"/laboratory/{drop.id}")
    if visit.fields.get("seen") != mark_of(here.calls, person):
        return await _laid_out(visit, here, (("#otherwise", CHANGED),), status=412)
    visit.demand(Act.AUTHORISE_RESULT)
    current().did("authorise result")
    drops = drops_of(visit)
    with drops.deciding(drop.id):
        said = (here.drop.reason, here.drop.answers, NONE)  # as when it was authorised first
        await _written(visit, here, drops, said)
        await asyncio.to_thread(keep_facts, visit.consult.services, drops, drop, here.calls)
    return see(f"/laboratory/{drop.id}?done=again")


async def _written(
    visit: Visit,
    here: Here,
    drops: Drops,
    said: tuple[str, tuple[str, ...], Choices] = ("", (), NONE),
) -> None:
    """Write a drop's results; `said`: why despite a check, the tests answered, earlier results."""
    despite, answers, choices = said
    remarks = choices.remarks() or here.drop.earlier
    assert here.calls is not None, "it was read"
    at = visit.consult.clock()
    made_on = here.drop.made_on or at.date().isoformat()
    result = Result(here.drop, here.person, here.calls, made_on, *said, remarks)
    try:
        written = await write_result(visit, result)
    except VersionConflict as error:
        raise InputError(
            "somebody has changed these results in the record meanwhile, so nothing was written: "
            "look at them, and decide again.",
            code="LAB011",
        ) from error
    drops.change(
        here.drop.id,
        state="authorised",
        decided_at=at.isoformat(timespec="seconds"),
        decided_by=visit.actor.id,
        reason=despite,
        answers=answers,
        earlier=remarks,
        written=written,
        made_on=made_on,
        packs=visit.consult.services.caller.packs,
        left=(),
    )


async def _reject(visit: Visit, drop: Drop, person: Person) -> Response:
    """Keep why a file is not taken, and nothing of what it says."""
    reason = visit.fields.get("reason", "")
    if drop.state == "rejected":
        return see(f"/laboratory/{drop.id}")
    drop = await settled(visit, drop, person.sex)
    if state_of(drop) == "sent":
        return await _laid_out(visit, Here(drop, person), (("#state", READING),), status=409)
    if len(reason) < SHORTEST:
        here = await _here(visit, drop, person)
        faults = (("#reason", f"Say why, in at least {SHORTEST} characters"),)
        return await _laid_out(visit, here, faults, fields=visit.fields, status=422)
    current().did("reject result")
    drops = drops_of(visit)
    with drops.deciding(drop.id) as now:
        if now.state == "authorised":
            here = await _here(visit, now, person)
            return await _laid_out(visit, here, (("#state", DECIDED),), status=409)
        drops.change(
            drop.id,
            state="rejected",
            decided_at=visit.consult.clock().isoformat(timespec="seconds"),
            decided_by=visit.actor.id,
            reason=reason[:LONGEST],
        )
        drops.forget(drop.id)
    return see(f"/laboratory/{drop.id}")


async def _leave(visit: Visit, drop: Drop, person: Person) -> Response:
    """Leave the results as they were authorised, whatever the packs in force call."""
    if drop.state == "authorised":
        basis = basis_of(visit.consult.services)
        await asyncio.to_thread(drops_of(visit).change, drop.id, left=basis)
        current().did("leave result")
    return see(f"/laboratory/{drop.id}?done=left")


DEEDS = {
    "sample": _sample,
    "build": _build,
    "authorise": _authorise,
    "reject": _reject,
    "again": _again,
    "leave": _leave,
}
