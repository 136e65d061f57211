"""From a profile's TOML and the packs to a world that can be drawn from.

profile.toml -> sections, each checked and each with a source -> Profile
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from garrod.adapters.world.chance import Odds
from garrod.adapters.world.load_care import admissions_of, course_of, panels_of, visits_of
from garrod.adapters.world.load_genes import strands_of, tests_of
from garrod.adapters.world.load_health import (
    allergies_of,
    body_of,
    conditions_of,
    episodes_of,
    figures_of,
    gradient,
    medicines_of,
    together_of,
)
from garrod.adapters.world.model import DECILES, Ethnic, People, Places, Profile
from garrod.adapters.world.section import Section, wrong
from garrod.core.errors import InputError
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.populations import POPULATIONS

SHIPPED = Path(__file__).with_name("profile.toml")
LETTERS = "ABCDEFGHJKLMNPRS"  # ethnic category, NHS Data Dictionary (UK Core EthnicCategoryEngland)
MEAN_SLACK = 0.02  # Not clinical: how far the mean of burdens may miss one


def load_profile(shelf: Shelf, path: Path | None = None) -> Profile:
    """Return the profile of a file; the shipped one where none is named.

    `shelf` gives medicines their codes and genes their frequencies.  Raises: InputError INP050.
    """
    file = path or SHIPPED
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: cannot be read as UTF-8 text", code="INP050") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{file}: is not TOML: {error}", code="INP050") from error
    try:
        return _profile(Section("the file", data), shelf)
    except InputError as error:
        raise InputError(f"{file}: {error.message}", code=error.code) from error


def _profile(root: Section, shelf: Shelf) -> Profile:
    root.section("codes").sourced()
    title, places = root.text("title"), _places(root.section("places").sourced())
    medicines = medicines_of(root, shelf)
    panels = panels_of(root)
    prevalence = root.section("prevalence").sourced()
    ages = prevalence.ages("ages")
    prevalence.text("deprivation_source")
    burden = _burden(prevalence)
    prevalence.done()
    conditions = conditions_of(root, len(ages), medicines, panels)
    tests = root.section("tests").sourced()
    strands, carried = strands_of(root, shelf)
    profile = Profile(
        title=title,
        people=_people(root),
        places=places,
        ages=ages,
        burden=burden,
        conditions=conditions,
        episodes=episodes_of(root, len(ages), medicines),
        together=together_of(root, medicines),
        course=course_of(root.section("course").sourced(), medicines),
        visits=visits_of(root.section("visits").sourced()),
        admissions=admissions_of(root.section("admissions").sourced(), medicines),
        body=body_of(root),
        allergies=allergies_of(root.section("allergy").sourced(), medicines),
        panels=panels,
        pending=tests.share("pending_share"),
        cancelled=tests.share("cancelled_share"),
        missed=tests.share("missed_share", 0),
        strands=strands,
        carried=carried,
        gene_tests=tests_of(root, strands, medicines, {c.key for c in conditions}),
        medicines=medicines,
        figures=figures_of(root),
    )
    tests.done()
    root.done()
    return profile


def _burden(prevalence: Section) -> Odds[float]:
    rows = prevalence.sections("burden")
    found = [(row.number("times", 0, 10), row.share("share")) for row in rows]
    for row in rows:
        row.done()
    total = sum(share for _, share in found)
    mean = sum(times * share for times, share in found)
    if abs(total - 1) > MEAN_SLACK or abs(mean - 1) > MEAN_SLACK:
        raise wrong("prevalence.burden", "expected shares that sum to 1 and times of mean 1")
    return Odds([times for times, _ in found], [share for _, share in found])


def _places(section: Section) -> Places:
    found = Places(
        practices=section.whole("practices", DECILES, 9_000),
        hospitals=section.whole("hospitals", 1, 900),
        pharmacies=section.whole("pharmacies", 1, 9_000),
        doctors=section.whole("doctors_per_practice", 1, 9),
        own_decile=section.share("own_decile_share"),
    )
    section.done()
    return found


def _people(root: Section) -> People:
    sex, names = root.section("sex").sourced(), root.section("names").sourced()
    ethnicity = root.section("ethnicity").sourced()
    found = People(
        bands=_bands(root.section("age").sourced()),
        female=sex.share("female"),
        female_from_80=sex.share("female_from_80"),
        ethnicities=_ethnicities(ethnicity),
        not_stated=ethnicity.share("not_stated"),
        given={s: (names.words(f"given_{s}"), names.words(f"given_{s}_ends"))
               for s in ("female", "male")},
        family=(names.words("family"), names.words("family_ends")),
        streets=names.words("streets"),
    )  # fmt: skip
    for section in (sex, names, ethnicity):
        section.done()
    return found


def _bands(section: Section) -> Odds[tuple[int, int]]:
    """Return the ages by band: the first and the last year of each."""
    starts = section.ages("starts")
    weights = section.numbers("weights", len(starts))
    oldest = section.whole("oldest", starts[-1], 115)
    section.done()
    ends = [*(start - 1 for start in starts[1:]), oldest]
    return Odds(list(zip(starts, ends, strict=True)), weights)


def _ethnicities(section: Section) -> tuple[Odds[Ethnic], ...]:
    """Return the odds of ethnic groups by decile of deprivation, 1 first."""
    tilts = section.weights("deprived_decile_share", {})
    groups, weights = [], []
    for row in section.sections("groups"):
        letter, ancestry = row.text("letter"), row.text("ancestry").split()
        if letter not in LETTERS or len(letter) != 1:
            raise wrong(f"{row.place}.letter", f"expected one of {LETTERS}")
        if len(ancestry) != 2 or not set(ancestry) <= set(POPULATIONS):
            raise wrong(f"{row.place}.ancestry", f"expected two of {' '.join(POPULATIONS)}")
        groups.append(Ethnic(letter, row.text("name"), (ancestry[0], ancestry[1])))
        weights.append(row.number("weight"))
        row.done()
    by_group: list[Any] = [gradient(tilts.get(g.letter, 1.0)) for g in groups]
    return tuple(
        Odds(groups, [w * tilt[d] for w, tilt in zip(weights, by_group, strict=True)])
        for d in range(DECILES)
    )
