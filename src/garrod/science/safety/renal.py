"""How well the kidneys clear: by Cockcroft and Gault, by CKD-EPI, and which of them may be told.

Subject -> creatinine, age, sex, weight -> Clearance with the inputs named, or what is missing
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from garrod.science.safety.subject import Measured, Subject

CREATININE, EGFR, WEIGHT, HEIGHT = "creatinine", "egfr", "weight", "height"
# (140 − age) · kg · F / creatinine in µmol/L. Source: PMID 1244564 (Cockcroft and Gault, 1976); the
# factors are its 1/72 mg/dL in SI units, as the UK Medicines Information formula has them.
FACTOR = {"male": Decimal("1.23"), "female": Decimal("1.04")}
ADULT = 18  # years; neither formula was made for children. Source: PMID 1244564, PMID 34554658
UMOL = 88.4  # µmol/L of creatinine in 1 mg/dL. Source: molar mass of creatinine, 113.12 g/mol
# CKD-EPI 2021, without race: κ, α and the factor for women. Source: PMID 34554658
KAPPA = {"female": 0.7, "male": 0.9}
ALPHA = {"female": -0.241, "male": -0.302}
SLOPE, AGEING, FEMALE, BASE = -1.200, 0.9938, 1.012, 142.0
# A rise within a week by which creatinine is no steady state, so that no formula holds.
# Source: KDIGO 2012 acute kidney injury, stage 1 (1.5 times baseline within 7 days), PMID 25018915
RISING, WITHIN_DAYS = Decimal("1.5"), 7
# Body mass index beyond which actual weight misleads. Source: MHRA Drug Safety Update, October 2019
LEAN, HEAVY = Decimal(18), Decimal(40)
TENTH = Decimal("0.1")  # Not clinical: to what a clearance is rounded


@dataclass(frozen=True, slots=True)
class Clearance:
    """A clearance in mL/min (by CKD-EPI per 1.73 m²), the words of its inputs, and its cautions.

    `value` is None where it cannot be told; `missing` then names what is (codes of measures).
    """

    value: Decimal | None
    method: str
    inputs: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    refs: tuple[str, ...] = ()


def usable(subject: Subject, measure: str) -> tuple[Measured | None, str]:
    """Return the newest value that can be used, or None and why there is none.

    Source: the project's design.
    """
    found = subject.measured.get(measure, ())
    if not found:
        return None, "no result"
    newest = found[0]
    if newest.why:
        return None, newest.why
    days = subject.days_since(newest.seen)
    if days is None:
        return None, "its date is not known"
    if days < 0:
        return None, f"its date ({newest.seen}) is in the future"
    if days > newest.measure.lasts_days:
        return None, f"the last is of {newest.seen}"
    return newest, ""


def cockcroft_gault(subject: Subject) -> Clearance:
    """Return the clearance of creatinine in mL/min by actual weight.  Source: PMID 1244564.

    Nothing is guessed: without a weight, a sex, an age or a creatinine in date it is not told.
    """
    method = "Cockcroft–Gault"
    creatinine, why = usable(subject, CREATININE)
    weight = weight_of(subject)
    missing = _unknown(subject, creatinine is not None)
    if weight is None:
        missing = (*missing, WEIGHT)
    if missing or creatinine is None or weight is None or subject.age is None:
        said = (f"creatinine: {why}",) if creatinine is None else ()
        return Clearance(None, method, missing=missing, cautions=said)
    if creatinine.value <= 0 or subject.age < ADULT:
        return Clearance(None, method, missing=("adult",))
    factor = FACTOR[subject.person.sex]
    value = (140 - subject.age) * weight * factor / creatinine.value
    inputs = (
        f"age {subject.age}",
        subject.person.sex,
        f"actual weight {weight} kg",
        f"creatinine {creatinine.value} µmol/L of {creatinine.seen}",
    )
    cautions = (*rising(subject), *_build(subject, weight))
    return Clearance(value.quantize(TENTH), method, inputs, cautions, refs=(creatinine.ref,))


def ckd_epi(subject: Subject) -> Clearance:
    """Return the filtration rate in mL/min/1.73 m² by CKD-EPI 2021.  Source: PMID 34554658.

    A rate that the laboratory reports, when in date and not older than the creatinine, is taken
    as it is.
    """
    reported, _ = usable(subject, EGFR)
    creatinine, why = usable(subject, CREATININE)
    if reported is not None and not _is_older(reported, creatinine):
        sign = {"<": "<", ">": ">"}.get(reported.comparator[:1], "")
        said = (f"reported {sign}{reported.value} of {reported.seen}",)
        return Clearance(
            reported.value, "reported eGFR", said, rising(subject), refs=(reported.ref,)
        )
    missing = _unknown(subject, creatinine is not None)
    if missing or creatinine is None or subject.age is None:
        unread = (f"creatinine: {why}",) if creatinine is None else ()
        return Clearance(None, "CKD-EPI 2021", missing=missing, cautions=unread)
    if subject.age < ADULT or creatinine.value <= 0:
        return Clearance(None, "CKD-EPI 2021", missing=("adult",))
    value = ckd_epi_2021(float(creatinine.value), subject.age, subject.person.sex)
    inputs = (
        f"age {subject.age}",
        subject.person.sex,
        f"creatinine {creatinine.value} µmol/L of {creatinine.seen}",
    )
    return Clearance(
        Decimal(value).quantize(TENTH),
        "CKD-EPI 2021",
        inputs,
        rising(subject),
        refs=(creatinine.ref,),
    )


def ckd_epi_2021(creatinine: float, age: int, sex: str) -> float:
    """Return mL/min/1.73 m² of a creatinine in µmol/L, by sex.  Source: PMID 34554658"""
    ratio = creatinine / UMOL / KAPPA[sex]
    low, high = pow(min(ratio, 1.0), ALPHA[sex]), pow(max(ratio, 1.0), SLOPE)
    value: float = BASE * low * high * AGEING**age
    return value * FEMALE if sex == "female" else value


def weight_of(subject: Subject) -> Decimal | None:
    """Return the weight in kg, where it is known and of the last year; else None.

    Source: the project's design.
    """
    found, _ = usable(subject, WEIGHT)
    if found is not None:
        return found.value
    seen, weight = subject.person.weight_seen, subject.person.weight_kg
    days = subject.days_since(seen)
    is_old = days is not None and days > 365  # Source: the project's design
    return None if weight is None or is_old else weight


def rising(subject: Subject) -> tuple[str, ...]:
    """Return the caution that creatinine rose so fast that no formula holds, or nothing.

    Source: the project's design.
    """
    found = [m for m in subject.measured.get(CREATININE, ()) if not m.why and m.seen is not None]
    if not found or found[0].seen is None:
        return ()
    newest, when = found[0], found[0].seen
    for earlier in found[1:]:
        if earlier.seen is None or (when - earlier.seen).days > WITHIN_DAYS:
            break
        if newest.value >= earlier.value * RISING:
            return (
                f"creatinine rose from {earlier.value} to {newest.value} µmol/L within "
                f"{(when - earlier.seen).days} days: no formula holds while it rises",
            )
    return ()


def _build(subject: Subject, weight: Decimal) -> tuple[str, ...]:
    height = subject.person.height_cm
    if not height:
        return ()
    index = weight / (height / 100) ** 2
    if LEAN <= index <= HEAVY:
        return ()
    return (f"body mass index {index:.0f}: actual weight may mislead, judge with ideal weight",)


def _unknown(subject: Subject, has_creatinine: bool) -> tuple[str, ...]:
    found = [] if has_creatinine else [CREATININE]
    found += [] if subject.person.sex in FACTOR else ["sex"]
    found += [] if subject.age is not None else ["age"]
    return tuple(found)


def _is_older(reported: Measured, creatinine: Measured | None) -> bool:
    if creatinine is None or reported.seen is None or creatinine.seen is None:
        return False
    return reported.seen < creatinine.seen
