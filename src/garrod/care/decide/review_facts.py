"""What a medication review reasons over beside rules: what is said once, usual reasons, tapers.

pack medication-review -> topics, usual reasons, plans; a shelf without it has none
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase

from garrod.core.advice import Advice
from garrod.core.errors import KnowledgeError
from garrod.core.evidence import Evidence
from garrod.knowledge.clinical import Clinical
from garrod.knowledge.pack import Row, values_in
from garrod.knowledge.shelf import Shelf
from garrod.science.safety.atoms_line import ATOMS
from garrod.science.safety.language import Check, compiled

PACK = "medication-review"


@dataclass(frozen=True, slots=True)
class Topic:
    """One problem that several advisers speak of: what they say is one finding.

    `rules` are patterns of "adviser:rule"; `action` limits them to one act, "" to none;
    `is_across` joins what is said of different medicines too.
    """

    id: str
    name: str
    rules: tuple[str, ...]
    action: str
    is_across: bool

    def holds(self, advice: Advice) -> bool:
        """Return whether a piece of advice is of this topic."""
        said = advice.id.rsplit(":", 1)[0] if advice.id.count(":") > 1 else advice.id
        is_act = self.action in ("", advice.action.value)
        return is_act and any(fnmatchcase(said, pattern) for pattern in self.rules)


@dataclass(frozen=True, slots=True, eq=False)
class Usual:
    """What a kind of medicine is usually for: `reason` holds where the record has one."""

    name: str
    drugs: frozenset[str]
    reason: Check
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a taper: this share of the first dose a day, for so many days; 0 is stopped."""

    dose_factor: Decimal
    days: int


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """How a kind of medicine is taken away: steps, what to watch, what to do if it goes badly.

    `not_when` holds for whom it is not meant; `blocked` says so in words.
    """

    id: str
    name: str
    drugs: frozenset[str]
    not_when: Check
    blocked: str
    watch: tuple[str, ...]
    restart: str
    steps: tuple[Step, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """The rows of the pack; none where the shelf has no such pack."""

    topics: tuple[Topic, ...] = ()
    usual: tuple[Usual, ...] = ()
    plans: tuple[Plan, ...] = ()
    reference: str = ""

    def topics_of(self, advice: Advice) -> tuple[Topic, ...]:
        """Return the topics that a piece of advice belongs to."""
        return tuple(topic for topic in self.topics if topic.holds(advice))

    def topic_ids(self, advice: Advice) -> frozenset[str]:
        """Return the ids of the topics that a piece of advice belongs to."""
        return frozenset(topic.id for topic in self.topics_of(advice))

    def plan_for(self, drug: str) -> Plan | None:
        """Return how a medicine is tapered, None where no row says."""
        return next((plan for plan in self.plans if drug in plan.drugs), None)


def load_review(shelf: Shelf, clinical: Clinical) -> ReviewFacts:
    """Return the rows of the pack.  Raises: KnowledgeError KNO004, KNO005, KNO010."""
    if PACK not in shelf.names():
        return ReviewFacts()
    steps: dict[str, list[Step]] = {}
    for row in shelf.rows(PACK, "taper_steps"):
        steps.setdefault(row["plan"], []).append(
            Step(Decimal(row["dose_factor"]), int(row["days"]))
        )
    return ReviewFacts(
        tuple(_topic(row) for row in shelf.rows(PACK, "review_topics")),
        tuple(_usual(shelf, row, clinical) for row in shelf.rows(PACK, "review_indications")),
        tuple(_plan(shelf, row, clinical, steps) for row in shelf.rows(PACK, "taper_plans")),
        shelf.reference(PACK),
    )


def _topic(row: Row) -> Topic:
    rules = values_in(row["rules"])
    return Topic(row["topic"], row["name"], rules, row["action"], row["across"] == "yes")


def _usual(shelf: Shelf, row: Row, clinical: Clinical) -> Usual:
    place = f"usual reason of {row['subject']}"
    return Usual(
        row["name"],
        _drugs(row["subject"], clinical, place),
        compiled(row["when"], place, clinical, ATOMS),
        shelf.evidence(PACK, row["evidence"]),
    )


def _plan(shelf: Shelf, row: Row, clinical: Clinical, steps: dict[str, list[Step]]) -> Plan:
    place = f"plan {row['plan']}"
    mine = tuple(steps.get(row["plan"], ()))
    shares = [step.dose_factor for step in mine]
    if not shares or shares[-1] != 0 or shares != sorted(set(shares), reverse=True):
        raise KnowledgeError(f"{PACK}: {place}: steps go down to nothing", code="KNO010")
    return Plan(
        row["plan"],
        row["name"],
        _drugs(row["subject"], clinical, place),
        compiled(row["not_when"], place, clinical, ATOMS),
        row["blocked"],
        values_in(row["watch"]),
        row["restart"],
        mine,
        shelf.evidence(PACK, row["evidence"]),
    )


def _drugs(cell: str, clinical: Clinical, place: str) -> frozenset[str]:
    found: set[str] = set()
    for wanted in values_in(cell):
        try:
            found |= clinical.members(wanted)
        except KeyError:
            raise KnowledgeError(
                f"{PACK}: {place}: no such set {wanted!r}", code="KNO010"
            ) from None
    return frozenset(found)
