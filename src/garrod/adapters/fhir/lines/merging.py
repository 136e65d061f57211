"""A merge as a Basic, and the links by which two Patients name each other.

Source: HL7 FHIR R4 (4.0.1), Patient.link, https://hl7.org/fhir/R4/patient.html
"""

from __future__ import annotations

import orjson

from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.adapters.fhir.lines.names import CODES, MERGE
from garrod.adapters.fhir.lines.nested import (
    Extension,
    author_in,
    author_out,
    instant_in,
    instant_out,
    named,
    part,
    tree,
    within,
    words,
)
from garrod.adapters.fhir.lines.statement import written
from garrod.adapters.fhir.record.parse import parse
from garrod.care.record.medicines_merges import MERGE as KIND
from garrod.care.record.medicines_merges import MergeKept, Moved
from garrod.core.errors import FhirError
from garrod.core.resource import Version

_REPLACED, _REPLACES = "replaced-by", "replaces"
_NUMBERS = ("keptBefore", "absorbedBefore", "listAfter", "absorbedAfter")


class FhirMerges:
    """Knows merges as resources of FHIR R4."""

    def merge(self, version: Version) -> MergeKept:
        """Return what is kept of a merge.  Raises: FhirError FHR150."""
        resource = orjson.loads(version.body)
        found = within(resource, MERGE)
        if not found:
            raise FhirError(f"{version.kind}/{version.id} is no merge.", code="FHR150")
        return MergeKept(
            kept=words(found, "kept"),
            absorbed=words(found, "absorbed"),
            kept_before=_number(found, "keptBefore"),
            absorbed_before=_number(found, "absorbedBefore"),
            list_after=_number(found, "listAfter"),
            absorbed_after=_number(found, "absorbedAfter"),
            by=author_in(found, "by"),
            at=instant_in(words(found, "at", "Instant")),
            reason=words(found, "reason"),
            moved=tuple(_moved_in(e) for e in named(many(found, "extension"), "moved")),
            is_undone=within(found, "undone").get("valueBoolean") is True,
        )

    def merge_body(self, kept: MergeKept) -> bytes:
        """Return what is kept of a merge as a Basic of the person kept."""
        numbers = (kept.kept_before, kept.absorbed_before, kept.list_after, kept.absorbed_after)
        return written(
            {
                "resourceType": KIND,
                "extension": tree(
                    MERGE,
                    part("kept", "String", kept.kept),
                    part("absorbed", "String", kept.absorbed),
                    *(
                        {"url": name, "valueInteger": number}
                        for name, number in zip(_NUMBERS, numbers, strict=True)
                    ),
                    *author_out("by", kept.by),
                    part("at", "Instant", instant_out(kept.at)),
                    part("reason", "String", kept.reason),
                    *(e for moved in kept.moved for e in _moved(moved)),
                    part("undone", "Boolean", True if kept.is_undone else None),
                ),
                "code": {"coding": [{"system": CODES, "code": "merge"}]},
                "subject": {"reference": f"Patient/{kept.kept}"},
            }
        )

    def joined(self, version: Version, other: str, *, is_absorbed: bool) -> bytes:
        """Return a Patient with a link to the other, and inactive where it is the absorbed one."""
        person = parse(version.body)
        kind = _REPLACED if is_absorbed else _REPLACES
        link = {"other": {"reference": f"Patient/{other}"}, "type": kind}
        person["link"] = [*many(person, "link"), link]
        if is_absorbed:
            person["active"] = False
        return written(person)

    def parted(self, version: Version, other: str, before: Version) -> bytes:
        """Return a Patient without its link to the other, active or not as it was before."""
        person, was = parse(version.body), parse(before.body)
        links = [k for k in many(person, "link") if not _names(k, other)]
        person = {k: v for k, v in person.items() if k not in ("link", "active")}
        if links:
            person["link"] = links
        if "active" in was:
            person["active"] = was["active"]
        return written(person)

    def absorbed_into(self, version: Version) -> str:
        """Return the id of the Patient that replaced this one; "" where none did."""
        for link in many(orjson.loads(version.body), "link"):
            reference = text(one(link, "other"), "reference")
            if text(link, "type") == _REPLACED and reference.startswith("Patient/"):
                return reference.removeprefix("Patient/")
        return ""


def is_merge(resource: Resource) -> bool:
    """Return whether a Basic is a merge."""
    return any(named(many(resource, "extension"), MERGE))


def _names(link: Resource, other: str) -> bool:
    is_ours = text(link, "type") in (_REPLACED, _REPLACES)
    return is_ours and text(one(link, "other"), "reference") == f"Patient/{other}"


def _number(found: Extension, name: str) -> int:
    value = within(found, name).get("valueInteger")
    return value if isinstance(value, int) else 0


def _moved(moved: Moved) -> list[Extension]:
    return tree(
        "moved",
        part("resource", "String", f"{moved.kind}/{moved.id}"),
        {"url": "before", "valueInteger": moved.before},
        {"url": "after", "valueInteger": moved.after},
    )


def _moved_in(found: Extension) -> Moved:
    kind, _, id = words(found, "resource").partition("/")
    return Moved(kind, id, _number(found, "before"), _number(found, "after"))
