"""The questions that rules ask of results: how high the newest is, and whether there is one.

measure crcl < 30, measured inr within 84d -> newest value in date, or a formula -> Answer
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from garrod.knowledge.clinical import Clinical
from garrod.science.safety.atoms import SIGNS, compared, days
from garrod.science.safety.atoms_body import BODY
from garrod.science.safety.language import Asked, Atom, Check, Words
from garrod.science.safety.liver import child_pugh, has_liver_disease
from garrod.science.safety.renal import Clearance, ckd_epi, cockcroft_gault, usable, weight_of
from garrod.science.safety.subject import Measured, Subject
from garrod.science.safety.truth import Answer, either, no, unknown, yes

COMPUTED: dict[str, Callable[[Subject], Clearance]] = {"crcl": cockcroft_gault, "egfr": ckd_epi}
# What a formula lacks, in words; measures have their own names.
LACKING = {"adult": "an adult (the formula was not made for children)", "weight": "body weight"}
CHILD_PUGH = "child_pugh"
_OPPOSITE = {"<=": ">", ">=": "<"}


def measure(words: Words, clinical: Clinical) -> Check:
    """`measure crcl < 30`, `measure potassium > 5.5 within 90d`: the newest value in date.

    crcl is Cockcroft and Gault's, egfr the reported rate or CKD-EPI's; weight falls back on the
    person's own; child_pugh, where none is recorded, is worked out for a liver disease. Not known
    where there is none, it is too old, or its unit cannot be read.
    Source: the project's rule language.
    """
    name = words.take()
    if name not in clinical.measures and name not in COMPUTED:
        raise words.fault(f"{name!r} is no measure on the shelf")
    sign, limit = compared(words)
    within = days(words, "within")

    def check(asked: Asked) -> Answer:
        subject = asked.subject
        if name in COMPUTED:
            return _cleared(COMPUTED[name](subject), name, sign, limit)
        if name == CHILD_PUGH and usable(subject, name)[0] is None:
            return _scored(subject, sign, limit)
        return _measured(subject, name, sign, limit, within)

    return check


def _cleared(found: Clearance, name: str, sign: str, limit: Decimal) -> Answer:
    label = "creatinine clearance" if name == "crcl" else "eGFR"
    if found.value is None:
        why = {c.partition(":")[0]: c.partition(": ")[2] for c in found.cautions}
        lacking = [LACKING.get(m, m) + (f" ({why[m]})" if m in why else "") for m in found.missing]
        said = f"{label} cannot be told (missing: {', '.join(lacking)})"
        return unknown(f"measure:{name}", said)
    unit = "mL/min" if name == "crcl" else "mL/min/1.73 m²"
    text = f"{label} {found.value} {unit} by {found.method} ({', '.join(found.inputs)})"
    if any("no formula holds" in caution for caution in found.cautions):
        return unknown(f"measure:{name}", f"{label}: {found.cautions[0]}")
    text = "; ".join((text, *found.cautions))
    return either(SIGNS[sign](found.value, limit), text, found.refs[0] if found.refs else "record")


def _scored(subject: Subject, sign: str, limit: Decimal) -> Answer:
    """Return what the score of Child and Pugh decides; without a liver disease it is none."""
    if not has_liver_disease(subject):
        if "conditions" in subject.person.unseen:
            return unknown("conditions", "the list of conditions could not be seen")
        return no("no liver disease on record")
    found = child_pugh(subject)
    if found.value is None:
        lacking = ", ".join(found.missing)
        said = f"the Child–Pugh score cannot be told (missing: {lacking})"
        return unknown(f"measure:{CHILD_PUGH}", said)
    text = f"Child–Pugh score {found.value} ({', '.join(found.inputs)})"
    return either(SIGNS[sign](Decimal(found.value), limit), text)


def _measured(subject: Subject, name: str, sign: str, limit: Decimal, within: int | None) -> Answer:
    known = subject.clinical.measures[name]
    found, why = usable(subject, name)
    ago = subject.days_since(found.seen) if found else None
    if found is None and name == "weight" and (own := weight_of(subject)) is not None:
        return either(SIGNS[sign](own, limit), f"weight {own} kg")
    if found is None or (within is not None and (ago is None or ago > within)):
        return unknown(f"measure:{name}", f"{known.name}: {why or 'no result in that time'}")
    text = f"{known.name} {found.comparator}{found.value} {known.unit} of {found.seen}"
    if found.comparator:
        return _bounded(found, sign, limit, text)
    return either(SIGNS[sign](found.value, limit), text, found.ref)


def _bounded(found: Measured, sign: str, limit: Decimal, text: str) -> Answer:
    """Return what a value that is only bounded ("<5") decides; often it does not."""
    comparator, value = found.comparator, found.value
    below, above = ("<", "<="), (">", ">=")
    is_below = comparator in below
    is_edge = comparator in ("<=", ">=") and sign not in ((comparator, _OPPOSITE[comparator]))
    is_decided = value < limit if is_below else value > limit
    if (is_decided or (value == limit and not is_edge)) and sign in (*below, *above):
        return either(sign in (below if is_below else above), text)
    return unknown(f"measure:{found.measure.id}", f"{text} does not decide it")


def measured(words: Words, clinical: Clinical) -> Check:
    """`measured inr within 84d`: there is a result of that time, whatever it says.

    Several are joined by |. Not known where the results did not answer.
    Source: the project's rule language.
    """
    names = words.take().split("|")
    for name in names:
        if name not in clinical.measures:
            raise words.fault(f"{name!r} is no measure on the shelf")
    within = days(words, "within")
    if within is None:
        raise words.fault("“within …d” is expected after measured")
    label = " or ".join(clinical.measures[n].name for n in names)

    def check(asked: Asked) -> Answer:
        subject = asked.subject
        for one in (m for name in names for m in subject.measured.get(name, ())):
            ago = subject.days_since(one.seen)
            if ago is not None and 0 <= ago <= within:
                return yes(f"{one.measure.name} measured on {one.seen}", one.ref)
        if "results" in subject.person.unseen:
            return unknown("results", "the results could not be seen")
        return no(f"no {label} in the last {within} days")

    return check


MEASURES: dict[str, Atom] = {"measure": measure, "measured": measured, **BODY}
