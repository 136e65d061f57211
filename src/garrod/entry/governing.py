"""Builds the decision point of a server: the policy in force, what it rests on, and the gate.

shipped policy, or the folder that GARROD_POLICY names -> Policing -> Gate, Access
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from time import monotonic

import structlog

from garrod.adapters.fhir.features import FeatureReader
from garrod.adapters.fhir.record.codec import FhirCodec
from garrod.adapters.fhir.standing import FhirMeaning
from garrod.adapters.policy.load import keep, policing_of
from garrod.care.govern.access import LOCAL, Actor, Deed, Deny, LocalAccess, Permit
from garrod.care.govern.labels import Labels
from garrod.care.govern.point import relations_permitted
from garrod.care.govern.policy import Policing
from garrod.care.govern.scopes import InsufficientScope, granted_to
from garrod.care.record.gate import Gate
from garrod.care.record.service import Record
from garrod.core.errors import OutsideError
from garrod.knowledge.shelf import Shelf

LOG = structlog.get_logger()
POLICY, STALE = "X-Garrod-Policy", "stale"
PORTION, PAUSE = 20, 0.01  # Not clinical: questions asked at once (2 ms), and seconds between


class GovernedAccess(LocalAccess):
    """Lets the local user do everything, and others what their role may do to anybody's data.

    Whose data it is, and what they agreed to, is asked of the gate when that is known.
    """

    def __init__(self, policing: Policing) -> None:
        self.policing = policing

    def decide(
        self, actor: Actor, deed: Deed, kind: str, *, patients: Collection[str] = ()
    ) -> Permit | Deny:
        """Return whether a role may do something to a kind at all, for what it is done for."""
        if actor == LOCAL:
            return Permit()
        try:
            granted_to(actor, deed, kind)
        except InsufficientScope as error:
            return Deny(error.message, error)
        if relations_permitted(self.policing, actor, deed, kind):
            return Permit()
        who = f"a {actor.role}" if actor.role else "nobody without a role"
        return Deny(f"{who} may not {deed} {kind or 'anything'} for {actor.purpose}")

    def reach(self, actor: Actor) -> frozenset[str] | None:
        """Return everybody: the gate narrows a search, and asks about each hit."""
        return None


def governed(
    codec: FhirCodec, shelf: Shelf, data: Path | None, clock: Callable[[], datetime]
) -> Gate:
    """Return the decision point.  Raises: PolicyFault POL001 where no policy can be read at all.

    `data` is where the last policy that could be read is kept.
    """
    named = os.environ.get("GARROD_POLICY", "")
    policing = policing_of(Path(named) if named else None, data)
    if policing.is_stale:
        LOG.error("POL002 the access policy cannot be read: care goes on by the last one")
    reader = FeatureReader(Labels(shelf))
    meaning = FhirMeaning(codec, reader, shelf, base=os.environ.get("GARROD_BASE", ""))
    return Gate(policing, meaning, clock=clock, seconds=monotonic)


def flags(record: Record, actor: Actor) -> dict[str, str]:
    """Return the header that says that the last known policy decided; none where it did not."""
    gate = record.gate
    if gate is None or actor == LOCAL or not gate.policing.is_stale:
        return {}
    return {POLICY: STALE}


@asynccontextmanager
async def learning(policing: Policing, data: Path, *, is_wanted: bool) -> AsyncIterator[None]:
    """Ask the policy all of direct care beside other work, and keep it, while the block lasts.

    Not `is_wanted` where nobody but the local user comes in: then no policy is asked.
    """

    doing = asyncio.create_task(_learned(policing, data) if is_wanted else _nothing())
    try:
        yield
    finally:
        doing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await doing


async def _nothing() -> None:
    return


async def _learned(policing: Policing, data: Path) -> None:
    """Ask a few questions at a time, so that nobody waits for them; keep the answers at the end."""
    try:
        while policing.learn(PORTION):
            await asyncio.sleep(PAUSE)
        await asyncio.to_thread(keep, policing, data)
    except (OSError, OutsideError) as error:
        LOG.warning("POL003 the access policy cannot be kept", kind=type(error).__name__)
