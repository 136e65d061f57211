"""The circumstances of one medicine of one person: all that a recommendation may be chosen by.

person, line, day -> Setting -> Circumstances: what context asks, and nothing else of the person
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from garrod.care.decide.meanings import Meanings
from garrod.care.decide.policy import Policy
from garrod.core.medicine import MedicineLine
from garrod.core.person import Person
from garrod.science.pgx.circumstances import EXPOSED, NAIVE
from garrod.science.pgx.exposure import Estimate

# How long a medicine must have been taken to count as tolerated. Source: PMID 29392710 (CPIC,
# carbamazepine and oxcarbazepine: reactions come within three months).
EXPOSED_AFTER = timedelta(days=90)
# Ages, in years, between which it is asked whether a person is pregnant or breastfeeding.
# Source: own choice, wider than the 15 to 49 years by which WHO counts reproductive age (unchecked)
FERTILE = range(11, 60)
# For how long a pregnancy or breastfeeding, or that there is none, may be taken to last.
# Source: own choice, the forty weeks of a pregnancy
STATE_LASTS = timedelta(days=280)
# For how long the weight of a person who still grows is taken as today's; and until what age, in
# years, that is. Source: own choice
WEIGHT_LASTS, GROWN_UP = timedelta(days=90), 18


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a population may ask. Equal circumstances have the same context, whoever they are of.

    `marks` are the ids of medicines that are taken, and what these do to enzymes.
    """

    age: int | None
    weight_kg: Decimal | None
    may_weigh_more: bool
    sex: str
    is_pregnant: bool | None
    indications: frozenset[str]
    history: frozenset[str]
    is_stated: bool
    exposure: str
    route: str
    daily_mg: Decimal | None
    marks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Setting:
    """The circumstances of one medicine of one person: what context is chosen from.

    `drug` is the medicine's id; `taken` are the ids of all that the person's list names, and
    `inhibitors` what these do to enzymes: "CYP2D6:strong". `estimate` is how much of the medicine
    is likely to reach the blood, where that is known and differs. `known` is what the results mean.
    """

    person: Person
    line: MedicineLine
    is_new: bool
    today: date
    indications: frozenset[str]
    history: frozenset[str]  # every indication that the record or the order names
    is_stated: bool = False  # the order itself says what it is for
    drug: str = ""
    taken: frozenset[str] = frozenset()
    inhibitors: frozenset[str] = frozenset()
    estimate: Estimate | None = None
    known: Meanings = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "known", Meanings(self.person.findings))

    @property
    def circumstances(self) -> Circumstances:
        """Return what context asks."""
        return self.known.once("circumstances", self._circumstances)

    def _circumstances(self) -> Circumstances:
        return Circumstances(
            age=self.age,
            weight_kg=self.person.weight_kg,
            may_weigh_more=self.may_weigh_more,
            sex=self.person.sex,
            is_pregnant=self.is_pregnant,
            indications=self.indications,
            history=self.history,
            is_stated=self.is_stated,
            exposure=self.exposure,
            route=self.line.route,
            daily_mg=self.line.daily_mg,
            marks=self.taken | self.inhibitors,
        )

    @property
    def age(self) -> int | None:
        """Return the person's age, None when it is not known."""
        return self.person.age_on(self.today)

    @property
    def may_weigh_more(self) -> bool:
        """Return whether the weight is not known, or is that of a child who has grown since."""
        if self.person.weight_kg is None:
            return True
        is_grown_up = self.age is not None and self.age >= GROWN_UP
        seen = self.person.weight_seen
        return not is_grown_up and seen is not None and self.today - seen > WEIGHT_LASTS

    @property
    def exposure(self) -> str:
        """Return "exposed", "naive", or "" where the list names the medicine without a start.

        An order of a medicine that is not on the list counts as the first.
        """
        if self.line.started is None:
            return NAIVE if self.is_new and self.drug not in self.taken else ""
        return EXPOSED if self.today - self.line.started > EXPOSED_AFTER else NAIVE

    @property
    def is_pregnant(self) -> bool | None:
        """Return whether the person is pregnant; None where it has to be asked."""
        return self._now(self.person.is_pregnant, self.person.pregnancy_seen)

    @property
    def is_breastfeeding(self) -> bool | None:
        """Return whether the person breastfeeds; None where it has to be asked."""
        return self._now(self.person.is_breastfeeding, self.person.breastfeeding_seen)

    def _now(self, known: bool | None, seen: date | None) -> bool | None:
        """Return a state that passes as it is today; None where what is known is too old."""
        if not self.may_be_mother:
            return known or False
        is_old = seen is not None and self.today - seen > STATE_LASTS
        return None if is_old else known

    @property
    def may_be_mother(self) -> bool:
        """Return whether sex and age, where known, leave a pregnancy possible."""
        is_of_age = self.age is None or self.age in FERTILE
        return self.person.sex != "male" and is_of_age


def setting_of(
    policy: Policy,
    person: Person,
    line: MedicineLine,
    *,
    is_new: bool,
    today: date,
    drug: str = "",
    taken: Iterable[str] = (),
    inhibitors: Iterable[str] = (),
    estimate: Estimate | None = None,
) -> Setting:
    """Return the circumstances; reasons written on the order outrank the list of conditions."""
    named = policy.indications_of(line.reasons)
    past = policy.indications_of(c for known in person.conditions for c in known.codings)
    return Setting(
        person,
        line,
        is_new,
        today,
        named or past,
        named | past,
        is_stated=bool(named),
        drug=drug,
        taken=frozenset(taken),
        inhibitors=frozenset(inhibitors),
        estimate=estimate,
    )
