"""A person's medication list as a FHIR List: which lines, at which version, and what was done.

Source: HL7 FHIR R4 (4.0.1), List, https://hl7.org/fhir/R4/list.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import orjson

from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.adapters.fhir.lines.names import (
    CONFIRMED,
    DUE,
    FLAGS,
    KEPT_BY,
    NUMBER,
    OVERRIDE,
    RECONCILED,
    TOLD,
)
from garrod.adapters.fhir.lines.nested import (
    Extension,
    author_in,
    author_out,
    date_in,
    every,
    instant_in,
    instant_out,
    is_test,
    labels_out,
    named,
    part,
    tree,
    within,
    words,
)
from garrod.adapters.fhir.lines.statement import source_of, written
from garrod.care.record.medication.duplicates import Override
from garrod.care.record.medication.likeness import Likeness
from garrod.care.record.medication.line import Line, Setting
from garrod.care.record.medicines_ports import LINE, LIST, Head, Listed, Reconciled, list_id
from garrod.core.errors import FhirError
from garrod.core.resource import Version

_CODE = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/list-example-use-codes",
            "code": "medications",
            "display": "Medication List",
        }
    ]
}
TITLE = "Medication list"


def head_body(head: Head, lines: Mapping[str, Line], at: datetime) -> bytes:
    """Return a list as the bytes of a List."""
    found: Resource = {
        "resourceType": LIST,
        "id": list_id(head.patient),
        "meta": labels_out((x.kept_by for x in head.listed if x.kept_by), is_test=head.is_test),
        "extension": [
            *_confirmed(head),
            *(e for o in head.overrides for e in _override(o)),
            *_reconciled(head.reconciled),
            *(e for told in head.told for e in _told(*told)),
        ],
        "status": "current",
        "mode": "working",
        "title": TITLE,
        "code": _CODE,
        "subject": {"reference": f"Patient/{head.patient}"},
        "date": instant_out(at),
        "source": source_of(head.confirmed_by) if head.confirmed_by else None,
        "entry": [_entry(listed, lines.get(listed.line_id)) for listed in head.listed],
    }
    return written({name: value for name, value in found.items() if value not in ([], {}, None)})


def _entry(listed: Listed, line: Line | None) -> Resource:
    item = {"reference": f"{LINE}/{listed.line_id}"}
    if line is not None and line.content.medicine.text.strip():
        item["display"] = line.content.medicine.text
    found: Resource = {"extension": [{"url": NUMBER, "valueInteger": listed.number}]}
    if listed.kept_by:
        found["extension"].append({"url": KEPT_BY, "valueCode": listed.kept_by.value})
    if listed.due:
        found["extension"].append({"url": DUE, "valueDate": listed.due.isoformat()})
    if listed.flag:
        found["flag"] = {"coding": [{"system": FLAGS, "code": listed.flag}], "text": listed.flag}
    return {**found, "item": item}


def is_list(resource: Resource) -> bool:
    """Return whether a List is a medication list that is kept here."""
    return any(within(e, NUMBER) for e in many(resource, "entry")) or any(
        named(many(resource, "extension"), CONFIRMED)
    )


def head_of(version: Version) -> Head:
    """Return what a version of a List says.  Raises: FhirError FHR150."""
    return head_in(orjson.loads(version.body))


def head_in(resource: Resource) -> Head:
    """Return what a List says.  Raises: FhirError FHR150."""
    patient = text(one(resource, "subject"), "reference").removeprefix("Patient/")
    confirmed = within(resource, CONFIRMED)
    return Head(
        patient,
        tuple(_listed(e) for e in many(resource, "entry")),
        author_in(confirmed, "by") if confirmed else None,
        instant_in(words(confirmed, "at", "Instant")) if confirmed else None,
        tuple(_override_in(e) for e in named(many(resource, "extension"), OVERRIDE)),
        _reconciled_in(within(resource, RECONCILED)),
        tuple(_told_in(e) for e in named(many(resource, "extension"), TOLD)),
        is_test(resource),
    )


def _told(setting: Setting, at: datetime) -> list[Extension]:
    setting_part = part("setting", "Code", setting.value)
    return tree(TOLD, setting_part, part("at", "Instant", instant_out(at)))


def _told_in(found: Extension) -> tuple[Setting, datetime]:
    setting = Setting(words(found, "setting", "Code"))
    return setting, instant_in(words(found, "at", "Instant"))


def _reconciled(found: Reconciled | None) -> list[Extension]:
    if found is None:
        return []
    return tree(
        RECONCILED,
        part("move", "Code", found.move),
        part("at", "Instant", instant_out(found.at)),
        *author_out("by", found.by),
        *(part("unresolved", "String", words) for words in found.unresolved),
    )


def _reconciled_in(found: Extension) -> Reconciled | None:
    if not found:
        return None
    return Reconciled(
        words(found, "move", "Code"),
        author_in(found, "by"),
        instant_in(words(found, "at", "Instant")),
        every(found, "unresolved"),
    )


def _listed(entry: Resource) -> Listed:
    number = within(entry, NUMBER).get("valueInteger")
    if not isinstance(number, int):
        raise FhirError("an entry of the list names no version of its line.", code="FHR150")
    flag = next((text(c, "code") for c in many(one(entry, "flag"), "coding")), "")
    id = text(one(entry, "item"), "reference").removeprefix(f"{LINE}/")
    kept_by = words(entry, KEPT_BY, "Code")
    due = date_in(words(entry, DUE, "Date"))
    return Listed(id, number, flag, Setting(kept_by) if kept_by else None, due)


def _confirmed(head: Head) -> list[Extension]:
    if head.confirmed_by is None or head.confirmed_at is None:
        return []
    at = part("at", "Instant", instant_out(head.confirmed_at))
    return tree(CONFIRMED, at, *author_out("by", head.confirmed_by))


def _override(reason: Override) -> list[Extension]:
    return tree(
        OVERRIDE,
        *(part("line", "String", line) for line in sorted(reason.lines)),
        part("likeness", "Integer", int(reason.likeness)),
        part("reason", "String", reason.reason),
        part("at", "Instant", instant_out(reason.at)),
        *author_out("by", reason.by),
    )


def _override_in(found: Resource) -> Override:
    return Override(
        frozenset(every(found, "line")),
        Likeness(int(within(found, "likeness").get("valueInteger", 0))),
        words(found, "reason"),
        author_in(found, "by"),
        instant_in(words(found, "at", "Instant")),
    )
