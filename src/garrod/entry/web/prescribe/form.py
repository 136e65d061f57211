"""What a prescriber wrote: the medicine, its directions, and the answer to a card.

fields of a form -> Form -> draft MedicationRequest (FHIR R4)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from garrod.adapters.fhir.directions import ROUTES
from garrod.adapters.fhir.draft import MOST_SUPPLIED, NO_DOSE, SNOMED, UCUM
from garrod.adapters.fhir.lines.names import METHODS
from garrod.care.decide.options import codes_of
from garrod.core.advice import OptionDose
from garrod.entry.web.prescribe.dosing import (
    APPLY,
    PIECES,
    TIMES,
    UNITS,
    WAYS,
    WEEK,
    amount_words,
    mismatches,
    repeat_of,
    way_words,
)
from garrod.knowledge.medicines import Medicine, Medicines

DIRECTIONS = (
    *("first", "amount", "unit", "times", "route", "days", "indication"),
    *("strength", "site", "note"),
)
# What no order is signed without. Source: BNF, "Prescription writing" (unchecked)
NEEDED = {
    "amount": "Write the dose",
    "times": "Choose how often it is taken",
    "route": "Choose how it is given, such as by mouth",
    "strength": "Write the strength of one, such as 100 micrograms a puff or 0.5%",
}
USUAL = ("unit", "mg")  # what a form has where nothing is said
LONGEST = 60  # Not clinical: characters of a strength
MOST_DAYS = 3650  # Not clinical: ten years
_NUMBER = re.compile(r"\d{1,6}(?:[.,]\d{1,4})?")


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it was sent; every text may be empty. `drug` is an id of the pack, or words."""

    drug: str = ""
    first: str = ""  # an amount that is taken once, to begin with
    amount: str = ""
    unit: str = "mg"
    times: str = ""
    route: str = ""
    days: str = ""
    indication: str = ""
    instead: str = ""  # the medicine whose card offered this one
    reason: str = ""
    second: str = ""
    words: str = ""
    key: str = ""
    checked: str = ""
    strength: str = ""  # of one puff, drop or patch, or of a cream
    site: str = ""
    note: str = ""  # how it is done

    @property
    def question(self) -> str:
        """Return the form as the question of an address; what proves nothing stays out."""
        kept = ("drug", *DIRECTIONS, "instead", "reason", "second", "words")
        said = [(k, v) for k in kept if (v := getattr(self, k))]
        return urlencode([pair for pair in said if pair != USUAL])


def form_of(fields: Mapping[str, str]) -> Form:
    """Return the form that fields make; what is not known is left out."""
    return Form(**{k: v for k in Form.__slots__ if (v := fields.get(k, ""))})


def with_dose(form: Form, dose: OptionDose | None) -> Form:
    """Return a form whose empty directions are the usual ones; none are made up."""
    if dose is None or any((form.first, form.amount, form.times, form.days)):
        return form
    if form.unit not in (USUAL[1], dose.unit):
        return form
    times = _code_of(dose)
    if times not in TIMES or form.route not in ("", dose.route):
        return form
    return replace(
        form,
        first=f"{dose.first:f}" if dose.first else "",
        amount=f"{dose.amount:f}",
        unit=dose.unit,
        times=times,
        route=dose.route if dose.route in WAYS else "",
        days=str(dose.days) if 0 < dose.days <= MOST_SUPPLIED else "",
    )


def _code_of(dose: OptionDose) -> str:
    """Return how often a dose is given, as the page has it."""
    if dose.every_days == WEEK and dose.times_a_day == 1:
        return "w"
    return f"{dose.times_a_day}{'n' if dose.is_as_needed else ''}" if dose.every_days == 1 else ""


def lacking(form: Form) -> tuple[tuple[str, str], ...]:
    """Return the fields that an order is not signed without and that are empty, in their order."""
    piece = PIECES.get(form.unit)
    has = {
        **{name: bool(getattr(form, name)) for name in NEEDED},
        "amount": bool(form.amount) or form.unit == APPLY,
        "strength": bool(form.strength) or piece is None or not piece.needs_strength,
    }
    return tuple((name, words) for name, words in NEEDED.items() if not has[name])


def faults_of(form: Form) -> tuple[tuple[str, str], ...]:
    """Return the fields that cannot be read, each with what to do."""
    said = "Write the dose as a number, such as 75 or 0.5"
    doses = {"first": form.first, "amount": form.amount}
    found = [(field, said) for field, text in doses.items() if text and _amount(text) is None]
    found += _uncounted(form)
    if form.unit not in UNITS:
        found.append(("unit", "Choose a unit of the list"))
    if form.times and form.times not in TIMES:
        found.append(("times", "Choose how often of the list"))
    if form.route and form.route not in WAYS:
        found.append(("route", "Choose how it is given of the list"))
    found += mismatches(form.unit, form.route, form.site, form.note)
    if len(form.strength) > LONGEST:
        found.append(("strength", f"Write the strength in at most {LONGEST} characters"))
    is_number = form.days.isascii() and form.days.isdecimal() and len(form.days) < 6
    if form.days and not (is_number and 0 < int(form.days) <= MOST_DAYS):
        found.append(("days", f"Write the days as a whole number from 1 to {MOST_DAYS}"))
    return tuple(found)


def _uncounted(form: Form) -> Iterator[tuple[str, str]]:
    """Yield what is wrong about a count: a half of what has no half, or a first dose of it."""
    piece = PIECES.get(form.unit)
    if piece is None:
        return
    amount = _amount(form.amount)
    if piece.needs_strength and amount is not None and amount != int(amount):
        yield "amount", f"Write a whole number of {piece.many}"
    if form.first:
        yield "first", f"Leave this empty: a first dose is not written in {piece.many}"


def medicine_of(medicines: Medicines, form: Form) -> Medicine | None:
    """Return the medicine of the pack that a form names by its id; None where it is words."""
    return medicines.by_id(form.drug)


def name_of(form: Form, medicine: Medicine | None) -> str:
    """Return what is to be prescribed, in words, with its strength where one was written."""
    name = _capital(medicine.name) if medicine else form.drug
    return f"{name} {form.strength}" if form.strength else name


def directions_of(form: Form) -> str:
    """Return the directions in words: "75 mg once a day for 28 days", or that none were chosen."""
    lasting, first = _lasting(form), _amount(form.first)
    if lasting == NO_DOSE or first is None:
        return lasting
    return f"{amount_words(f'{first:f}', form.unit)} once, then {lasting}"


def _lasting(form: Form) -> str:
    amount = _given(form)
    if amount is None:
        return NO_DOSE
    is_plain = form.unit == APPLY and amount == 1
    much = "apply" if is_plain else amount_words(f"{amount:f}", form.unit)
    said = [much, way_words(form.route, form.site), TIMES.get(form.times, "")]
    if form.unit not in PIECES:  # as it has always been written of tablets
        said[1:] = said[:0:-1]
    if _whole(form.days):
        said.append(f"for {form.days} {'day' if form.days == '1' else 'days'}")
    words = " ".join(s for s in said if s)
    return f"{words}, {form.note}" if form.note else words


def _given(form: Form) -> Decimal | None:
    """Return the amount of one time; what is applied is one application where nothing is said."""
    return Decimal(1) if form.unit == APPLY and not form.amount else _amount(form.amount)


def order_of(form: Form, medicine: Medicine | None, patient: str) -> dict[str, Any]:
    """Return the draft order: coded where the medicine is known, directions as far as given."""
    coded = codes_of(medicine) if medicine else ()
    coding = [
        {"system": system, "code": code, "display": medicine.name if medicine else ""}
        for system, _, code in (c.partition("|") for c in coded)
    ]
    concept: dict[str, Any] = {"text": name_of(form, medicine)}
    order: dict[str, Any] = {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": f"Patient/{patient}"},
        "medicationCodeableConcept": {**({"coding": coding} if coding else {}), **concept},
        "dosageInstruction": _dosages(form),
    }
    if form.indication:
        order["reasonCode"] = [{"text": form.indication}]
    if days := _whole(form.days):
        order["dispenseRequest"] = {"expectedSupplyDuration": _days(days)}
    return order


def mark_of(form: Form, lines: tuple[str, ...]) -> str:
    """Return the mark of what a card was shown for: the order and the list of medicines."""
    said = "\n".join([form.drug, *(getattr(form, d) for d in DIRECTIONS), "", *sorted(lines)])
    return sha256(said.encode()).hexdigest()[:32]


def _dosages(form: Form) -> list[dict[str, Any]]:
    """Return the directions: what is taken once, to begin with, stands first."""
    first, lasting = _amount(form.first), _dosage(form)
    if first is None or "doseAndRate" not in lasting:
        return [lasting]
    once = {
        "text": f"{amount_words(f'{first:f}', form.unit)} once, to begin with",
        "timing": {"repeat": {"count": 1}},
        "doseAndRate": [{"doseQuantity": _quantity(first, form.unit)}],
        **_route(form),
    }
    return [{"sequence": 1, **once}, {"sequence": 2, **lasting}]


def _dosage(form: Form) -> dict[str, Any]:
    amount, days = _given(form), _whole(form.days)
    found: dict[str, Any] = {"text": _lasting(form)}
    if amount is None:
        return found
    found |= _route(form)
    if form.site:
        found["site"] = {"text": form.site}
    if form.note:
        found["additionalInstruction"] = [{"text": form.note}]
    if form.unit == APPLY:
        found["method"] = {"coding": [{"system": METHODS, "code": "apply"}], "text": "apply"}
    if repeat := repeat_of(form.times):
        bounds = {"boundsDuration": _days(days)} if days else {}
        found["timing"] = {"repeat": {**repeat, **bounds}}
        if form.times.endswith("n"):
            found["asNeededBoolean"] = True
    found["doseAndRate"] = [{"doseQuantity": _quantity(amount, form.unit)}]
    return found


def _route(form: Form) -> dict[str, Any]:
    """Return the route by its code, for a direction; nothing where none was chosen."""
    if form.route not in WAYS:
        return {}
    coding = {"system": SNOMED, "code": ROUTES[form.route][0], "display": _capital(form.route)}
    return {"route": {"coding": [coding], "text": WAYS[form.route]}}


def _quantity(amount: Decimal, unit: str) -> dict[str, Any]:
    value = int(amount) if amount == amount.to_integral_value() else float(amount)
    named = PIECES[unit].one if unit in PIECES else UNITS.get(unit, unit)
    return {"value": value, "unit": named, "system": UCUM, "code": unit}


def _days(days: int) -> dict[str, Any]:
    return {"value": days, "unit": "days", "system": UCUM, "code": "d"}


def _amount(text: str) -> Decimal | None:
    if not _NUMBER.fullmatch(text) or not text.isascii():
        return None
    try:
        found = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return found if found > 0 else None


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
