"""A handover as a Communication: what changed, what is still open, and who has seen it.

Source: HL7 FHIR R4 (4.0.1), Communication, https://hl7.org/fhir/R4/communication.html
"""

from __future__ import annotations

import orjson

from garrod.adapters.fhir.json import Resource, many
from garrod.adapters.fhir.lines.names import CODES, HANDOVER
from garrod.adapters.fhir.lines.nested import (
    Extension,
    author_in,
    author_out,
    every,
    instant_in,
    instant_out,
    named,
    part,
    tree,
    within,
    words,
)
from garrod.adapters.fhir.lines.statement import source_of, written
from garrod.care.record.medication.confirm import Kind
from garrod.care.record.medication.handover import Handover, Notice, Seen
from garrod.care.record.medication.line import Author, Setting
from garrod.care.record.medicines_cases import HANDOVER as KIND
from garrod.core.errors import FhirError
from garrod.core.resource import Version


def handover_body(handover: Handover, patient: str, by: Author) -> bytes:
    """Return a handover as the bytes of a Communication."""
    said = [_words(n) for n in handover.notices]
    said += [f"not decided: {row}" for row in handover.unresolved]
    found: Resource = {
        "resourceType": KIND,
        "extension": _extension(handover),
        "status": "completed" if handover.seen else "in-progress",
        "category": [{"coding": [{"system": CODES, "code": "medication-handover"}]}],
        "subject": {"reference": f"Patient/{patient}"},
        "sent": instant_out(handover.sent),
        "recipient": [{"display": handover.to.value}],
        "sender": source_of(by),
        "payload": [{"contentString": words} for words in said],
    }
    if handover.seen:
        found["received"] = instant_out(handover.seen[0].at)
    return written({name: value for name, value in found.items() if value != []})


def handover_seen(version: Version, handover: Handover) -> bytes:
    """Return the resource of a handover with who has seen it by now."""
    found = orjson.loads(version.body)
    found["extension"] = _extension(handover)
    if handover.seen:
        found |= {"status": "completed", "received": instant_out(handover.seen[0].at)}
    return written(found)


def handover_of(version: Version) -> Handover:
    """Return the handover that a version holds.  Raises: FhirError FHR150."""
    found = within(orjson.loads(version.body), HANDOVER)
    if not found:
        raise FhirError(f"{version.kind}/{version.id} is no handover.", code="FHR150")
    parts = list(many(found, "extension"))
    number = within(found, "list").get("valueInteger")
    return Handover(
        Setting(words(found, "to", "Code")),
        number if isinstance(number, int) else 0,
        tuple(_notice_in(e) for e in named(parts, "notice")),
        every(found, "unresolved"),
        instant_in(words(found, "sent", "Instant")),
        tuple(
            Seen(author_in(e, "by"), instant_in(words(e, "at", "Instant")))
            for e in named(parts, "seen")
        ),
    )


def _extension(handover: Handover) -> list[Extension]:
    return tree(
        HANDOVER,
        part("to", "Code", handover.to.value),
        {"url": "list", "valueInteger": handover.version},
        part("sent", "Instant", instant_out(handover.sent)),
        *(e for notice in handover.notices for e in _notice(notice)),
        *(part("unresolved", "String", row) for row in handover.unresolved),
        *(e for seen in handover.seen for e in _seen(seen)),
    )


def _notice(notice: Notice) -> list[Extension]:
    return tree(
        "notice",
        part("line", "String", notice.line_id),
        part("kind", "Code", notice.kind.value),
        part("medicine", "String", notice.medicine),
        part("reason", "String", notice.reason),
    )


def _notice_in(found: Extension) -> Notice:
    kind = Kind(words(found, "kind", "Code"))
    return Notice(words(found, "line"), kind, words(found, "medicine"), words(found, "reason"))


def _seen(seen: Seen) -> list[Extension]:
    return tree("seen", part("at", "Instant", instant_out(seen.at)), *author_out("by", seen.by))


def _words(notice: Notice) -> str:
    why = f": {notice.reason}" if notice.reason else ""
    return f"{notice.medicine}: {notice.kind.value}{why}"
