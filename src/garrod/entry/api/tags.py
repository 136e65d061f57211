"""Entity tags of a request: If-Match and If-None-Match, lists and "*" among them.

Source: RFC 9110, 13.1.1 and 13.1.2; HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/http.html#versions
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from garrod.care.govern.access import Actor
from garrod.core.errors import ConflictError
from garrod.core.resource import Version
from garrod.entry.api.conditions import expected_version, http_date, is_unchanged
from garrod.entry.api.rooms import Rooms

_TAG = re.compile(r'(?:W/)?"([^"]*)"')
ANY = "*"


class NothingThere(ConflictError):
    """A write holds only for what is there, and nothing is."""

    default_code = "REC008"


async def expected_at(
    rooms: Rooms, actor: Actor, headers: Mapping[str, str], kind: str, id: str
) -> int | None:
    """Return the version that If-Match names, the present one for "*"; None without it.

    Raises: InputError API001 (no entity tag), NothingThere REC008 ("*", and there is nothing).
    """
    if headers.get("if-match", "").strip() != ANY:
        return expected_version(headers)
    found = await rooms.record.seen_by(actor).read(kind, id)
    if found is None or found.is_deleted:
        raise NothingThere(f"If-Match is *, and there is no {kind}/{id} here.")
    return found.number


def headers_within(tags: str, since: str) -> dict[str, str]:
    """Return what a GET within a Bundle asks of versions, as headers; its instant as a date."""
    headers = {"if-none-match": tags} if tags else {}
    try:
        moment = datetime.fromisoformat(since) if since else None
    except ValueError:
        moment = None  # RFC 9110 13.1.3: a date that cannot be read is ignored
    if moment is not None and moment.tzinfo is not None:
        headers["if-modified-since"] = http_date(moment)
    return headers


def is_known(headers: Mapping[str, str], version: Version) -> bool:
    """Return whether the caller has a version already (304).

    Tags of other servers match nothing; If-Modified-Since counts only without If-None-Match.
    """
    tags = headers.get("if-none-match", "").strip()
    if not tags:
        return is_unchanged({"if-modified-since": headers.get("if-modified-since", "")}, version)
    return tags == ANY or str(version.number) in _TAG.findall(tags)
