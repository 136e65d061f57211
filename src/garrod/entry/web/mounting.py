"""How the web door is made: from the guard, this machine's token, and who signs people in."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from garrod.adapters.identity.logging_out import LoggingOut
from garrod.adapters.identity.once import Once
from garrod.adapters.identity.sessions import SessionStore
from garrod.adapters.identity.signing_in import SigningIn
from garrod.entry.consult import Consult
from garrod.entry.guard import Guard
from garrod.entry.identity import Identity
from garrod.entry.web.door import Home, WebDoor
from garrod.entry.web.seals import Seals
from garrod.entry.web.sessions import Sessions
from garrod.entry.web.signin.page import SignIn


def web_door(
    consult: Callable[[], Consult],
    guard: Guard,
    seals: Seals,
    identity: Identity | None,
    *,
    clock: Callable[[], datetime],
    base: str,
    ticket: Callable[[str], str] | None = None,
    store: SessionStore | None = None,
    log: Callable[[], Any] = lambda: None,
    home: Home | None = None,
    data: Path | None = None,
) -> WebDoor:
    """Return the door. `base` is the address of this server's FHIR, as others know it.

    `ticket` lets who opens the printed link in as somebody of the demo; `store` keeps sessions over
    restarts and for other workers; `log` gives the audit log while it is open; `home` is the first
    page of a demo; `data` is the folder in which it keeps its data.
    """
    root = base.removesuffix("/fhir")
    service = logging_out = None
    if identity is not None and identity.issuer.client:
        new = secrets.token_urlsafe
        service = SigningIn(identity.keys, identity.reading, clock, new, used=store)
        logging_out = LoggingOut(identity.keys, clock, store or Once())
    sessions = Sessions(seals, clock, is_tls=root.startswith("https://"), store=store)
    sign_in = SignIn(sessions, service, root, not guard.is_public, ticket, logging_out)
    return WebDoor(consult, guard, sign_in, log, home, data=data)
