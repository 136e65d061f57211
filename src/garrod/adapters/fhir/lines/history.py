"""The history of a line as one extension, from which the line is rebuilt exactly.

Transition <-> extension "step"; a dose is kept in words, which are read back to the same dose.
"""

from __future__ import annotations

from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.adapters.fhir.lines.names import HISTORY
from garrod.adapters.fhir.lines.nested import (
    Extension,
    author_in,
    author_out,
    coding_out,
    codings_in,
    date_in,
    every,
    instant_in,
    instant_out,
    named,
    part,
    tree,
    within,
    words,
)
from garrod.care.record.medication.dose import Dose
from garrod.care.record.medication.dose_reading import NotRead, read_words
from garrod.care.record.medication.dose_words import words_of
from garrod.care.record.medication.line import (
    Act,
    Content,
    Hold,
    Links,
    MedicineOf,
    State,
    Transition,
    Verification,
)
from garrod.core.errors import FhirError

_LINKS = ("authorisations", "supplies", "administrations", "statements", "continued")


def history_out(history: tuple[Transition, ...]) -> list[Extension]:
    """Return a history as an extension."""
    return tree(HISTORY, *(_step(step) for step in history))


def history_in(resource: Resource) -> tuple[Transition, ...]:
    """Return the history within a resource; none where it is no line.  Raises: FhirError FHR150."""
    return tuple(_read(s) for s in named(many(within(resource, HISTORY), "extension"), "step"))


def _step(step: Transition) -> Extension:
    (found,) = tree(
        "step",
        part("act", "Code", step.act.value),
        *author_out("by", step.by),
        part("effective", "Instant", instant_out(step.effective)),
        part("recorded", "Instant", instant_out(step.recorded)),
        part("reason", "String", step.reason),
        part("to", "Code", step.to.value if step.to else ""),
        part("verification", "Code", step.verification.value if step.verification else ""),
        part("other", "String", step.other),
        part("private", "Boolean", True if step.is_private else None),
        *(content_out(step.content) if step.content else ()),
        *(hold_out(step.hold) if step.hold else ()),
        *_links(step.links),
    )
    return found


def _read(found: Resource) -> Transition:
    to, verification = words(found, "to", "Code"), words(found, "verification", "Code")
    content, hold = within(found, "content"), within(found, "hold")
    try:
        return Transition(
            act=Act(words(found, "act", "Code")),
            by=author_in(found, "by"),
            effective=instant_in(words(found, "effective", "Instant")),
            recorded=instant_in(words(found, "recorded", "Instant")),
            reason=words(found, "reason"),
            to=State(to) if to else None,
            content=content_in(content) if content else None,
            hold=hold_in(hold) if hold else None,
            links=_links_in(within(found, "links")),
            verification=Verification(verification) if verification else None,
            other=words(found, "other"),
            is_private=within(found, "private").get("valueBoolean") is True,
        )
    except ValueError:
        raise FhirError(
            "a step within a line has a code that is not known.", code="FHR150"
        ) from None


def content_out(content: Content) -> list[Extension]:
    """Return what a line says as an extension."""
    return tree(
        "content",
        *_medicine(content.medicine),
        part("dose", "String", words_of(content.dose) if content.dose else ""),
        part("directions", "String", content.directions),
        *(part("reason", "Coding", coding_out(c)) for c in content.reasons),
        part("started", "Date", content.started.isoformat() if content.started else ""),
        part("plannedStart", "Date", content.planned_start and content.planned_start.isoformat()),
    )


def content_in(found: Resource) -> Content:
    """Return what a line says.  Raises: FhirError FHR150."""
    return Content(
        medicine=_medicine_in(within(found, "medicine")),
        dose=dose_in(words(found, "dose")),
        directions=words(found, "directions"),
        reasons=codings_in(found, "reason"),
        started=date_in(words(found, "started", "Date")),
        planned_start=date_in(words(found, "plannedStart", "Date")),
    )


def dose_in(written: str) -> Dose | None:
    """Return the dose that its words say; None where there are none.  Raises: FhirError FHR150."""
    if not written:
        return None
    dose = read_words(written)
    if isinstance(dose, NotRead):
        raise FhirError("the words of a dose within a line cannot be read.", code="FHR150")
    return dose


def _medicine(medicine: MedicineOf) -> list[Extension]:
    return tree(
        "medicine",
        part("text", "String", medicine.text),
        *(part("coding", "Coding", coding_out(c)) for c in medicine.codings),
        *(part("ingredient", "String", i) for i in medicine.ingredients),
        part("form", "String", medicine.form),
        part("strength", "String", medicine.strength),
        part("brand", "String", medicine.brand),
    )


def _medicine_in(found: Resource) -> MedicineOf:
    return MedicineOf(
        text=words(found, "text"),
        codings=codings_in(found, "coding"),
        ingredients=every(found, "ingredient"),
        form=words(found, "form"),
        strength=words(found, "strength"),
        brand=words(found, "brand"),
    )


def hold_out(hold: Hold) -> list[Extension]:
    """Return a hold as an extension."""
    return tree(
        "hold",
        part("reason", "String", hold.reason),
        part("resumes", "Date", hold.resumes.isoformat() if hold.resumes else ""),
        part("resumesWhen", "String", hold.resumes_when),
    )


def hold_in(found: Resource) -> Hold:
    """Return a hold.  Raises: FhirError FHR150."""
    resumes = date_in(words(found, "resumes", "Date"))
    return Hold(words(found, "reason"), resumes, words(found, "resumesWhen"))


def _links(links: Links) -> list[Extension]:
    return tree(
        "links",
        *(
            part(name, "Reference", {"reference": reference})
            for name in _LINKS
            for reference in getattr(links, name)
        ),
    )


def _links_in(found: Resource) -> Links:
    return Links(
        *(
            tuple(
                text(one(e, "valueReference"), "reference")
                for e in named(many(found, "extension"), name)
            )
            for name in _LINKS
        )
    )
