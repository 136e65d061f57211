"""Complex extensions: a tree of named values, written and read without loss.

Source: HL7 FHIR R4 (4.0.1), Extensibility, https://hl7.org/fhir/R4/extensibility.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.adapters.fhir.lines.names import LABEL
from garrod.care.record.medication.line import Author, Setting
from garrod.core.errors import FhirError
from garrod.core.medicine import Coding

Extension = dict[str, Any]
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
TEST_MARK = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason",
    "code": "HTEST",
    "display": "test health data",
}


def tree(url: str, *parts: Extension | None) -> list[Extension]:
    """Return an extension of parts, as a list of one; of none where no part is there."""
    held = [part for part in parts if part is not None]
    return [{"url": url, "extension": held}] if held else []


def part(url: str, kind: str, value: Any) -> Extension | None:
    """Return a simple extension; None where there is no value. `kind` as in "valueString"."""
    return None if value in (None, "", {}) else {"url": url, f"value{kind}": value}


def named(extensions: Iterable[Any], url: str) -> Iterator[Extension]:
    """Yield the extensions of a url."""
    for found in extensions:
        if isinstance(found, dict) and found.get("url") == url:
            yield found


def within(holder: Resource, url: str) -> Extension:
    """Return the first extension of a url; an empty one where there is none."""
    return next(named(many(holder, "extension"), url), {})


def words(holder: Resource, url: str, kind: str = "String") -> str:
    """Return the text of a simple extension; "" where there is none."""
    return text(within(holder, url), f"value{kind}")


def every(holder: Resource, url: str, kind: str = "String") -> tuple[str, ...]:
    """Return the texts of all simple extensions of a url."""
    return tuple(text(e, f"value{kind}") for e in named(many(holder, "extension"), url))


def labels_out(settings: Iterable[Setting], *, is_test: bool = False) -> Resource:
    """Return `meta` of what the person keeps private from all but some settings; else empty.

    What is of somebody marked as test data is marked so itself.

    Source: HL7 FHIR R4 (4.0.1), security labels, https://hl7.org/fhir/R4/security-labels.html
    """
    owners = sorted({setting.value for setting in settings})
    found: Resource = {"tag": [TEST_MARK]} if is_test else {}
    if owners:
        restricted = {"system": CONFIDENTIALITY, "code": "R"}
        labels = ({"system": LABEL, "code": owner} for owner in owners)
        found["security"] = [restricted, *labels]
    return found


def is_test(resource: Resource) -> bool:
    """Return whether a resource is marked as test data, by a security label or a tag."""
    meta = one(resource, "meta")
    marks = [*many(meta, "security"), *many(meta, "tag")]
    return any(text(mark, "code") == TEST_MARK["code"] for mark in marks)


def coding_out(coding: Coding) -> Resource:
    """Return a coding as FHIR has it."""
    found = {"system": coding.system, "code": coding.code, "display": coding.display}
    return {name: value for name, value in found.items() if value}


def coding_in(found: Resource) -> Coding:
    """Return a coding."""
    return Coding(text(found, "system"), text(found, "code"), text(found, "display"))


def codings_in(holder: Resource, url: str) -> tuple[Coding, ...]:
    """Return the codings of all extensions of a url."""
    return tuple(coding_in(one(e, "valueCoding")) for e in named(many(holder, "extension"), url))


def instant_out(moment: datetime) -> str:
    """Return a moment as FHIR has it, to the microsecond.  Raises: FhirError FHR151."""
    if moment.tzinfo is None:
        raise FhirError("a moment of the record has no time zone: give it one.", code="FHR151")
    return moment.isoformat().replace("+00:00", "Z")


def instant_in(written: str) -> datetime:
    """Return a moment.  Raises: FhirError FHR150."""
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        raise FhirError("a moment within a line cannot be read.", code="FHR150") from None


def date_in(written: str) -> date | None:
    """Return a date; None where none is written.  Raises: FhirError FHR150."""
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise FhirError("a date within a line cannot be read.", code="FHR150") from None


def author_out(url: str, by: Author) -> list[Extension]:
    """Return who did something."""
    return tree(
        url,
        part("who", "String", by.who),
        part("role", "String", by.role),
        part("organisation", "String", by.organisation),
        part("setting", "Code", by.setting.value),
        part("system", "String", by.system),
        part("onBehalfOf", "String", by.on_behalf_of),
    )


def author_in(holder: Resource, url: str) -> Author:
    """Return who did something.  Raises: FhirError FHR150."""
    found = within(holder, url)
    try:
        setting = Setting(words(found, "setting", "Code"))
    except ValueError:
        raise FhirError("an author within a line has no setting.", code="FHR150") from None
    return Author(
        who=words(found, "who"),
        role=words(found, "role"),
        organisation=words(found, "organisation"),
        setting=setting,
        system=words(found, "system"),
        on_behalf_of=words(found, "onBehalfOf"),
    )
