"""/fhir/.well-known/smart-configuration, and what the capability statement says of signing in."""

from __future__ import annotations

from typing import Any

import orjson

from garrod.adapters.identity.outside import Unreached
from garrod.adapters.identity.smart import configuration, security
from garrod.core.errors import InputError
from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.rooms import Rooms

PATH = (".well-known", "smart-configuration")


async def smart_configuration(rooms: Rooms, asked: Asked) -> Answer:
    """Return where apps sign in.

    Raises: InputError REC001 (nowhere), OutsideError IDP001 (the issuer does not answer).
    """
    if rooms.identity is None:
        raise InputError("no sign-in service is named on this server.", code="REC001")
    told = configuration(rooms.identity.issuer, await rooms.identity.keys.told())
    return Answer(200, orjson.dumps(told), media_type="application/json")


async def secured(rooms: Rooms) -> dict[str, Any]:
    """Return `rest.security`; without endpoints where the issuer does not answer."""
    if rooms.identity is None:
        return security(None)
    try:
        return security(await rooms.identity.keys.told())
    except Unreached:
        return security({})
