"""The medicine that a resource names: its words, codes, form and strength."""

from __future__ import annotations

import re
from dataclasses import replace

import orjson

from garrod.adapters.fhir.json import Resource, codings, many, one, text, words_of
from garrod.care.record.medication.line import MedicineOf
from garrod.care.record.medicines_ports import Near

NOT_NAMED = "medicine not named"
# Systems of codes such as "no information about medications".
# Source: HL7 International Patient Summary 2.0.0, Absent and Unknown Data
_ABSENCE = (
    "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips",
    "http://terminology.hl7.org/CodeSystem/data-absent-reason",
)
# Not clinical: how a strength and a form are commonly written at the end of a product's name.
_STRENGTH = re.compile(
    r"\b(\d+(?:[.,]\d+)*\s?(?:mg|g|micrograms?|mcg|nanograms?|units?|mmol|mL|%)"
    r"(?:\s?/\s?(?:\d+(?:\.\d+)?\s?)?(?:mL|ml|g|dose|hour|actuation))?)(?=[\s,)/]|$)",
    re.IGNORECASE,
)
_FORM = re.compile(
    r"\b((?:modified-release |gastro-resistant |effervescent |dispersible |orodispersible |"
    r"chewable |prolonged-release |soluble )?(?:tablet|capsule|caplet|sachet|patch|cream|ointment|"
    r"gel|lotion|inhaler|nebuliser liquid|oral solution|oral suspension|syrup|elixir|drops|"
    r"injection|suppository|pessary|enema|spray|lozenge|powder))(?:s|es)?\b",
    re.IGNORECASE,
)


def medicine_in(resource: Resource, near: Near) -> MedicineOf:
    """Return the medicine of a resource, within it, contained in it or beside it."""
    found = _medicine_in(resource, near)
    said = found.text or next((c.display or c.code for c in found.codings), NOT_NAMED)
    return replace(found, text=said)


def is_statement_of_absence(resource: Resource) -> bool:
    """Return whether a resource says that no medicine is known or taken, and names none."""
    found = codings(one(resource, "medicationCodeableConcept"))
    return any(c.system in _ABSENCE for c in found)


def _medicine_in(resource: Resource, near: Near) -> MedicineOf:
    concept = one(resource, "medicationCodeableConcept")
    form = ""
    if not concept:
        pointer = one(resource, "medicationReference")
        medication = _referred(resource, text(pointer, "reference"), near)
        concept, form = one(medication, "code"), words_of(one(medication, "form"))
        if not concept:
            parts = [one(i, "itemCodeableConcept") for i in many(medication, "ingredient")]
            said = ", ".join(w for p in parts if (w := words_of(p))) or text(pointer, "display")
            found = tuple(c for p in parts for c in codings(p) if c.code)
            return of_words(said, MedicineOf(said, found, form=form))
    said = words_of(concept)
    return of_words(said, MedicineOf(said, tuple(c for c in codings(concept) if c.code), form=form))


def of_words(said: str, medicine: MedicineOf) -> MedicineOf:
    """Return a medicine with the form and strength that its words name, where each is plain."""
    strengths = list(dict.fromkeys(_STRENGTH.findall(said)))
    forms = list(dict.fromkeys(f.casefold() for f in _FORM.findall(said)))
    return MedicineOf(
        medicine.text,
        medicine.codings,
        medicine.ingredients,
        medicine.form or (forms[0] if len(forms) == 1 else ""),
        medicine.strength or (strengths[0] if len(strengths) == 1 else ""),
        medicine.brand,
    )


def _referred(resource: Resource, reference: str, near: Near) -> Resource:
    if reference.startswith("#"):
        contained = many(resource, "contained")
        return next((c for c in contained if text(c, "id") == reference[1:]), {})
    body = near.bodies.get(reference)
    found = orjson.loads(body) if body else {}
    return found if isinstance(found, dict) else {}
