"""The more is known of a person's circumstances, the fewer populations may apply: never another."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from garrod.adapters.packs.load import load_shelf
from garrod.care.decide.context import context_of
from garrod.care.decide.setting import FERTILE, Setting
from garrod.core.medicine import MedicineLine
from garrod.core.person import Person
from garrod.science.pgx.circumstances import Population
from garrod.science.pgx.guidance import load_guidance
from tests.making.desk_time import drawn

TODAY = date(2026, 11, 25)
SHELF = load_shelf()
CPIC, DPWG = (load_guidance(SHELF, p) for p in ("pgx-guidance", "pgx-guidance-dpwg"))
SHIPPED = tuple(dict.fromkeys((*CPIC.populations.values(), *DPWG.populations.values())))
USES = sorted({use for population in SHIPPED for use in population.indications})
MARKS = ("CYP2D6:strong", "CYP3A4:moderate", "CYP3A4:strong")
FORGETTABLE = ("birth", "weight", "sex", "pregnancy", "route", "dose", "use", "start")


def flag(draw: st.DrawFn) -> bool:
    return draw(st.booleans())


@st.composite
def populations(draw: st.DrawFn, name: str, axis: str) -> Population:
    """Draw a population of an axis with any constraints, some of them blank."""
    ages = st.none() | st.integers(0, 90)
    doses = st.none() | st.integers(1, 400).map(Decimal)
    uses = draw(st.lists(st.sampled_from(USES), max_size=2, unique=True))
    return Population(
        name, name, f"{name}?", axis, draw(ages), draw(ages),
        draw(st.none() | st.floats(1, 120)), tuple(uses), flag(draw),
        sex=draw(st.sampled_from(["", "male", "female"])),
        is_pregnant=draw(st.sampled_from([None, True, False])),
        routes=tuple(draw(st.lists(st.sampled_from(["oral", "topical"]), max_size=1))),
        min_daily_mg=draw(doses), max_daily_mg=draw(doses),
        taking=tuple(draw(st.lists(st.sampled_from(MARKS), max_size=2, unique=True))),
        exposure=draw(st.sampled_from(["", "naive", "exposed", "no-alternatives"])),
    )  # fmt: skip


AXES = (
    *("age", "indication", "condition", "exposure", "dose", "route", "sex", "pregnancy"),
    "co-medication",
)


@st.composite
def choices(draw: st.DrawFn) -> dict[str, Population]:
    """Draw the populations of a drug: shipped ones, or any, on up to three axes."""
    if flag(draw):
        view = draw(st.sampled_from([CPIC, DPWG]))
        codes = view.populations_of(draw(st.sampled_from(view.drugs())))
        return {code: view.populations[code] for code in codes}
    axes = draw(st.lists(st.sampled_from(AXES), min_size=1, max_size=4))
    drawn = [draw(populations(f"p{i}", axis)) for i, axis in enumerate(axes)]
    return {p.population: p for p in drawn}


@st.composite
def settings_known(draw: st.DrawFn) -> Setting:
    """Draw circumstances of which everything is known."""
    sex = draw(st.sampled_from(["male", "female"]))
    born = draw(st.dates(date(1936, 1, 1), date(2026, 1, 1)))
    may_be = sex == "female" and TODAY.year - born.year in FERTILE and TODAY.year - born.year > 12
    person = Person(
        "Patient/1",
        sex=sex,
        birth_date=born,
        weight_kg=Decimal(draw(st.integers(3, 120))),
        is_pregnant=may_be and flag(draw),  # of others it is presumed, and not asked
    )
    line = MedicineLine(
        "x",
        started=draw(st.dates(date(2026, 1, 1), TODAY)),
        route=draw(st.sampled_from(["oral", "topical", "nasal"])),
        daily_mg=Decimal(draw(st.integers(1, 400))),
    )
    uses = frozenset(draw(st.sets(st.sampled_from(USES), min_size=1, max_size=2)))
    marks = frozenset(draw(st.sets(st.sampled_from(MARKS))))
    taken = frozenset({"x"})
    return Setting(
        person, line, False, TODAY, uses, uses,
        is_stated=flag(draw), drug="x", taken=taken, inhibitors=marks,
    )  # fmt: skip


def forgetting(known: Setting, what: str) -> Setting:
    """Return circumstances of which one thing is not known."""
    person, line = known.person, known.line
    if what == "birth":
        return replace(known, person=replace(person, birth_date=None))
    if what == "weight":
        return replace(known, person=replace(person, weight_kg=None))
    if what == "sex":
        return replace(known, person=replace(person, sex=""))
    if what == "pregnancy":
        return replace(known, person=replace(person, is_pregnant=None))
    if what == "route":
        return replace(known, line=replace(line, route=""))
    if what == "dose":
        return replace(known, line=replace(line, daily_mg=None))
    if what == "start":
        return replace(known, line=replace(line, started=None))
    return replace(known, indications=frozenset(), history=frozenset(), is_stated=False)


@settings(max_examples=drawn(200), deadline=None)
@given(choices(), settings_known(), st.permutations(FORGETTABLE))
def test_knowing_more_never_adds_a_population(
    chosen: dict[str, Population], known: Setting, order: list[str]
) -> None:
    guidance = replace(CPIC, populations=chosen)
    fewer = set(context_of(guidance, chosen, known.circumstances).populations)
    for what in order:
        known = forgetting(known, what)
        more = set(context_of(guidance, chosen, known.circumstances).populations)
        assert fewer <= more, what
        fewer = more


@settings(max_examples=drawn(150), deadline=None)
@given(choices(), settings_known(), st.sampled_from(FORGETTABLE))
def test_where_a_fact_chooses_it_is_asked_for_when_it_is_not_known(
    chosen: dict[str, Population], known: Setting, what: str
) -> None:
    guidance = replace(CPIC, populations=chosen)
    told = context_of(guidance, chosen, known.circumstances)
    untold = context_of(guidance, chosen, forgetting(known, what).circumstances)
    if set(untold.populations) - set(told.populations):
        assert untold.question
