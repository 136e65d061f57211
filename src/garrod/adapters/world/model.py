"""What a profile says, ready to be drawn from; made by `load`, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from garrod.adapters.world.chance import Odds

Strands = tuple[str, str]  # the population that each parent's strand is drawn from
Curve = tuple[float, ...]  # by the ages of the profile
SEXES = ("female", "male")
DECILES = 10
OLDEST = 130  # Not clinical: an age that nobody reaches


@dataclass(frozen=True, slots=True)
class Ethnic:
    """An ethnic category: its letter, name, and the ancestry of the two strands."""

    letter: str
    name: str
    ancestry: Strands


@dataclass(frozen=True, slots=True)
class People:
    """Ages, sexes, ethnicities (by decile), names and streets."""

    bands: Odds[tuple[int, int]]
    female: float
    female_from_80: float
    ethnicities: tuple[Odds[Ethnic], ...]
    not_stated: float
    given: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
    family: tuple[tuple[str, ...], tuple[str, ...]]
    streets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """How many organisations there are, and who is registered where."""

    practices: int
    hospitals: int
    pharmacies: int
    doctors: int
    own_decile: float


@dataclass(frozen=True, slots=True)
class Medicine:
    """A medicine: names, codes, strengths, how it is taken, what is watched."""

    key: str
    name: str  # of the ingredient
    atc: str
    rxnorm: str
    strengths: tuple[float, ...]
    unit: str = "mg"
    form: str = "tablet"
    pieces: int = 1
    times: int = 1
    every: str = "d"
    as_needed: bool = False
    directions: str = ""
    target_inr: float = 0
    tests: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slot:
    """A medicine that some of those with an illness take; one of a group at most is taken."""

    share: float
    choices: Odds[str]
    group: str = ""
    companion: str = ""
    from_age: int = 0
    to_age: int = OLDEST
    days: int = 0


@dataclass(frozen=True, slots=True)
class Illness:
    """A condition that lasts (prevalence), or an episode (rate a year), by sex and age."""

    key: str
    name: str
    snomed: str
    icd10: str
    curves: Mapping[str, Curve]
    slots: tuple[Slot, ...]
    by_decile: tuple[float, ...] = (1.0,) * DECILES
    by_ethnicity: Mapping[str, float] = field(default_factory=dict)
    tests: Mapping[str, float] = field(default_factory=dict)
    is_hospitals: bool = False
    from_age: int = 0


@dataclass(frozen=True, slots=True)
class Together:
    """A medicine that some take because they take another, as a stomach's protection."""

    given: frozenset[str]
    slot: Slot


@dataclass(frozen=True, slots=True)
class Figure:
    """How many people of some ages take so many medicines or more in life: to compare with."""

    what: str
    from_age: int
    to_age: int
    least: int
    share: float
    source: str


@dataclass(frozen=True, slots=True)
class Course:
    """How lines begin, change, end and are collected within a year."""

    years_taken: tuple[int, int]
    started: float
    changed: float
    stopped: float
    stop_reasons: Odds[str]
    supply_days: Odds[int]
    taken_well: float
    collected: float
    collected_badly: float
    never_collected: float
    stated: float
    stated_medicines: Odds[str]


@dataclass(frozen=True, slots=True)
class Visits:
    """Visits to a practice a year, and how many of them are recorded."""

    ages: tuple[int, ...]
    curves: Mapping[str, Curve]
    recorded: float
    by_telephone: float


@dataclass(frozen=True, slots=True)
class Admissions:
    """Admissions to hospital, and what they change."""

    ages: tuple[int, ...]
    rates: Curve
    most: int
    nights: tuple[int, int]
    stopped: float
    changed: float
    started: float
    started_from_age: int
    started_medicines: Odds[str]
    updated: float
    delay: tuple[int, int]
    reasons: Odds[Illness]


@dataclass(frozen=True, slots=True)
class Body:
    """Births, habits, height and weight."""

    birth_ages: tuple[int, ...]
    births: Curve
    breastfeeding: float
    folic_acid: float
    smoker: tuple[float, ...]
    ex_smoker: float
    habit_recorded: float
    heights: Mapping[str, tuple[float, float]]
    bmi: tuple[float, float]
    weighed: float


@dataclass(frozen=True, slots=True)
class AllergyKind:
    """An allergy or intolerance; to a medicine by its name, or by a SNOMED CT code."""

    name: str
    snomed: str
    medicine: str
    share: float
    type: str
    severe: float
    reactions: Odds[str]


@dataclass(frozen=True, slots=True)
class Allergies:
    """Which allergies there are; `reaction_codes` are SNOMED CT's."""

    kinds: tuple[AllergyKind, ...]
    none_known: float
    de_labelled: float
    reaction_codes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Result:
    """A laboratory value: middle, spread between people and from test to test, limits."""

    key: str
    name: str
    loinc: str
    unit: str
    digits: int
    mean: float = 0
    sd: float = 0
    within: float = 0
    low: float = 0
    high: float = 0
    per_year: float = 0
    ill: tuple[float, float] = (0, 0)  # mean and spread in those whom the illness moves


@dataclass(frozen=True, slots=True)
class Panel:
    """A laboratory test that is ordered as one."""

    key: str
    name: str
    loinc: str
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class GeneTest:
    """A genetic test: which genes, who has it, and how far it is."""

    key: str
    name: str
    genes: tuple[str, ...]
    share: float
    states: Odds[str]
    medicines: frozenset[str]
    conditions: frozenset[str]
    from_age: int


@dataclass(frozen=True, slots=True)
class Profile:
    """A world to draw people from."""

    title: str
    people: People
    places: Places
    ages: tuple[int, ...]
    burden: Odds[float]
    conditions: tuple[Illness, ...]
    episodes: tuple[Illness, ...]
    together: tuple[Together, ...]
    course: Course
    visits: Visits
    admissions: Admissions
    body: Body
    allergies: Allergies
    panels: Mapping[str, Panel]
    pending: float
    cancelled: float
    missed: float
    strands: Mapping[str, Mapping[str, Odds[str]]]  # gene, population -> alleles
    carried: Mapping[str, str]  # gene -> the one allele that a test looks for
    gene_tests: tuple[GeneTest, ...]
    medicines: Mapping[str, Medicine]
    figures: tuple[Figure, ...] = ()
