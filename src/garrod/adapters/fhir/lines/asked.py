"""Parameters of the list's operations read as entries of a proposal.

Parameters -> named parts -> Entry: what is unknown there is refused, never passed over.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time
from typing import Any

from garrod.adapters.fhir.json import Resource, codings, meanings, one, text, words_of
from garrod.adapters.fhir.lines.dosage_reading import directions_in, dose_of
from garrod.adapters.fhir.lines.medicine import of_words
from garrod.care.record.medication.confirm import Entry
from garrod.care.record.medication.dose import Dose
from garrod.care.record.medication.line import (
    Act,
    Author,
    Content,
    Hold,
    Line,
    Links,
    MedicineOf,
    State,
    Transition,
)
from garrod.core.errors import FhirError

Parts = dict[str, list[Any]]
# What no text holds: controls (but tab and line ends), lone surrogates, and what turns the
# direction of writing about, which would show one medicine's words as another's.
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]"
)
_LINKS = {
    "MedicationRequest": "authorisations",
    "MedicationDispense": "supplies",
    "MedicationAdministration": "administrations",
}
LINE_PARTS = frozenset(
    (
        *("act", "line", "reason", "resumes", "resumesWhen", "effective", "state", "treatment"),
        *("medicine", "form", "strength", "brand", "dose", "directions", "reasonCode", "started"),
        *("plannedStart", "link", "other", "private"),
    )
)


def parts_of(holder: object, known: Collection[str], *, within: str = "parameter") -> Parts:
    """Return the values of Parameters (or of one of them) by name.

    Raises: FhirError FHR152 for a name that is not known there, and for what has no parts.
    """
    found: Parts = {}
    listed = holder.get(within, []) if isinstance(holder, dict) else None
    if not isinstance(listed, list):
        raise FhirError(
            f"expected a list of {within}s there, and this is none: give each as an object with a "
            "name and a value.",
            code="FHR152",
        )
    for one_of in listed:
        name = text(one_of, "name") if isinstance(one_of, dict) else ""
        if name not in known:
            raise FhirError(
                f"there is no parameter {name[:40]!r} here: expected {', '.join(sorted(known))}.",
                code="FHR152",
            )
        value = next((v for k, v in one_of.items() if k.startswith("value")), None)
        if value is None:
            value = one_of.get("resource", one_of if "part" in one_of else None)
        found.setdefault(name, []).append(value)
    return found


def word(parts: Parts, name: str, usual: str = "") -> str:
    """Return a parameter that is a text; "" where it is not there.

    Raises: FhirError FHR152 for what is no text, cannot be kept as one, or is given twice.
    """
    value = _sole(parts, name, usual)
    if not isinstance(value, str):
        raise FhirError(f"the parameter {name!r} must be a text or code.", code="FHR152")
    if _UNPRINTABLE.search(value):
        raise FhirError(
            f"the parameter {name!r} holds a character that is no text: leave it out.",
            code="FHR152",
        )
    return value


def _sole(parts: Parts, name: str, usual: Any) -> Any:
    values = parts.get(name, [usual])
    if len(values) > 1:
        raise FhirError(f"the parameter {name!r} is given {len(values)} times.", code="FHR152")
    return values[0]


def day(parts: Parts, name: str) -> date | None:
    """Return a parameter that is a date, or None.  Raises: FhirError FHR152."""
    said = word(parts, name)
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise _unreadable(name, "a date such as 2026-03-09") from None


def moment(parts: Parts, name: str, usual: datetime) -> datetime:
    """Return a parameter that is a moment or a day (its beginning, UTC).

    Raises: FhirError FHR152.
    """
    said = word(parts, name)
    try:
        found = datetime.fromisoformat(said) if said else usual
    except ValueError:
        raise _unreadable(name, "a moment such as 2026-03-09T10:00:00Z") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _unreadable(name: str, wanted: str) -> FhirError:
    return FhirError(f"the parameter {name!r} cannot be read: expected {wanted}.", code="FHR152")


def coded(parts: Parts, name: str, codes: Iterable[str], usual: str = "") -> str:
    """Return a parameter that is one of some codes.  Raises: FhirError FHR152."""
    known = list(codes)
    said = word(parts, name, usual)
    if said not in known:
        raise FhirError(f"the parameter {name!r} must be one of {', '.join(known)}.", code="FHR152")
    return said


def entry_of(parts: Parts, by: Author, at: datetime, lines: dict[str, Line]) -> Entry:
    """Return what Parameters say of one line; without an act it stays as it is.

    `lines` are those of the list that was read: a change says only what is changed of one.
    Raises: FhirError FHR152.
    """
    line_id = word(parts, "line")
    if "act" not in parts:
        return Entry(line_id)
    act = Act(coded(parts, "act", [a.value for a in Act]))
    was = lines.get(line_id)
    says = parts.keys() & _CONTENT
    content = content_of(parts, was.content if was else None) if says else None
    if act is Act.BEGIN and content is None:
        raise FhirError("a new line needs a parameter 'medicine'.", code="FHR152")
    states = [s.value for s in State]
    to = State(coded(parts, "state", states, State.ACTIVE.value)) if act is Act.BEGIN else None
    step = Transition(
        act=act,
        by=by,
        effective=moment(parts, "effective", since(content, to, at)),
        recorded=at,
        reason=word(parts, "reason"),
        to=to,
        content=content,
        hold=hold_of(parts) if act is Act.HOLD or to is State.ON_HOLD else None,
        links=links_of(parts),
        other=word(parts, "other"),
        is_private=_flag(parts, "private"),
    )
    return Entry(line_id, step, treatment_id=word(parts, "treatment"))


def since(content: Content | None, to: State | None, at: datetime) -> datetime:
    """Return since when a beginning holds: since the day on which it began, where that is known."""
    began = content.started if content is not None and to is State.ACTIVE else None
    return at if began is None else min(at, datetime.combine(began, time(), UTC))


def _flag(parts: Parts, name: str) -> bool:
    value = _sole(parts, name, usual=False)
    if not isinstance(value, bool):
        raise FhirError(f"the parameter {name!r} must be true or false.", code="FHR152")
    return value


_CONTENT = frozenset(
    (
        *("medicine", "form", "strength", "brand", "dose", "directions", "reasonCode", "started"),
        "plannedStart",
    )
)


def hold_of(parts: Parts) -> Hold:
    """Return the hold that parameters say.  Raises: FhirError FHR152."""
    return Hold(word(parts, "reason"), day(parts, "resumes"), word(parts, "resumesWhen"))


def content_of(parts: Parts, was: Content | None) -> Content:
    """Return what a line is to say: what parameters say of it, and the rest as it was.

    A new dose without words, or new words without a dose, takes the old ones' place as a whole.
    Raises: FhirError FHR152 where neither they nor the line name a medicine, and where a dose
    cannot be kept.
    """
    medicine = _medicine(parts, was.medicine if was else None)
    said = Content(medicine) if was is None else was
    dose, directions = said.dose, said.directions
    if parts.keys() & {"dose", "directions"}:
        dose, directions = _dose(parts)
    concepts = _objects(parts, "reasonCode")
    reasons = [c for concept in concepts for c in meanings(concept)]
    return Content(
        medicine=medicine,
        dose=dose,
        directions=directions,
        reasons=tuple(reasons) if reasons else said.reasons,
        started=day(parts, "started") or said.started,
        planned_start=day(parts, "plannedStart") or said.planned_start,
    )


def _dose(parts: Parts) -> tuple[Dose | None, str]:
    """Return a dose and its words.  Raises: FhirError FHR152 where neither can be kept."""
    dosages = _objects(parts, "dose")
    directions = word(parts, "directions") or directions_in(dosages)
    dose = dose_of(dosages or [{"text": directions}])
    if dosages and dose is None and not directions.strip():
        raise FhirError(
            "the parameter 'dose' cannot be kept as a dose, and has no words: give 'directions' "
            "too, so that nothing is lost.",
            code="FHR152",
        )
    return dose, directions


def _objects(parts: Parts, name: str) -> list[Resource]:
    """Return parameters that are objects, such as CodeableConcepts; a text is the words of one."""
    found = []
    for value in parts.get(name, []):
        held = {"text": value} if isinstance(value, str) and value.strip() else value
        if not isinstance(held, dict):
            raise FhirError(
                f"the parameter {name!r} cannot be read: expected an object or words.",
                code="FHR152",
            )
        found.append(held)
    return found


def _medicine(parts: Parts, was: MedicineOf | None) -> MedicineOf:
    concept = _sole(parts, "medicine", None)
    if concept is None and was is None:
        raise FhirError("a new line needs a parameter 'medicine'.", code="FHR152")
    if concept is None:
        assert was is not None
        made = was
    else:
        named = {"text": concept} if isinstance(concept, str) else concept
        if not isinstance(named, dict) or not words_of(named):
            raise FhirError("the parameter 'medicine' must name it in words.", code="FHR152")
        found = tuple(c for c in codings(named) if c.code)
        made = of_words(words_of(named), MedicineOf(words_of(named), found))
    return MedicineOf(
        made.text,
        made.codings,
        made.ingredients,
        word(parts, "form") or made.form,
        word(parts, "strength") or made.strength,
        word(parts, "brand") or made.brand,
    )


def links_of(parts: Parts) -> Links:
    """Return the links that parameters name.  Raises: InputError REC102."""
    found: dict[str, tuple[str, ...]] = {}
    for pointer in parts.get("link", []):
        reference = text(pointer, "reference") if isinstance(pointer, dict) else str(pointer)
        name = _LINKS.get(reference.partition("/")[0], "statements")
        found[name] = (*found.get(name, ()), reference)
    return Links(**found)


def resource_of(parameters: Resource) -> Resource:
    """Return Parameters as they are.  Raises: FhirError FHR152 for another resource."""
    if parameters.get("resourceType") != "Parameters":
        raise FhirError("this operation takes a Parameters resource.", code="FHR152")
    return parameters


def subject_of(resource: Resource) -> str:
    """Return the id of the person whom a resource is about; "" where it is nobody here."""
    reference = text(one(resource, "subject"), "reference")
    return reference.removeprefix("Patient/") if reference.startswith("Patient/") else ""
