"""The pages of somebody's own record: medicines, genes, what they want to tell, their card.

GET  /mine          what they read of themselves
POST /mine          do=felt|bought|wrong|undo, then 303
GET  /mine/card     the card to print; /mine/card/qr its signed QR code
"""

from __future__ import annotations

from dataclasses import replace

import orjson
from starlette.responses import Response

from garrod.adapters.fhir.json import Resource
from garrod.care.govern.audit import current
from garrod.care.record.query import OfPatients, Query
from garrod.core.errors import InputError
from garrod.entry.web.access.judging import names_of
from garrod.entry.web.asked import Visit
from garrod.entry.web.card.making import card_of
from garrod.entry.web.card.presenter import words_of
from garrod.entry.web.mine.presenter import (
    BLANK,
    DANGER,
    NOT_OURS,
    NOTICES,
    Mine,
    asks_of,
    mine_of,
    note_of,
    writers_of,
)
from garrod.entry.web.mine.telling import (
    MESSAGE,
    STATEMENT,
    Said,
    take_back,
    tell,
)
from garrod.entry.web.pages import HEADERS, page, see
from garrod.entry.web.proxy.reading import acting_for
from garrod.entry.web.told.presenter import named_in
from garrod.entry.web.told.reading import messages

ORDER = "MedicationRequest"
MOST = 500  # Not clinical: resources of a kind that are looked through
SHOWN = 20  # Not clinical: things they told that are shown again


async def mine_page(visit: Visit) -> Response:
    """Answer a page of somebody's own record.

    Raises: AccessDenied, NotFound REC001, Gone REC002, InputError, OutsideError AUD030.
    """
    rest = visit.path[1:]
    if rest not in ((), ("card",), ("card", "qr")) or (rest and visit.method == "POST"):
        raise InputError("there is no such page.", code="REC001")
    current().route = f"{visit.method} /{'/'.join(visit.path)}"
    patient = own_of(visit)
    if not patient:
        told = {"csrf": visit.csrf, "words": NOT_OURS}
        return page("mine/other.jinja", status=404 if rest else 200, **told)
    if rest:
        return await _card(visit, patient, is_code=len(rest) == 2)
    if visit.method == "POST":
        return await _told(visit, patient)
    return await _laid_out(visit, patient)


def own_of(visit: Visit) -> str:
    """Return whose page it is: who is signed in, or for whom they act; "" of anybody else."""
    actor = visit.actor
    if actor.role == "patient" and actor.id.startswith("Patient/"):
        return actor.id.removeprefix("Patient/")
    return actor.patient if actor.role in ("patient", "proxy") else ""


async def _card(visit: Visit, patient: str, *, is_code: bool) -> Response:
    person = await visit.consult.people.person(visit.actor, patient)
    names_medicines = visit.fields.get("medicines", "") != "no"
    card = card_of(visit, person, names_medicines=names_medicines)
    if is_code:
        return Response(card.code, media_type="image/svg+xml", headers=HEADERS)
    shown = words_of(card.facts)
    proxy = await acting_for(visit, patient)
    return page(
        "mine/card.jinja",
        csrf=visit.csrf,
        card=shown,
        text=card.text,
        proxy=proxy,
        names_medicines=names_medicines,
    )


async def _told(visit: Visit, patient: str) -> Response:
    fields, do = visit.fields, visit.fields.get("do", "")
    if do == "undo":
        kind, id = fields.get("kind", ""), fields.get("id", "")
        if kind not in (MESSAGE, STATEMENT):
            raise InputError("that is nothing that can be taken back here.")
        done = await take_back(visit, patient, kind, id)
        return see(f"/mine?done={'undo' if done else 'kept'}")
    if do not in BLANK:
        raise InputError("that is nothing that can be done here.")
    key = fields.get("key", "")
    if visit.seals.age_of(key) is None:
        raise InputError("that form is too old: open the page again.")
    if not fields.get("words", ""):
        return await _laid_out(visit, patient, fault=do)
    await tell(Said(visit, patient, key, do, fields["words"], fields.get("more", "")))
    return see(f"/mine?done={do}")


async def _all(visit: Visit, patient: str, kind: str) -> list[Resource]:
    query = Query((kind,), (OfPatients(frozenset((patient,))),), count=MOST)
    found, _ = await visit.consult.record.search(visit.actor, query)
    return [{**orjson.loads(v.body), "id": v.id} for v in found.versions]


async def _mine(visit: Visit, patient: str) -> Mine:
    person = await visit.consult.people.person(visit.actor, patient)
    orders = await _all(visit, patient, ORDER)
    statements = await _all(visit, patient, STATEMENT)
    told = (await messages(visit, patient))[:SHOWN]
    writers = frozenset(w for b in (*orders, *statements) for w in writers_of(b))
    names = await names_of(visit, writers | named_in(told))
    today = visit.consult.clock().date()
    found = mine_of(person, today, (*orders, *statements), names)
    return replace(found, notes=tuple(note_of(message, names) for message in told))


async def _laid_out(visit: Visit, patient: str, *, fault: str = "") -> Response:
    """Return the page; `fault`: which form was sent empty. What was typed stands there again."""
    keys = {name: visit.seals.form_key() for name in BLANK}
    return page(
        "mine/page.jinja",
        status=422 if fault else 200,
        csrf=visit.csrf,
        patient=patient,
        proxy=await acting_for(visit, patient),
        mine=await _mine(visit, patient),
        asks=asks_of(keys, fault, visit.fields.get("more", "")),
        danger=DANGER,
        notice=NOTICES.get(visit.fields.get("done", ""), "") if not fault else "",
    )
