"""What of the audit is told: heads and proofs to whoever is signed in, a person's to who may.

/audit/head, /audit/proof/inclusion?index=&size=, /audit/proof/consistency?from=&to=
/audit/people/ID: who saw what of a person, why and when, for all time, broken glass first
GET /fhir/AuditEvent?patient=ID: the same as FHIR has it; GET /fhir/AuditEvent/entry-N: one entry
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
from fastapi import Request
from fastapi.responses import Response

from garrod.adapters.fhir.audit_event import PREFIX, audit_event
from garrod.care.govern.access import Actor, Deed
from garrod.care.govern.audit import AuditEntry, entry_read
from garrod.care.govern.audit_own import hash_of
from garrod.care.record.guarded import missing
from garrod.core.errors import GarrodError, InputError, OutsideError
from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.faults import answer_of, unforeseen
from garrod.entry.api.rooms import Rooms
from garrod.entry.audit_showing import KIND, Showing
from garrod.entry.guard import Guard

PAGE, MOST = 100, 1000  # Not clinical: entries of a page
GLASS = 10_000  # Not clinical: entries of broken glass that are told at most
LARGEST = 2**62
NEWEST = "-date"  # the order in which they are told anyway
TOLD = frozenset(("patient", "_count", "before", "_format", "_sort"))
NO_STORE = {"Cache-Control": "no-store"}
Asking = Callable[[Rooms, Actor, Mapping[str, str], Request], Awaitable[Any]]


class AuditDoor:
    """Answers GET /audit/…"""

    def __init__(self, rooms: Callable[[], Rooms], guard: Guard) -> None:
        self.rooms, self.guard = rooms, guard

    def routes(self) -> dict[str, Callable[[Request], Awaitable[Response]]]:
        """Return what answers each path."""
        asked: dict[str, Asking] = {
            "/audit/head": _head,
            "/audit/proof/inclusion": _inclusion,
            "/audit/proof/consistency": _consistency,
            "/audit/people/{id}": _history,
        }
        return {path: partial(self._answer, asking) for path, asking in asked.items()}

    async def _answer(self, asking: Asking, request: Request) -> Response:
        try:
            actor = await self.guard.admitted(request.url.path, request.headers)
            told = await asking(self.rooms(), actor, request.query_params, request)
            body = orjson.dumps(told)
            return Response(body, headers=NO_STORE, media_type="application/json")
        except GarrodError as error:
            found = answer_of(error)
        except Exception as error:  # told without its words, like any fault of ours
            found = answer_of(unforeseen(error))
        headers = dict(found.headers)
        return Response(found.body, found.status, headers, media_type="application/fhir+json")


async def _head(rooms: Rooms, _: Actor, __: Mapping[str, str], ___: Request) -> Any:
    log = log_of(rooms)
    head = await log.head()
    keys = await log.ask(lambda reading: reading.keys())
    public = {key.id: base64.b64encode(key.public).decode("ascii") for key in keys}
    return {**head.told(), "text": head.text().decode("ascii"), "public_keys": public}


async def _inclusion(rooms: Rooms, _: Actor, given: Mapping[str, str], __: Request) -> Any:
    index, size = _number(given, "index"), _number(given, "size", is_needed=False)
    return await log_of(rooms).ask(lambda reading: reading.inclusion(index, size))


async def _consistency(rooms: Rooms, _: Actor, given: Mapping[str, str], __: Request) -> Any:
    first, second = _number(given, "from"), _number(given, "to", is_needed=False)
    return await log_of(rooms).ask(lambda reading: reading.consistency(first, second))


async def _history(rooms: Rooms, actor: Actor, given: Mapping[str, str], request: Request) -> Any:
    """Return a page of a person's entries, each with the very bytes that a proof is about."""
    patient, showing = request.path_params["id"], Showing(rooms.record, actor)
    await showing.demand(patient)
    before, most = _number(given, "before", is_needed=False), _page(given)
    log = log_of(rooms)
    broken = [] if before is not None else await entries_of(log, patient, None, GLASS, glass=True)
    usual = await entries_of(log, patient, before, most, glass=False)
    page: dict[str, Any] = {
        "person": patient,
        "entries": [await _told(showing, content, patient) for content in (*broken, *usual)],
    }
    if len(usual) == most:
        page["before"] = entry_read(usual[-1]).index
    return page


async def audit_events(rooms: Rooms, asked: Asked) -> Answer:
    """Return a person's entries as a Bundle of AuditEvents, the newest first."""
    given = _asked(asked.question)
    patient = given["patient"].removeprefix("Patient/")
    showing = Showing(rooms.record, asked.actor, Deed.SEARCH)
    await showing.demand(patient)
    most, before = _page(given), _number(given, "before", is_needed=False)
    contents = await entries_of(log_of(rooms), patient, before, most)
    found = [(await showing.of_one(content, patient))[0] for content in contents]
    link = [{"relation": "self", "url": f"{asked.base}/{KIND}?{asked.question}"}]
    if len(found) == most:
        kept: dict[str, str] = {name: given[name] for name in ("_format", "_sort") if name in given}
        more: dict[str, Any] = {
            "patient": patient,
            "_count": most,
            "before": found[-1].index,
            **kept,
        }
        link.append({"relation": "next", "url": f"{asked.base}/{KIND}?{urlencode(more)}"})
    bundle = {
        "resourceType": "Bundle",
        "type": "searchset",
        "link": link,
        "entry": [_in_bundle(asked.base, entry) for entry in found],
    }
    return Answer(200, orjson.dumps({k: v for k, v in bundle.items() if v}))


async def audit_event_of(rooms: Rooms, asked: Asked) -> Answer:
    """Return one entry as an AuditEvent, with those people alone whom the actor may be told of.

    Raises: NotFound REC001 where there is none for them, InputError API004, AccessDenied.
    """
    id = asked.path[1]
    if unknown := sorted(_asked(asked.question).keys() - {"_format", "_pretty"}):
        raise InputError(f"a read of an entry takes no {unknown[0][:40]!r}.", code="API004")
    content = await log_of(rooms).ask(lambda reading: _content(reading, id))
    showing = Showing(rooms.record, asked.actor)
    entry = await showing.shown(entry_read(content)) if content else None
    if entry is None:
        raise missing(KIND, id)
    return Answer(200, orjson.dumps(audit_event(entry)))


def _content(reading: Any, id: str) -> bytes | None:
    """Return the bytes of the entry of an id; None where there is none."""
    number = id.removeprefix(PREFIX)
    if not number.isascii() or not number.isdecimal() or str(int(number[:18])) != number:
        return None
    try:
        found: bytes = reading.entry(int(number))
    except InputError:
        return None
    return found


def is_for_log(rooms: Rooms, asked: Asked) -> bool:
    """Return whether a search of AuditEvents is about a person, and so answered from the log.

    AuditEvents that others sent are part of the record, and found by every other search.
    """
    if rooms.audit is None or asked.path != (KIND,) or asked.method not in ("GET", "HEAD"):
        return False
    given = _asked(asked.question)
    return "patient" in given and given.keys() <= TOLD and given.get("_sort", NEWEST) == NEWEST


def is_entry(rooms: Rooms, path: tuple[str, ...]) -> bool:
    """Return whether a path is that of an entry of the log. Nothing else can be kept there."""
    return rooms.audit is not None and path[0] == KIND and path[1].startswith(PREFIX)


def log_of(rooms: Rooms) -> Any:
    """Return the log.  Raises: OutsideError AUD013 where the server has none."""
    log = rooms.audit.log if rooms.audit is not None else None
    if log is None:
        raise OutsideError("the audit log is not open here.", code="AUD013")
    return log


async def entries_of(
    log: Any, patient: str, before: int | None, most: int, *, glass: bool | None = None
) -> list[bytes]:
    """Return the bytes of a page of a person's entries, the newest first."""
    found: list[bytes] = await log.ask(
        lambda reading: reading.of_person(patient, before, most, glass=glass)
    )
    return found


async def _told(showing: Showing, content: bytes, patient: str) -> dict[str, Any]:
    """Return an entry as plain values; `entry`, its very text, where it names nobody else."""
    entry, text = await showing.of_one(content, patient)
    return {
        "index": entry.index,
        "at": entry.at,
        "who": entry.who,
        "role": entry.role,
        "organisation": entry.organisation,
        "client": entry.client,
        "why": entry.purpose,
        "emergency": entry.emergency if entry.is_emergency else None,
        "what": entry.deed,
        "kinds": entry.kinds,
        "outcome": entry.outcome,
        "because": entry.because,
        "entry": text.decode("ascii") if text is not None else None,
        "leafHash": hash_of(content),
    }


def _in_bundle(base: str, entry: AuditEntry) -> dict[str, Any]:
    return {
        "fullUrl": f"{base}/{KIND}/{PREFIX}{entry.index}",
        "resource": audit_event(entry),
        "search": {"mode": "match"},
    }


def _asked(question: str) -> dict[str, str]:
    return dict(parse_qsl(question, keep_blank_values=True))


def _page(given: Mapping[str, str]) -> int:
    count = _number(given, "_count", is_needed=False)
    return min(max(count, 1), MOST) if count is not None else PAGE


def _number(given: Mapping[str, str], name: str, *, is_needed: bool = True) -> Any:
    text = given.get(name, "")
    if not text and not is_needed:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise InputError(f"{name} is a whole number, 0 or more.", code="API004")
    return int(text)
