"""Opens the terminology of a server: a site's packs, HL7's codes, and what the record holds."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from garrod.adapters.fhir.rest.checked import CheckedCodec
from garrod.adapters.packs.site import folders_in_force
from garrod.adapters.terminology.service import Terminology, open_packs
from garrod.adapters.terminology.writes import SETTING, CodesChecker, Mode, mode_of
from garrod.care.record.ports import Store
from garrod.core.errors import GarrodError
from garrod.entry.wire import Services

LOG = structlog.get_logger()
PAUSE = 1.0  # seconds until a store that failed is asked again


def terminology_in(services: Services) -> Terminology:
    """Return what the packs in force know of codes.  Raises: KnowledgeError."""
    folders = folders_in_force(services.settings.packs)
    return Terminology(services.shelf, open_packs(folders))


def mode_named() -> Mode:
    """Return how codes are checked at a write.  Raises: UsageError for another word."""
    return mode_of(os.environ.get(SETTING, ""))


def check_codes(codec: CheckedCodec, services: Services, terminology: Terminology) -> None:
    """Let a codec look up codes at a write, where a release is loaded and the setting asks it."""
    mode = mode_named()
    if terminology.packs and mode is not Mode.OFF:
        codec.checker = CodesChecker(services.shelf, terminology, mode)


@asynccontextmanager
async def following(terminology: Terminology, store: Store) -> AsyncIterator[None]:
    """Hold what the record has of terminology, and follow it, until the block ends."""
    await terminology.stored.load(store)
    task = asyncio.create_task(_follow(terminology, store), name="garrod-terminology")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _follow(terminology: Terminology, store: Store) -> None:
    stored = terminology.stored
    while True:
        try:
            async for event in store.follow(stored.position):
                await stored.hear(store, event)
            return  # the store was closed
        except GarrodError as error:
            LOG.warning("TRM003 events cannot be read now", code=error.code)
            await asyncio.sleep(PAUSE)
