"""Mounts the doors. Started by its name: uvicorn garrod.entry.asgi:app (or garrod serve)."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from garrod.adapters.fhir.rest.checked import CheckedCodec
from garrod.adapters.fhir.xml import XmlFormat
from garrod.entry.api.app import make_app
from garrod.entry.api.guard import Guard
from garrod.entry.api.operations import OPERATIONS
from garrod.entry.api.rooms import Rooms
from garrod.entry.api.routes import answer
from garrod.entry.api.subscribing_opening import kept_in
from garrod.entry.demo_world import load_demo
from garrod.entry.housing import LOOPBACK, clock, housing_of, new_id, opened_record
from garrod.entry.wire import Services

HOUSING = housing_of()


@asynccontextmanager
async def _rooms() -> AsyncIterator[Rooms]:
    services = Services()
    codec = CheckedCodec(services.shelf, os.environ.get("GARROD_BASE", ""), clock=clock)
    async with opened_record(HOUSING, codec) as record:
        if os.environ.get("GARROD_DEMO"):
            await load_demo(record, codec, services.shelf)
        yield Rooms(record, codec, OPERATIONS, services, XmlFormat(services.shelf), answer)


_subscribers = kept_in(
    HOUSING.folder,
    hosts=os.environ.get("GARROD_HOOKS", ""),
    base=os.environ.get("GARROD_BASE", ""),
    clock=clock,
    new_id=new_id,
)
app = make_app(_rooms, Guard(HOUSING.token, LOOPBACK), _subscribers)
