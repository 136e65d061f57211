"""What medicines add up to: anticholinergic points, and counts of medicines of one effect.

pack burdens, Subject -> Load (total, contributors, who is not rated), as far as it matters
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from garrod.core.advice import Action, Tier
from garrod.core.errors import KnowledgeError
from garrod.core.evidence import Evidence
from garrod.knowledge.clinical import Clinical
from garrod.knowledge.pack import Row, values_in
from garrod.knowledge.shelf import Shelf
from garrod.science.safety.subject import Subject, Taken

PACK = "burdens"
# The scales of g-b-f/ACB-data@f10b2af, in its order, which decides a tied vote as it does there.
SCALES = (
    *("Boustani2008", "Rudolph2008", "Carnahan2006", "Ancelin2006", "Ehrt2010"),
    *("Sittironnarit2011", "Bishara2020", "ACBcalc"),
)
MAJORITY, HIGHEST = "majority", "highest"
LOWEST_SCORE, HIGHEST_SCORE = 0, 3  # of an anticholinergic scale; what lies outside is an error
SCORED = "score"


@dataclass(frozen=True, slots=True)
class Burden:
    """A load that is summed: by points of `points`, each member by one where it is a count.

    From `threshold` on it matters, to people of the years `age_from` to under `age_below` (None: no
    such bound). Burdens of one `theme` that share a medicine are said as one.
    """

    id: str
    name: str
    points: Mapping[str, int] = field(repr=False)
    is_scored: bool
    threshold: int
    age_from: int | None
    age_below: int | None
    tier_order: Tier
    tier_review: Tier
    action: Action
    effect: str
    manage: str
    theme: str
    evidence: Evidence
    vocabulary: frozenset[str] = frozenset()  # packs that say what its sets are


@dataclass(frozen=True, slots=True)
class Burdens:
    """The burdens in force and the scale that the anticholinergic one goes by."""

    rows: tuple[Burden, ...] = ()
    scale: str = MAJORITY
    reference: str = ""

    @property
    def packs(self) -> frozenset[str]:
        """Return the pack, and those that say what its sets are; none without the pack."""
        own = {self.reference} - {""}
        return frozenset((*own, *(p for row in self.rows for p in row.vocabulary)))


@dataclass(frozen=True, slots=True)
class Load:
    """What a burden comes to: in all, before the order, by whom; who has no score."""

    burden: Burden
    total: int
    before: int
    parts: tuple[tuple[Taken, int], ...]  # the largest first
    unrated: tuple[Taken, ...]

    @property
    def matters(self) -> bool:
        """Return whether the threshold is reached."""
        return self.total >= self.burden.threshold

    @property
    def is_crossed(self) -> bool:
        """Return whether it is the order that reaches the threshold."""
        return self.before < self.burden.threshold <= self.total


def majority(scores: Sequence[int]) -> int | None:
    """Return the score that most scales give; of a tie the one given by the first scale.

    None where no scale rates the medicine, which is not nought.

    Source: g-b-f/ACB-data, column MajVote, which it reproduces.
    """
    counts = Counter(scores)  # keeps the order of first appearance, and most_common is stable
    return counts.most_common(1)[0][0] if counts else None


def scored(cells: Mapping[str, str], scale: str) -> int | None:
    """Return the points of a medicine by a scale, the majority's, or the highest; or None.

    A score outside 0 to 3 is an error of its source and is left out.

    Source: g-b-f/ACB-data; the eight scales named there.
    """
    wanted = SCALES if scale in (MAJORITY, HIGHEST) else (scale,)
    given = [int(cells[name]) for name in wanted if cells.get(name)]
    valid = [s for s in given if LOWEST_SCORE <= s <= HIGHEST_SCORE]
    if scale == HIGHEST:
        return max(valid, default=None)
    return majority(valid)


def loads(known: Burdens, subject: Subject) -> tuple[Load, ...]:
    """Return what each burden comes to. Each ingredient counts once, and none that acts locally.

    Source: pack burdens; each row names its own.
    """
    taken: dict[str, Taken] = {}
    for one in subject.taken:  # what is taken already stands before what is proposed
        if not one.is_local:
            taken.setdefault(one.drug, one)
    return tuple(_load(row, taken) for row in known.rows)


def _load(row: Burden, taken: Mapping[str, Taken]) -> Load:
    """Return what a burden comes to; `taken` holds each ingredient once."""
    points = row.points
    parts = [(one, points[drug]) for drug, one in taken.items() if points.get(drug)]
    counted = sorted(parts, key=lambda p: (-p[1], p[0].name))
    return Load(
        row,
        sum(of_it for _, of_it in counted),
        sum(of_it for one, of_it in counted if not one.is_new),
        tuple(counted),
        tuple(t for t in taken.values() if t.drug not in points) if row.is_scored else (),
    )


def is_of_age(burden: Burden, age: int | None) -> bool | None:
    """Return whether a burden matters at an age; None where the age is not known.

    Source: pack burdens.
    """
    if burden.age_from is None and burden.age_below is None:
        return True
    if age is None:
        return None
    is_below = burden.age_below is None or age < burden.age_below
    return is_below and age >= (burden.age_from or 0)


def load_burdens(shelf: Shelf, clinical: Clinical) -> Burdens:
    """Return the burdens of the pack, none without it.

    Raises: KnowledgeError KNO004, KNO005, KNO010 (a scale or set that is not there).

    Source: pack burdens.
    """
    if PACK not in shelf.names():
        return Burdens()
    (policy,) = shelf.rows(PACK, "policy")
    scale = policy["scale"]
    if scale not in (*SCALES, MAJORITY, HIGHEST):
        raise KnowledgeError(f"{PACK}: no scale is called {scale!r}", code="KNO010")
    points: dict[str, int] = {}
    for row in shelf.rows(PACK, "anticholinergic"):
        score = scored(row, scale)
        if score is not None:
            points[row["drug"]] = score
    rows = tuple(_burden(shelf, row, clinical, points) for row in shelf.rows(PACK, "burdens"))
    return Burdens(rows, scale, shelf.reference(PACK))


def _burden(shelf: Shelf, row: Row, clinical: Clinical, points: Mapping[str, int]) -> Burden:
    is_scored = row["counting"] == SCORED
    return Burden(
        id=row["burden"],
        name=row["name"],
        points=points if is_scored else dict.fromkeys(_members(row, clinical), 1),
        is_scored=is_scored,
        threshold=int(row["threshold"]),
        age_from=int(row["age_from"]) if row["age_from"] else None,
        age_below=int(row["age_below"]) if row["age_below"] else None,
        tier_order=Tier(row["tier_order"]),
        tier_review=Tier(row["tier_review"]),
        action=Action(row["action"]),
        effect=row["effect"],
        manage=row["manage"],
        theme=row["theme"],
        evidence=shelf.evidence(PACK, row["evidence"]),
        vocabulary=clinical.packs_of(() if is_scored else values_in(row["members"])),
    )


def _members(row: Row, clinical: Clinical) -> frozenset[str]:
    found: set[str] = set()
    for wanted in values_in(row["members"]):
        try:
            found |= clinical.members(wanted)
        except KeyError:
            said = f"{PACK}: {row['burden']!r}: {wanted!r} is no set of medicines on the shelf"
            raise KnowledgeError(said, code="KNO010") from None
    return frozenset(found)
