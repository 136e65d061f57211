"""POST /sign-in/back-channel: the site's sign-in service says that somebody has signed out there.

logout token -> proved -> their sessions here are over, in every worker, and open streams with them
Source: OpenID Connect Back-Channel Logout 1.0, 2.5 (the request), 2.8 (the answer)
"""

from __future__ import annotations

import orjson
from starlette.responses import Response

from garrod.adapters.identity.logging_out import LoggingOut
from garrod.care.govern.access import Actor
from garrod.care.govern.audit import current
from garrod.core.errors import GarrodError
from garrod.entry.web.headers import HEADERS
from garrod.entry.web.sessions import Sessions

BACK_CHANNEL = "back-channel"
TOKEN, DEED = "logout_token", "sign-out"


async def ended(reader: LoggingOut, sessions: Sessions, token: str) -> Response:
    """Return the answer to a logout token: 200 where it is taken, 400 where it is not, and why."""
    trail = current()
    trail.did(DEED)
    try:
        login = await reader.proved(token)
        trail.acted(Actor(reader.keys.issuer.iss, client=reader.keys.issuer.client))
        sessions.end_login(login)
    except GarrodError as error:
        trail.denied(error.message)
        told = {"error": "invalid_request", "error_description": error.message}
        return Response(orjson.dumps(told), 400, HEADERS, "application/json")
    return Response(status_code=200, headers=HEADERS)
