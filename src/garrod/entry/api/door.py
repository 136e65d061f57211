"""The FHIR door as an ASGI application: reads a request, asks who it is, acts, answers.

bytes -> Asked -> act -> Answer -> bytes; every fault becomes an OperationOutcome
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from time import monotonic
from typing import Any
from urllib.parse import unquote

from garrod.care.govern.access import Actor
from garrod.core.errors import GarrodError
from garrod.entry.api.conditions import (
    JSON,
    XML,
    NotAcceptable,
    answers_in_xml,
    reads_xml,
    wishes_of,
)
from garrod.entry.api.discreet import flagged, kept_waiting
from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.faults import answer_of, unforeseen
from garrod.entry.api.rooms import Rooms, XmlFormat
from garrod.entry.api.routes import answer
from garrod.entry.api.searching import POSTED, question_of
from garrod.entry.api.watch import Watch
from garrod.entry.bodies import UnknownType, body_of
from garrod.entry.guard import Guard

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
PREFIX = "/fhir"
PATCHES = ("application/json-patch+json",)
FORM = "application/x-www-form-urlencoded"
CREATED = 201


class FhirDoor:
    """Serves /fhir. `rooms` gives what the handlers work with; None while the server starts."""

    def __init__(self, rooms: Callable[[], Rooms], guard: Guard, watch: Watch) -> None:
        self.rooms = rooms
        self.guard = guard
        self.watch = watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        with self.watch.timed(scope["method"]) as seen:
            answer, is_xml = await self._answer(scope, headers, receive)
            seen.status = answer.status
        if is_xml and answer.body and not answer.media_type:
            answer = self._in_xml(answer)
        await _send(send, answer, is_head=scope["method"] == "HEAD")

    async def _answer(
        self, scope: Scope, headers: dict[str, str], receive: Receive
    ) -> tuple[Answer, bool]:
        is_xml, began, actor = False, monotonic(), None
        try:
            question = scope.get("query_string", b"").decode("latin-1")
            is_xml = answers_in_xml(headers.get("accept", ""), _format_in(question))
            asked = await self._asked(scope, headers, question, receive)
            actor = asked.actor
            if asked.path[-1:] == (POSTED,) and not _format_in(question):
                named = _format_in(question_of(asked))
                is_xml = answers_in_xml("", named) if named else is_xml
            rooms = self.rooms()
            return flagged(await answer(rooms, asked), rooms, actor), is_xml
        except GarrodError as error:
            told = answer_of(error)
            await kept_waiting(told.status, actor, began)
            return self._flagged(told, actor), is_xml
        except Exception as error:
            self.watch.fault(error)
            return answer_of(unforeseen(error)), is_xml

    def _flagged(self, told: Answer, actor: Actor | None) -> Answer:
        """Return a refusal that says so where the last known policy decided it."""
        try:
            return flagged(told, self.rooms(), actor) if actor is not None else told
        except GarrodError:  # the server ends
            return told

    def _xml(self) -> XmlFormat:
        found = self.rooms().xml
        if found is None:
            raise NotAcceptable(f"XML is not spoken here yet: send and accept {JSON}.")
        return found

    def _in_xml(self, answer: Answer) -> Answer:
        try:
            return replace(answer, body=self._xml().to_xml(answer.body), media_type=XML)
        except GarrodError as error:
            return answer_of(error)

    async def _asked(
        self, scope: Scope, headers: dict[str, str], question: str, receive: Receive
    ) -> Asked:
        full = scope["path"]
        actor = await self.guard.admitted(full, headers)
        body = b""
        if scope["method"] in ("POST", "PUT", "PATCH"):
            body = await body_of(receive, headers)
            media = headers.get("content-type", "")
            is_form = media.partition(";")[0].strip().lower() == FORM
            if is_form and not full.endswith("/_search"):
                raise UnknownType(f"a form is sent to _search alone: send {JSON} or {XML} there.")
            if not is_form and not _is_patch(media) and reads_xml(media):
                body = self._xml().from_xml(body)
        path = full.removeprefix(PREFIX).strip("/")
        base = f"{scope.get('scheme', 'http')}://{headers.get('host', 'localhost')}{PREFIX}"
        return Asked(
            actor=actor,
            method=scope["method"],
            path=tuple(unquote(step) for step in path.split("/")) if path else (),
            question=question,
            headers=headers,
            wishes=wishes_of(headers),
            base=base,
            body=body,
        )


def _is_patch(media: str) -> bool:
    return media.partition(";")[0].strip().lower() in PATCHES


def _format_in(question: str) -> str:
    for part in question.split("&") if "_format=" in question else ():
        name, _, value = part.partition("=")
        if name == "_format":
            return unquote(value.replace("+", " "))
    return ""


async def _send(send: Send, answer: Answer, *, is_head: bool) -> None:
    body, media = answer.body, answer.media_type or JSON
    headers = [(b"cache-control", b"no-store"), (b"content-length", str(len(body)).encode())]
    if body or answer.status == CREATED:
        headers.append((b"content-type", f"{media}; charset=utf-8".encode()))
    headers += [(k.lower().encode(), v.encode("latin-1")) for k, v in answer.headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if is_head else body})
