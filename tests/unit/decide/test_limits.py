"""What speaks against a medicine whatever the genes: it holds, it may, or it does not."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from garrod.care.decide.contraindications import Limit, limit_of
from garrod.care.decide.limits import limits_of
from garrod.care.decide.model import Decision
from garrod.care.decide.setting import Setting, setting_of
from garrod.core.advice import Action, Target, Tier
from garrod.core.evidence import Evidence
from garrod.core.medicine import MedicineLine
from garrod.core.person import Person
from tests.making.decisions import KNOWLEDGE, TODAY

POLICY = KNOWLEDGE.policy
CITED = Evidence("A regulator", "2013", "update", "OGL-UK-3.0")
OTHER = Evidence("Another", "2017", "update", "public domain")
CODEINE = Target("codeine")
ROW = {
    **dict.fromkeys(("conditions", "below_age", "pregnant", "breastfeeding", "sex", "route"), ""),
    **{"drug": "codeine", "tier": "T1", "why": "must not be used so"},
}
CHILD, TEEN, WOMAN = date(2018, 1, 1), date(2012, 1, 1), date(1996, 1, 1)


def limit(evidence: Evidence = CITED, **cells: str) -> Limit:
    return limit_of({**ROW, **cells}, evidence)


YOUNG = limit(below_age="12", why="must not be used under 12")
TONSILS = limit(below_age="18", conditions="tonsils", why="must not be used after tonsillectomy")
FEEDING = limit(breastfeeding="yes", tier="T2", why="must not be used while breastfeeding")


def setting(
    born: date | None = None,
    sex: str = "",
    history: str = "",
    *,
    route: str = "",
    pregnant: bool | None = None,
    feeding: bool | None = None,
) -> Setting:
    person = Person("Patient/1", sex=sex, birth_date=born)
    person = replace(person, is_pregnant=pregnant, is_breastfeeding=feeding)
    line = MedicineLine("codeine", route=route)
    made = setting_of(POLICY, person, line, is_new=True, today=TODAY)
    return replace(made, history=frozenset(history.split()))


def said(where: Setting, *limits: Limit) -> Decision:
    return limits_of(limits, where, CODEINE, pack="policy-england@1")


def test_limit_that_holds_is_advice_to_avoid_with_its_reason_and_citation() -> None:
    (advice,) = said(setting(CHILD), YOUNG).advice
    assert (advice.action, advice.tier, advice.id) == (Action.AVOID, Tier.T1, "limit:codeine:avoid")
    assert advice.title == "Avoid codeine: it must not be used under 12"
    assert advice.summary == "Codeine must not be used under 12."
    assert (advice.evidence, advice.packs) == ((CITED,), ("policy-england@1",))
    steps = [(b.step, b.text) for b in advice.because]
    assert ("contraindication", "it must not be used under 12") in steps
    assert ("person", "the person's age is 8") in steps


def test_several_limits_that_hold_are_one_piece_of_advice_as_loud_as_the_loudest() -> None:
    quiet = limit(OTHER, conditions="tonsils", tier="T3", why="is not for this")
    found = said(setting(TEEN, "female", "tonsils", feeding=True), quiet, FEEDING, TONSILS)
    (advice,) = found.advice
    assert advice.tier is Tier.T1
    assert advice.evidence == (OTHER, CITED)
    assert "is not for this. Codeine must not be used while breastfeeding." in advice.summary
    facts = [b.text for b in advice.because if b.step == "person"]
    age, named, feeding = "the person's age is 14", "the record names: tonsils", "breastfeeding"
    assert facts == [age, named, f"the person is {feeding}"]
    assert found.not_assessed == ()


@pytest.mark.parametrize(
    ("limits", "where"),
    [
        (YOUNG, setting(date(2014, 11, 25))),  # the twelfth birthday
        (TONSILS, setting(WOMAN, "female", "tonsils")),
        (FEEDING, setting(WOMAN, "male")),
        (FEEDING, setting(WOMAN, "female", feeding=False)),
        (FEEDING, setting(date(1950, 1, 1), "female")),
        (limit(pregnant="yes"), setting(WOMAN, "female", pregnant=False)),
        (limit(sex="female"), setting(WOMAN, "male")),
        (limit(route="oral|buccal"), setting(route="topical")),
    ],
)
def test_limit_of_others_says_nothing(limits: Limit, where: Setting) -> None:
    assert said(where, limits) == Decision()


@pytest.mark.parametrize(
    ("limits", "where"),
    [
        (YOUNG, setting(date(2014, 11, 26))),  # the day before
        (TONSILS, setting(TEEN, history="stroke tonsils")),
        (FEEDING, setting(WOMAN, feeding=True)),
        (limit(pregnant="yes"), setting(WOMAN, "female", pregnant=True)),
        (limit(sex="female"), setting(WOMAN, "female")),
        (limit(route="oral|buccal"), setting(route="buccal")),
        (limit(), setting()),
    ],
)
def test_limit_of_this_person_holds(limits: Limit, where: Setting) -> None:
    assert [a.action for a in said(where, limits).advice] == [Action.AVOID]


def test_pregnancy_that_holds_is_named() -> None:
    (advice,) = said(setting(WOMAN, pregnant=True), limit(pregnant="yes")).advice
    assert advice.because[-1].text == "the person is pregnant"


def test_unknown_age_is_asked_for_once_and_loudly_enough_to_be_seen() -> None:
    found = said(setting(), YOUNG, limit(below_age="18", why="must not be used under 18"))
    (advice,) = found.advice
    assert (advice.action, advice.tier) == (Action.ASK, Tier.T3)
    assert advice.title == "Ask the age before giving codeine"
    assert advice.summary.startswith("Codeine must not be used under 12. The age is not known")
    assert advice.evidence == (CITED,)
    assert found.not_assessed == ()


@pytest.mark.parametrize(
    ("limits", "where", "asked"),
    [
        (TONSILS, setting(TEEN), "no such condition is on record"),
        (TONSILS, setting(), "the age is not known"),
        (FEEDING, setting(WOMAN, "female"), "is the person breastfeeding?"),
        (limit(pregnant="yes"), setting(), "is the person pregnant?"),
        (limit(sex="female"), setting(), "what is the person's sex?"),
        (limit(route="oral"), setting(), "by which route"),
    ],
)
def test_unknown_circumstance_is_named_as_not_assessed(
    limits: Limit, where: Setting, asked: str
) -> None:
    found = said(where, limits)
    assert found.advice == ()
    (gap,) = found.not_assessed
    assert (gap.target, gap.subject) == (CODEINE, "contraindication")
    assert gap.reason.startswith(f"it {limits.why}; ")
    assert asked in gap.reason


def test_question_falls_silent_where_another_limit_holds() -> None:
    found = said(setting(CHILD, "female"), FEEDING, YOUNG)
    assert [a.action for a in found.advice] == [Action.AVOID]
    assert found.not_assessed == ()


@pytest.mark.parametrize(
    ("born", "weight"), [(CHILD, Decimal(25)), (None, None), (WOMAN, Decimal(60))]
)
def test_medicine_without_limits_is_answered_with_nothing(
    born: date | None, weight: Decimal | None
) -> None:
    where = setting(born)
    where = replace(where, person=replace(where.person, weight_kg=weight))
    assert said(where) == Decision()
