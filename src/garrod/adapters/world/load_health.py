"""Reads what people have: conditions, episodes, medicines, allergies, bodies and habits."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from garrod.adapters.world.chance import Odds
from garrod.adapters.world.model import (
    DECILES,
    OLDEST,
    SEXES,
    Allergies,
    AllergyKind,
    Body,
    Figure,
    Illness,
    Medicine,
    Panel,
    Slot,
    Together,
)
from garrod.adapters.world.section import Section, wrong
from garrod.core.errors import CodeError
from garrod.core.identifiers import Atc, Icd10, RxNorm, Snomed
from garrod.knowledge.shelf import Shelf

PACK = "drugs"
FORMS = (
    *("tablet", "capsule", "sachet", "suspension", "inhaler", "injection"),
    *("cream", "gel", "eye drops", "mouth spray", "nasal spray"),
)
UNITS = ("mg", "ug", "[iU]", "%")
VITALS = ("bp", "weight")  # taken in the practice, not by a laboratory
GROWN = 12  # from this age a line has an adult's dose, and none is begun before, unless it says so
MANY_TESTS = 60  # Not clinical: a year, of one panel
Known = Container[str]


def gradient(ratio: float) -> tuple[float, ...]:
    """Return a factor per decile of deprivation, 1 first: log-linear, of mean 1."""
    steps = [ratio ** (1 - n / (DECILES - 1)) for n in range(DECILES)]
    mean = sum(steps) / DECILES
    return tuple(step / mean for step in steps)


def checked(section: Section, key: str, kind: Any) -> str:
    """Return a code with its shape and check digit right.  Raises: InputError INP050."""
    found = section.text(key)
    try:
        return str(kind(found))
    except CodeError as error:
        raise wrong(f"{section.place}.{key}", error.message) from error


def medicines_of(root: Section, shelf: Shelf) -> dict[str, Medicine]:
    """Return the medicines by name, with the pack's codes where it has them."""
    general = root.section("medicines").sourced()
    general.done()
    pack = {row["drug"]: row for row in shelf.rows(PACK, "drugs")}
    return {name: _medicine(name, row, pack) for name, row in root.named("medicine")}


def _medicine(name: str, row: Section, pack: Mapping[str, Any]) -> Medicine:
    ingredient = row.text("ingredient", name)
    known = pack.get(ingredient, {})
    atc, rxnorm = known.get("atc", "").split("|")[0], known.get("rxnorm", "").split("|")[0]
    unit, form = row.text("unit", "mg"), row.text("form", "tablet")
    if unit not in UNITS or form not in FORMS:
        raise wrong(row.place, f"expected a unit of {UNITS} and a form of {FORMS}")
    strengths = row.numbers("strengths", low=0.001)
    if list(strengths) != sorted(set(strengths)):
        raise wrong(f"{row.place}.strengths", "expected ascending numbers")
    every = row.text("every", "d")
    if every not in ("d", "wk"):
        raise wrong(f"{row.place}.every", 'expected "d" or "wk"')
    found = Medicine(
        key=name,
        name=ingredient,
        atc=checked(row, "atc", Atc) if row.has("atc") else atc,
        rxnorm=checked(row, "rxnorm", RxNorm) if row.has("rxnorm") else rxnorm,
        strengths=strengths,
        unit=unit,
        form=form,
        pieces=row.whole("pieces", 1, 8, 1),
        times=row.whole("times", 1, 4, 1),
        every=every,
        as_needed=row.flag("as_needed"),
        directions=row.text("directions", ""),
        target_inr=row.number("target_inr", 0, 5, 0),
        tests=row.weights("tests", {}),
    )
    row.done()
    if not found.atc and not found.rxnorm:
        raise wrong(row.place, f"has no code here, and the pack {PACK} has none for it")
    return found


def conditions_of(
    root: Section, count: int, medicines: Known, panels: Mapping[str, Panel]
) -> tuple[Illness, ...]:
    """Return the conditions that last; the medicines' and their own tests must be known."""
    found = []
    for row in root.sections("condition"):
        tests = row.weights("tests", {})
        for name, often in tests.items():
            if name not in panels and name not in VITALS:
                raise wrong(f"{row.place}.tests", f"no panel {name!r} is in the profile")
            if often > MANY_TESTS:
                raise wrong(f"{row.place}.tests.{name}", f"expected at most {MANY_TESTS} a year")
        found.append(
            Illness(
                **_named(row.sourced()),
                curves={sex: row.numbers(sex, count, 0, 1) for sex in SEXES},
                slots=_slots(row, medicines),
                by_decile=gradient(row.number("deprivation", 0.1, 10)),
                by_ethnicity=row.weights("ethnicity", {}),
                tests=tests,
                is_hospitals=row.flag("hospital"),
                from_age=row.whole("from_age", 0, OLDEST, 0),
            )
        )
        row.done()
    _check_keys("condition", found)
    return tuple(found)


def episodes_of(root: Section, count: int, medicines: Known) -> tuple[Illness, ...]:
    """Return the illnesses of days."""
    found = []
    for row in root.sections("episode"):
        curves = {sex: row.numbers(sex, count, 0, 5) for sex in SEXES}
        slots = _slots(row, medicines, is_course=True)
        found.append(Illness(**_named(row.sourced()), curves=curves, slots=slots))
        row.done()
    _check_keys("episode", found)
    return tuple(found)


def _named(row: Section) -> dict[str, Any]:
    return {
        "key": row.text("key"),
        "name": row.text("name"),
        "snomed": checked(row, "snomed", Snomed),
        "icd10": checked(row, "icd10", Icd10),
    }


def _check_keys(kind: str, found: list[Illness]) -> None:
    keys = [illness.key for illness in found]
    twice = sorted({k for k in keys if keys.count(k) > 1})
    if twice:
        raise wrong(kind, f"{', '.join(twice)} stand there more than once")


def _slots(row: Section, medicines: Known, *, is_course: bool = False) -> tuple[Slot, ...]:
    found = []
    for slot in row.sections("medicines", []):
        found.append(_slot(slot, medicines, is_course=is_course))
        slot.done()
    return tuple(found)


def _slot(slot: Section, medicines: Known, *, is_course: bool = False) -> Slot:
    choices, companion = slot.weights("choices"), slot.text("with", "")
    check_medicines(slot, [*choices, *([companion] if companion else [])], medicines)
    return Slot(
        share=slot.share("share"),
        choices=Odds.of(choices),
        group=slot.text("group", ""),
        companion=companion,
        from_age=slot.whole("from_age", 0, OLDEST, GROWN),
        to_age=slot.whole("to_age", 0, OLDEST, OLDEST),
        days=slot.whole("days", 1, 180) if is_course else 0,
    )


def together_of(root: Section, medicines: Known) -> tuple[Together, ...]:
    """Return what is taken because of another medicine; all must be known."""
    found = []
    for row in root.sections("together", []):
        given = row.sourced().words("given")
        check_medicines(row, list(given), medicines)
        found.append(Together(frozenset(given), _slot(row, medicines)))
        row.done()
    return tuple(found)


def figures_of(root: Section) -> tuple[Figure, ...]:
    """Return how many take how many medicines in life, each figure with its source."""
    found = []
    for row in root.sections("polypharmacy", []):
        found.append(
            Figure(
                what=row.sourced().text("what"),
                from_age=row.whole("from_age", 0, OLDEST, 0),
                to_age=row.whole("to_age", 0, OLDEST, OLDEST),
                least=row.whole("least", 1, 50),
                share=row.share("share"),
                source=row.text("source"),
            )
        )
        row.done()
    return tuple(found)


def check_medicines(section: Section, names: list[str], medicines: Known) -> None:
    """Check that medicines are known.  Raises: InputError INP050."""
    unknown = [name for name in names if name not in medicines]
    if unknown:
        raise wrong(section.place, f"no [medicine] table is there for {', '.join(unknown)}")


def body_of(root: Section) -> Body:
    """Return births, habits, height and weight."""
    births, habits = root.section("pregnancy").sourced(), root.section("habits").sourced()
    body = root.section("body").sourced()
    ages = births.ages("ages")
    smoker, tilt = habits.share("smoker"), habits.number("smoker_deprivation", 0.1, 10)
    found = Body(
        birth_ages=ages,
        births=births.numbers("births", len(ages), 0, 1),
        breastfeeding=births.share("breastfeeding_share"),
        folic_acid=births.share("folic_acid_share"),
        smoker=tuple(smoker * factor for factor in gradient(tilt)),
        ex_smoker=habits.share("ex_smoker"),
        habit_recorded=habits.share("recorded"),
        heights={sex: _pair(body, f"height_{sex}") for sex in SEXES},
        bmi=_pair(body, "bmi"),
        weighed=body.share("recorded"),
    )
    for section in (births, habits, body):
        section.done()
    return found


def _pair(section: Section, key: str) -> tuple[float, float]:
    mean, sd = section.numbers(key, 2)
    return mean, sd


def allergies_of(section: Section, medicines: Known) -> Allergies:
    """Return the allergies; each reaction must have a code."""
    table = section.section("reaction_codes")
    codes = {name: checked(table, name, Snomed) for name in table.names()}
    kinds = []
    for row in section.sections("kinds"):
        medicine, reactions = row.text("medicine", ""), row.weights("reactions")
        if medicine:
            check_medicines(row, [medicine], medicines)
        unknown = sorted(set(reactions) - set(codes))
        if unknown:
            raise wrong(f"{row.place}.reactions", f"no code is there for {', '.join(unknown)}")
        kind = row.text("type")
        if kind not in ("allergy", "intolerance"):
            raise wrong(f"{row.place}.type", "expected allergy or intolerance")
        kinds.append(
            AllergyKind(
                name=row.text("name", "") if medicine else row.text("name"),
                snomed="" if medicine else checked(row, "snomed", Snomed),
                medicine=medicine,
                share=row.share("share"),
                type=kind,
                severe=row.share("severe"),
                reactions=Odds.of(reactions),
            )
        )
        row.done()
    found = Allergies(
        tuple(kinds), section.share("none_known"), section.share("de_labelled"), codes
    )
    section.done()
    return found
