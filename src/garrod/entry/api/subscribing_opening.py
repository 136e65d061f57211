"""Opens what keeping subscriptions needs: the ledger, the key, the list of hosts."""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from garrod.adapters.subscriptions.former import take_over
from garrod.adapters.subscriptions.gate import Gate
from garrod.adapters.subscriptions.hook import Hook
from garrod.adapters.subscriptions.ledger import Ledger
from garrod.entry.api.events_feed import Feed
from garrod.entry.api.rooms import Rooms
from garrod.entry.api.subscribing import Subscribers
from garrod.entry.api.subscribing_telling import Telling

KEY_FILE = "hooks.key"
Keeping = Callable[[Rooms, Feed], AbstractAsyncContextManager[Subscribers]]


def kept_in(
    folder: Path,
    *,
    hosts: str,
    base: str,
    clock: Callable[[], datetime],
    new_id: Callable[[], str],
) -> Keeping:
    """Return what keeps subscriptions while the block lasts.

    `hosts` lists, with commas, where may be posted to (see gate.Gate); "": nowhere.
    """

    @asynccontextmanager
    async def keeping(rooms: Rooms, feed: Feed) -> AsyncIterator[Subscribers]:
        ledger = Ledger(rooms.record.store)
        await take_over(folder, ledger, feed.position)
        gate = Gate(frozenset(host.strip().lower() for host in hosts.split(",") if host.strip()))
        telling = Telling(rooms.record, feed, ledger, base, clock, new_id)
        if rooms.audit is not None:
            telling = replace(telling, audited=rooms.audit.sent)
        hook = Hook(gate, key_in(folder), clock)
        async with Subscribers(telling, hook, frozenset(rooms.codec.kinds)).running() as all_:
            yield all_

    return keeping


def key_in(folder: Path) -> bytes:
    """Return the key of which the secrets of subscriptions are made; made where there is none."""
    path = folder / KEY_FILE
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
    return bytes.fromhex(path.read_text(encoding="ascii").strip())
