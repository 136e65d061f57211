"""Mounts the doors. Started by its name: uvicorn garrod.entry.asgi:app (or garrod serve)."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace

from garrod.adapters.cds.fetch import Reader
from garrod.adapters.fhir.rest.checked import CheckedCodec
from garrod.adapters.fhir.xml import XmlFormat
from garrod.adapters.identity.sessions import store_in
from garrod.adapters.terminology.tokens import expander
from garrod.care.govern.audit import Trail
from garrod.care.record.gate import Gate
from garrod.care.record.service import Record
from garrod.entry.api.app import make_app
from garrod.entry.api.operations import OPERATIONS
from garrod.entry.api.operations.bulk_jobs import Exports
from garrod.entry.api.paging import Pages
from garrod.entry.api.rooms import Rooms
from garrod.entry.api.routes import answer
from garrod.entry.api.subscribing_opening import kept_in
from garrod.entry.audit_opening import audit_of, known_words, task_of
from garrod.entry.consult import Consult
from garrod.entry.demo_reset import FILES, RESET
from garrod.entry.demo_world import load_demo
from garrod.entry.glass_log import GlassLog
from garrod.entry.governing import governed, learning
from garrod.entry.hardening.mounting import hardened
from garrod.entry.hardening.origins import Shared
from garrod.entry.hooks.desk import settings_of
from garrod.entry.hooks.door import HooksDoor
from garrod.entry.hooks.mounting import Mounted, Opening, clients_of
from garrod.entry.housing import clock, housing_of, new_id, opened_record
from garrod.entry.identity import development_of, guard_of, identity_of, with_development
from garrod.entry.issuer.door import IssuerDoor, Issuing
from garrod.entry.knowing import knowing
from garrod.entry.monitoring import Monitor, monitoring
from garrod.entry.reviewing import Reviewing, hours_of, reviewing
from garrod.entry.snapshots import people_of
from garrod.entry.terms import check_codes, following, terminology_in
from garrod.entry.web.clinic import Clinic
from garrod.entry.web.mounting import web_door
from garrod.entry.web.seals import Seals
from garrod.entry.wire import Services, services_before

HOUSING = housing_of()
ENVIRONMENT = with_development(os.environ)
IDENTITY = identity_of(ENVIRONMENT, clock)
AUDIT = audit_of(HOUSING.folder, os.environ, clock)
REVIEWS = hours_of(os.environ)


@asynccontextmanager
async def _rooms() -> AsyncIterator[Rooms]:
    services = services_before()
    terms = terminology_in(services)
    base, expand = os.environ.get("GARROD_BASE", ""), expander(terms)
    codec = CheckedCodec(services.shelf, base, expand=expand, clock=clock)
    check_codes(codec, services, terms)
    gate = governed(codec, services.shelf, HOUSING.folder, clock)
    async with (
        _peopled(codec, gate, services) as record,
        following(terms, record.store),
        learning(gate.policing, HOUSING.folder, is_wanted=IDENTITY is not None),
    ):
        xml = XmlFormat(services.shelf)
        rooms = Rooms(record, codec, OPERATIONS, services, xml, answer, terminology=terms)
        rooms = replace(rooms, identity=IDENTITY, audit=AUDIT)
        rooms = replace(rooms, pages=Pages(HOUSING.token.encode()))
        AUDIT.known = known_words(codec.kinds, OPERATIONS)
        AUDIT.log = GlassLog(AUDIT.log, gate.glasses, clock)
        people = people_of(record, services)
        consult = Consult(record, services, clock, people=people)
        async with Exports(HOUSING.folder, record, codec, clock).running() as exports:
            monitor = Monitor(record, services, people, clock)
            reviews = Reviewing(record, clock, REVIEWS)
            rooms = replace(rooms, exports=exports, people=people, consult=consult)
            with _desk.open(consult):
                warming = asyncio.create_task(asyncio.to_thread(consult.warm))
                tending = knowing(consult, record, clock, _task), reviewing(reviews)
                async with monitoring(monitor), tending[0], tending[1]:
                    yield replace(rooms, reviews=reviews)
                await asyncio.gather(warming, return_exceptions=True)
        await _reader.close()
        if IDENTITY is not None:
            await IDENTITY.outside.close()


@asynccontextmanager
async def _peopled(codec: CheckedCodec, gate: Gate, services: Services) -> AsyncIterator[Record]:
    """Open the record; that of a demo with its people, before anything follows what is written."""
    async with opened_record(HOUSING, codec, gate) as record:
        if os.environ.get("GARROD_DEMO"):
            await load_demo(record, codec, services)
        yield record


def _task(deed: str, route: str) -> AbstractAsyncContextManager[Trail]:
    return task_of(AUDIT, clock, deed, route)


_subscribers = kept_in(
    HOUSING.folder,
    hosts=os.environ.get("GARROD_HOOKS", ""),
    base=os.environ.get("GARROD_BASE", ""),
    clock=clock,
    new_id=new_id,
)
guard = guard_of(HOUSING.token, IDENTITY, ENVIRONMENT)
_settings = settings_of(os.environ)
_desk, _reader = Opening(), Reader(_settings.gate, _settings.seconds)
_rest = Mounted(
    make_app(_rooms, guard, _subscribers),
    HooksDoor(_desk.ask, guard, _settings, clients_of(_settings, clock), _reader),
)
_seals = Seals(HOUSING.token, clock, link=os.environ.pop("GARROD_SIGN_IN", ""))
_development = development_of(ENVIRONMENT, clock)
_home = None
if os.environ.get("GARROD_DEMO"):
    from garrod.entry.demo_pages import home_of  # nothing of it is needed elsewhere

    _home = home_of(os.environ.get("GARROD_BASE", ""), RESET, signs_in=_development is not None)
_web = web_door(
    _desk.ask,
    guard,
    _seals,
    IDENTITY,
    clock=clock,
    base=os.environ.get("GARROD_BASE", ""),
    ticket=_development.ticket if _development else None,
    store=store_in(HOUSING.folder, is_demo=bool(os.environ.get("GARROD_DEMO"))),
    log=lambda: AUDIT.log,
    home=_home,
    data=HOUSING.folder / FILES if os.environ.get("GARROD_DEMO") else HOUSING.folder,
)
_clinic = Clinic(_rest, _web)
_near = Issuing(_clinic, IssuerDoor(_development, guard)) if _development else _clinic
doors = Shared(_near, guard) if guard.origins else _near
app = hardened(doors, AUDIT, guard, ENVIRONMENT)  # outermost: no request is answered unaudited
