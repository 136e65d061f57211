"""How each circumstance of a population fits a person, and what is asked where it is unknown."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from garrod.adapters.packs.load import load_shelf
from garrod.care.decide.case import case_of, setting_for
from garrod.care.decide.context import (
    ASKED,
    Context,
    Fit,
    context_of,
    parts_of,
    unspoken_of,
    weakest,
)
from garrod.care.decide.setting import STATE_LASTS, Setting, setting_of
from garrod.core.medicine import Coding, MedicineLine
from garrod.core.person import Person
from garrod.science.pgx.circumstances import Population, population_of
from garrod.science.pgx.guidance import load_guidance
from tests.making.decisions import ACS, ADULT, KNOWLEDGE, TODAY

CPIC = load_guidance(load_shelf())
BLANK = {
    **dict.fromkeys(("text", "question", "axis", "min_age", "max_age", "min_weight_kg"), ""),
    **{"indications": "", "default": ""},
}
WOMAN = Person("Patient/1", sex="female", birth_date=date(1996, 1, 1))


def group(name: str = "p", **cells: str) -> Population:
    return population_of({**BLANK, "population": name, **cells})


def setting(person: Person = WOMAN, **more: Any) -> Setting:
    line = MedicineLine("x", **{k: more.pop(k) for k in ("route", "daily_mg") if k in more})
    made = Setting(person, line, True, TODAY, frozenset(), frozenset())
    return replace(made, **more)


def context(where: Setting, *groups: Population) -> Context:
    known = {g.population: g for g in groups}
    return context_of(replace(CPIC, populations=known), known, where.circumstances)


def fit(where: Setting, **cells: str) -> Fit:
    (found,) = parts_of(group(**cells), where.circumstances).values()
    return found


def test_population_without_constraints_asks_nothing() -> None:
    assert parts_of(group(), setting().circumstances) == {}
    assert weakest(()) is Fit.YES
    assert weakest((Fit.YES, Fit.NO, Fit.UNKNOWN)) is Fit.NO


@pytest.mark.parametrize(
    ("where", "cells", "fits"),
    [
        (setting(), {"sex": "female"}, Fit.YES),
        (setting(), {"sex": "male"}, Fit.NO),
        (setting(Person("p")), {"sex": "male"}, Fit.UNKNOWN),
        (setting(route="oral"), {"routes": "oral|buccal"}, Fit.YES),
        (setting(route="topical"), {"routes": "oral|buccal"}, Fit.NO),
        (setting(), {"routes": "oral"}, Fit.UNKNOWN),
        (setting(daily_mg=Decimal(20)), {"min_daily_mg": "20"}, Fit.YES),
        (setting(daily_mg=Decimal(20)), {"max_daily_mg": "20"}, Fit.YES),
        (setting(daily_mg=Decimal("19.9")), {"min_daily_mg": "20"}, Fit.NO),
        (setting(daily_mg=Decimal("20.1")), {"max_daily_mg": "20"}, Fit.NO),
        (setting(), {"max_daily_mg": "20"}, Fit.UNKNOWN),
        (setting(taken=frozenset({"paroxetine"})), {"taking": "paroxetine"}, Fit.YES),
        (setting(), {"taking": "paroxetine|CYP2D6:strong"}, Fit.NO),
        (setting(inhibitors=frozenset({"CYP2D6:weak"})), {"taking": "CYP2D6:strong"}, Fit.NO),
        (setting(inhibitors=frozenset({"A:strong"})), {"taking": "A:strong+B:strong"}, Fit.NO),
        (
            setting(inhibitors=frozenset({"A:strong", "B:strong"})),
            {"taking": "A:strong+B:strong"},
            Fit.YES,
        ),
        (setting(), {"exposure": "naive"}, Fit.YES),
        (setting(), {"exposure": "exposed"}, Fit.NO),
        (setting(is_new=False), {"exposure": "exposed"}, Fit.UNKNOWN),
        (setting(), {"exposure": "no-alternatives"}, Fit.NO),
        (setting(Person("p", weight_kg=Decimal(50))), {"min_weight_kg": "40"}, Fit.YES),
        (setting(Person("p", weight_kg=Decimal(40))), {"min_weight_kg": "40"}, Fit.NO),
        (setting(Person("p")), {"min_weight_kg": "40"}, Fit.UNKNOWN),
        (setting(Person("p")), {"max_age": "17"}, Fit.UNKNOWN),
    ],
)
def test_constraint_fits_does_not_or_is_unknown(
    where: Setting, cells: dict[str, str], fits: Fit
) -> None:
    assert fit(where, **cells) is fits


@pytest.mark.parametrize(
    ("person", "fits"),
    [
        (replace(WOMAN, is_pregnant=True), Fit.YES),
        (replace(WOMAN, is_pregnant=False), Fit.NO),
        (WOMAN, Fit.UNKNOWN),
        (replace(WOMAN, sex=""), Fit.UNKNOWN),
        (replace(WOMAN, birth_date=None), Fit.UNKNOWN),
        (replace(WOMAN, sex="male"), Fit.NO),
        (replace(WOMAN, sex="male", is_pregnant=True), Fit.YES),  # the record knows better
        (replace(WOMAN, birth_date=date(1950, 1, 1)), Fit.NO),
        (replace(WOMAN, birth_date=date(2020, 1, 1)), Fit.NO),
    ],
)
def test_pregnancy_is_asked_of_those_who_may_be_pregnant(person: Person, fits: Fit) -> None:
    assert fit(setting(person), pregnant="yes") is fits
    opposite = {Fit.YES: Fit.NO, Fit.NO: Fit.YES, Fit.UNKNOWN: Fit.UNKNOWN}
    assert fit(setting(person), pregnant="no") is opposite[fits]


@pytest.mark.parametrize("known", [True, False])
def test_pregnancy_and_breastfeeding_of_long_ago_are_asked_again(known: bool) -> None:
    lasting, past = TODAY - STATE_LASTS, TODAY - STATE_LASTS - timedelta(days=1)
    for day, found in ((lasting, known), (past, None)):
        person = replace(WOMAN, is_pregnant=known, pregnancy_seen=day)
        assert setting(person).is_pregnant is found
        person = replace(WOMAN, is_breastfeeding=known, breastfeeding_seen=day)
        assert setting(person).is_breastfeeding is found


@pytest.mark.parametrize(
    ("born", "days", "fits"),
    [
        (date(2014, 1, 1), 90, Fit.NO),
        (date(2014, 1, 1), 91, Fit.UNKNOWN),  # a child grows
        (date(1980, 1, 1), 91, Fit.NO),
        (None, 91, Fit.UNKNOWN),
    ],
)
def test_weight_of_a_child_is_asked_again_when_it_may_have_grown(
    born: date | None, days: int, fits: Fit
) -> None:
    seen = TODAY - timedelta(days=days)
    light = Person("p", birth_date=born, weight_kg=Decimal(39), weight_seen=seen)
    assert fit(setting(light), min_weight_kg="40") is fits
    heavy = replace(light, weight_kg=Decimal(41))
    assert fit(setting(heavy), min_weight_kg="40") is Fit.YES


def test_constraints_hold_together_and_each_unknown_one_is_asked() -> None:
    both = group("both", axis="indication", indications="pain", question="Pain?", min_age="18")
    ageless = setting(Person("p"))
    asked = context(ageless, both)
    assert (asked.populations, asked.is_open) == (("both",), True)
    assert asked.question == f"{ASKED['age']} Pain?"
    stated = replace(ageless, indications=frozenset({"pain"}), is_stated=True)
    assert context(stated, both).question == ASKED["age"]
    child = replace(stated, person=replace(WOMAN, birth_date=date(2015, 1, 1)))
    assert context(child, both) == Context(())


def test_question_that_a_population_does_not_word_is_worded_by_its_axis() -> None:
    silent = group("by-route", axis="route", routes="oral")
    assert context(setting(), silent).question == ASKED["route"]


def test_default_that_asks_nothing_is_whoever_belongs_to_no_other() -> None:
    high = group("high", axis="dose", min_daily_mg="20", question="How much?")
    rest = group("rest", axis="dose", default="yes")
    told = [context(setting(daily_mg=Decimal(mg)), high, rest).populations for mg in (20, 19)]
    assert told == [("high",), ("rest",)]
    untold = context(setting(), high, rest)
    assert untold == Context(("high", "rest"), "How much?")
    assert context(setting(), rest) == Context(("rest",))


def test_default_keeps_its_own_constraints() -> None:
    high = group("high", axis="dose", min_daily_mg="20")
    rest = group("rest", axis="dose", default="yes", min_age="18")
    child = setting(replace(WOMAN, birth_date=date(2015, 1, 1)), daily_mg=Decimal(5))
    assert context(child, high, rest) == Context(())


def test_population_of_everyone_comes_before_those_of_an_axis() -> None:
    found = context(setting(), group("women", axis="sex", sex="female"), group("all"))
    assert found == Context(("all", "women"))


def test_reason_on_the_order_outranks_the_conditions_and_is_known_as_stated() -> None:
    person = replace(WOMAN, conditions=(ACS,))
    stroke = Coding("http://snomed.info/sct", "230690007", "Stroke")
    line = MedicineLine("clopidogrel", reasons=(stroke,))
    made = setting_of(
        KNOWLEDGE.policy, person, line, is_new=True, today=TODAY,
        drug="clopidogrel", taken=["aspirin"], inhibitors=["CYP2C19:strong"],
    )  # fmt: skip
    assert (made.indications, made.is_stated) == (frozenset({"stroke"}), True)
    assert made.history == {"stroke", "acs"}
    assert (made.taken, made.inhibitors) == ({"aspirin"}, {"CYP2C19:strong"})
    past = setting_of(KNOWLEDGE.policy, person, MedicineLine("x"), is_new=True, today=TODAY)
    assert (past.indications, past.is_stated, past.drug) == (frozenset({"acs"}), False, "")


def test_why_no_population_fits_names_age_weight_or_the_groups() -> None:
    assert unspoken_of(CPIC, "voriconazole", WOMAN).endswith("people of this age")
    light = replace(WOMAN, weight_kg=Decimal(30))
    assert unspoken_of(CPIC, "efavirenz", light).endswith("of this age and weight")
    assert unspoken_of(CPIC, "efavirenz", WOMAN).endswith("of this age")
    assert "speaks only of: acute coronary" in unspoken_of(CPIC, "clopidogrel", WOMAN)


def test_dose_and_route_of_several_lines_of_a_medicine_are_not_added() -> None:
    lines = tuple(
        MedicineLine(words, route=route, daily_mg=Decimal(75))
        for words, route in (("clopidogrel 75 mg od", "oral"), ("Plavix 75 mg od", ""))
    )
    medicine = KNOWLEDGE.medicines.by_id("clopidogrel")
    assert medicine is not None
    case = case_of(KNOWLEDGE, replace(ADULT, medicines=lines), today=TODAY)
    both, one = (
        setting_for(KNOWLEDGE, case, medicine, naming, is_new=False).line
        for naming in (lines, lines[:1])
    )
    assert (both.route, both.daily_mg) == ("", None)
    assert (one.route, one.daily_mg) == ("oral", 75)
