"""How much more (or less) of a medicine reaches the blood, from genes and other medicines together.

fractions cleared by enzymes x what is left of each enzyme's activity -> ratio of exposure, a range
The comparison is a normal metaboliser who takes nothing else. An estimate, never a dose.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from garrod.core.errors import KnowledgeError
from garrod.core.finding import GeneFinding, Modulation, Status
from garrod.knowledge.pack import Row
from garrod.knowledge.shelf import Shelf

PACK = "clearance-fractions"
ANY = "*"
NORMAL = "Normal Metabolizer"
# No estimate above so many times: what is cleared otherwise is then too small to be known.
MOST = 20.0  # Source: own choice


@dataclass(frozen=True, slots=True)
class Range:
    """A value with its bounds."""

    least: float
    middle: float
    most: float

    def times(self, other: Range) -> Range:
        """Return the product of two ranges of numbers that are not negative."""
        return Range(self.least * other.least, self.middle * other.middle, self.most * other.most)


WHOLE = Range(1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Fraction:
    """The part of a medicine's clearance that an enzyme does, and how that is known."""

    enzyme: str
    part: Range
    basis: str
    source: str


@dataclass(frozen=True, slots=True)
class Clearance:
    """Fractions by drug; what is left of an enzyme by cause ("Poor Metabolizer")."""

    by_drug: Mapping[str, tuple[Fraction, ...]]
    activities: Mapping[tuple[str, str], Range]
    reference: str

    def activity(self, enzyme: str, cause: str) -> Range | None:
        """Return what is left of an enzyme's activity; None where no row tells."""
        return self.activities.get((enzyme, cause)) or self.activities.get((ANY, cause))


@dataclass(frozen=True, slots=True)
class Part:
    """One enzyme in an estimate: its fraction, what is left of it, and by which causes."""

    fraction: Fraction
    left: Range
    causes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Estimate:
    """Exposure beside that of a normal metaboliser who takes nothing else."""

    ratio: Range
    parts: tuple[Part, ...]


def load_clearance(shelf: Shelf) -> Clearance:
    """Return the fractions; none where the pack is not on the shelf.

    Raises: KnowledgeError KNO004, KNO005, KNO006.  Source: pack clearance-fractions.
    """
    if PACK not in shelf.names():
        return Clearance({}, {}, "")
    by_drug: dict[str, tuple[Fraction, ...]] = {}
    for row in shelf.rows(PACK, "fractions"):
        source = shelf.evidence(PACK, row["evidence"]).source
        part = Fraction(row["enzyme"], _range(row, "fraction"), row["basis"], source)
        by_drug[row["drug"]] = (*by_drug.get(row["drug"], ()), part)
    activities = {
        (row["enzyme"], row["cause"]): _range(row, "activity")
        for row in shelf.rows(PACK, "activities")
    }
    for drug, parts in by_drug.items():
        if sum(p.part.middle for p in parts) > 1:
            raise KnowledgeError(f"{PACK}: the fractions of {drug} exceed 1", code="KNO006")
    return Clearance(by_drug, activities, shelf.reference(PACK))


def _range(row: Row, column: str) -> Range:
    found = Range(float(row["least"]), float(row[column]), float(row["most"]))
    if not 0 <= found.least <= found.middle <= found.most:
        raise KnowledgeError(f"{PACK}: {dict(row)}: least, {column}, most", code="KNO006")
    return found


def exposure_ratio(parts: Iterable[tuple[float, float]]) -> float:
    """Return 1 / (sum of fraction x activity + 1 - sum of fractions), at most MOST.

    Each pair is the fraction of clearance by an enzyme (0 to 1) and what is left of its activity
    (0 none, 1 whole, above 1 induced).
    Source: Rowland and Matin 1973, J Pharmacokinet Biopharm 1:553 (unchecked).
    """
    rest = 1.0 - sum(fraction * (1.0 - left) for fraction, left in parts)
    return 1.0 / max(rest, 1.0 / MOST)


def ratio_of(parts: Sequence[tuple[Range, Range]]) -> Range:
    """Return the ratio of exposure with bounds: each enzyme at its least and its most favourable.

    Source: exposure_ratio, over the corners of both ranges.
    """
    corners = [
        [(f, a) for f in (part.least, part.most) for a in (left.least, left.most)]
        for part, left in parts
    ]
    low = [min(pairs, key=_loss) for pairs in corners]
    high = [max(pairs, key=_loss) for pairs in corners]
    middle = exposure_ratio([(part.middle, left.middle) for part, left in parts])
    return Range(exposure_ratio(low), middle, exposure_ratio(high))


def _loss(pair: tuple[float, float]) -> float:
    return pair[0] * (1.0 - pair[1])


def estimate(
    known: Clearance,
    drug: str,
    findings: Mapping[str, GeneFinding],
    acting: Mapping[str, Sequence[Modulation]],
) -> Estimate | None:
    """Return the exposure to a drug; None where nothing is known of it, or nothing acts on it.

    `findings` are the results as they are, by gene; `acting` what medicines do, by enzyme. An
    enzyme without a usable result counts as that of a normal metaboliser, and the cause says so.
    Source: pack clearance-fractions; activities of gene and medicines are multiplied.
    """
    parts = [
        _part(known, fraction, findings.get(fraction.enzyme), acting.get(fraction.enzyme, ()))
        for fraction in known.by_drug.get(drug, ())
    ]
    if all(part.left == WHOLE for part in parts):
        return None
    return Estimate(ratio_of([(p.fraction.part, p.left) for p in parts]), tuple(parts))


def _part(
    known: Clearance,
    fraction: Fraction,
    finding: GeneFinding | None,
    acting: Sequence[Modulation],
) -> Part:
    left, causes = WHOLE, []
    is_called = finding is not None and finding.status is Status.CALLED
    own = known.activity(fraction.enzyme, finding.phenotype) if finding and is_called else None
    if own is None:
        causes.append(f"{fraction.enzyme}, taken as normal")
    elif finding is not None and own != WHOLE:
        causes.append(f"{fraction.enzyme} {finding.phenotype}")
    left = left.times(own or WHOLE)
    for modulation in acting:
        activity = known.activity(fraction.enzyme, f"{modulation.effect} {modulation.strength}")
        if activity is not None:
            left = left.times(activity)
            causes.append(modulation.name)
    return Part(fraction, left, tuple(causes))
