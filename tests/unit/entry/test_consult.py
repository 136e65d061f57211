"""The moment of prescribing of a server: made ready before the first order."""

import asyncio
import gc

from garrod.adapters.store import open_store
from garrod.entry.consult import Consult
from garrod.entry.wire import Services
from tests.making.recorded import now, recorded

KNOWLEDGE_OBJECTS = 10_000  # far fewer than the knowledge of the shelf is made of


def test_collector_is_spared_what_was_read_before_the_first_order() -> None:
    async def warmed() -> int:
        store = await open_store("sqlite:///:memory:", clock=now)
        try:
            record = recorded(store)
            Consult(record.record, Services(), now, people=record.people).warm()
            return gc.get_freeze_count()
        finally:
            await store.close()

    gc.unfreeze()
    try:
        assert asyncio.run(warmed()) > KNOWLEDGE_OBJECTS
    finally:
        gc.unfreeze()
