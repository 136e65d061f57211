"""What the file of rates says of a year of accesses, checked; made by `load_rates`."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from garrod.adapters.world.chance import Odds
from garrod.adapters.world.section import Section
from garrod.core.errors import InputError

SHIPPED = Path(__file__).with_name("accesses.toml")
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class PeopleRates:
    """How many people there are, and how they live together."""

    count: int
    visitors: float
    household_same_name: float
    household_size: tuple[float, ...]
    public_figures: float
    postcode_homes: int


@dataclass(frozen=True, slots=True)
class CareRates:
    """Contacts a person and year, before the person's burden."""

    burden: Odds[float]
    visits: float
    telephone: float
    stays: float
    stay_days: Range
    attendances: float
    late_entry: float
    outpatients: float
    tests: float
    dispensed: float


@dataclass(frozen=True, slots=True)
class LookRates:
    """How often each step of care is looked at."""

    visit_clinician: Range
    visit_clerk: float
    visit_results: float
    visit_cover: float
    ward_day: Range
    ward_cover: float
    named_nurses: int
    outpatient_team: Range
    meeting_each: int
    meeting_people: Range
    clerks_day: Range
    clerks_unknown: float
    advice_day: float
    wrong_person: float
    results_late: float
    glass: float
    relatives_treated: float
    relatives_unrecorded: float


@dataclass(frozen=True, slots=True)
class HourRates:
    """When people work."""

    day: Range
    weekend_clinics: float
    night_share: float
    emergency_night: float


@dataclass(frozen=True, slots=True)
class StaffRates:
    """How many work where."""

    practices: int
    wards: int
    clinics: int
    practice_locums: int
    bank_nurses: int
    own_practice: float
    relatives_here: float
    teams: Mapping[str, Mapping[str, int]]  # practice, ward, emergency … -> role -> heads


@dataclass(frozen=True, slots=True)
class SnoopKind:
    """One kind of planted snoop."""

    kind: str
    says: str
    looks: Range
    days: Range
    is_counted: bool


@dataclass(frozen=True, slots=True)
class SnoopRates:
    """How many snoops are planted, and when they look."""

    each: int
    during_work: float
    when_in_care: float
    glass: float


@dataclass(frozen=True, slots=True)
class Rates:
    """A year of accesses to draw."""

    title: str
    people: PeopleRates
    middles: tuple[str, ...]
    name_power: float
    name_shift: float
    staff: StaffRates
    care: CareRates
    looks: LookRates
    hours: HourRates
    snoops: SnoopRates
    kinds: tuple[SnoopKind, ...]


TEAMS = ("practice", "ward", "emergency", "clinic", "pharmacy", "records", "laboratory")


def load_rates(path: Path | None = None) -> Rates:
    """Return the rates of a file; the shipped ones where none is named.

    Raises: InputError INP050 for what is missing, misspelt or out of range, or names no source.
    """
    file = path or SHIPPED
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{file}: cannot be read as TOML", code="INP050") from error
    root = Section("the file", data)
    names = root.section("names").sourced()
    found = Rates(
        root.text("title"),
        _filled(PeopleRates, root.section("people")),
        ("", *names.words("middles")),
        names.number("power"),
        names.number("shift"),
        _staff(root.section("staff")),
        _care(root.section("care")),
        _filled(LookRates, root.section("looks")),
        _filled(HourRates, root.section("hours")),
        _filled(SnoopRates, root.section("snoops")),
        tuple(_kind(section) for section in root.sections("snoop")),
    )
    names.done()
    root.done()
    return found


def _filled(shape: Any, section: Section, **given: Any) -> Any:
    """Return a dataclass whose fields are the keys of a section, of those types."""
    section.sourced()
    read: dict[str, Callable[[str], Any]] = {
        "int": section.whole,
        "float": section.number,
        "Range": section.limits,
        "tuple[float, ...]": section.numbers,
    }
    for field in fields(shape):
        if field.name not in given:
            given[field.name] = read[str(field.type)](field.name)
    section.done()
    return shape(**given)


def _care(section: Section) -> CareRates:
    rows = section.sections("burden")
    odds = Odds([row.number("times") for row in rows], [row.share("share") for row in rows])
    found: CareRates = _filled(CareRates, section, burden=odds)
    return found


def _staff(section: Section) -> StaffRates:
    teams = {name: _heads(section.section(name)) for name in TEAMS}
    found: StaffRates = _filled(StaffRates, section, teams=teams)
    return found


def _heads(section: Section) -> dict[str, int]:
    return {role: section.whole(role, 1, 1000) for role in section.names()}


def _kind(section: Section) -> SnoopKind:
    found = SnoopKind(
        section.text("kind"),
        section.text("says"),
        section.limits("looks"),
        section.limits("days"),
        section.flag("counted") if section.has("counted") else True,
    )
    section.done()
    return found
