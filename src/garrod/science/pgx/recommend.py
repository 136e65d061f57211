"""From findings to the guideline rows that hold for a medicine, each with its probability.

findings -> shares of guidance keys per gene -> every combination -> its row -> outcomes
Genes combine by conjunction; a gene without a usable finding is "No Result", never normal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from garrod.core.finding import GeneFinding, Status
from garrod.science.pgx.guidance import Guidance, Recommendation, matching

NO_RESULT = "No Result"
LEAST_SHARE = 0.001  # combinations less likely than this are not looked up. Source: the design


@dataclass(frozen=True, slots=True)
class KeyShare:
    """What one gene may mean to guidance: its keys, how likely, and the best candidate for it."""

    gene: str
    keys: tuple[str, ...]
    probability: float
    phenotype: str = ""
    activity_score: str = ""
    diplotype: str = ""

    @property
    def is_tested(self) -> bool:
        """Return whether there is a result behind it."""
        return self.keys != (NO_RESULT,)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing that guidance may say here: the row (None: it has none), and how likely."""

    recommendation: Recommendation | None
    probability: float
    shares: tuple[KeyShare, ...]  # the most likely combination that leads to it


def key_shares(gene: str, finding: GeneFinding | None) -> tuple[KeyShare, ...]:
    """Return the distinct meanings of a finding, most likely first; one "No Result" without one.

    Source: definitional (candidates with the same keys are added up).
    """
    if finding is None or not finding.is_usable or finding.status is Status.NOT_ASSESSED:
        return (KeyShare(gene, (NO_RESULT,), 1.0),)
    found: dict[tuple[str, ...], KeyShare] = {}
    for c in finding.candidates:
        keys = (*c.keys, c.phenotype, c.name) if c.phenotype else (*c.keys, c.name)
        mark = c.keys or keys
        old = found.get(mark)
        if old is None:
            found[mark] = KeyShare(gene, keys, c.probability, c.phenotype, c.activity_score, c.name)
        else:
            found[mark] = _joined(old, keys, c.probability)
    return tuple(sorted(found.values(), key=lambda s: -s.probability))


def _joined(old: KeyShare, keys: tuple[str, ...], probability: float) -> KeyShare:
    return KeyShare(
        old.gene,
        tuple(dict.fromkeys((*old.keys, *keys))),
        old.probability + probability,
        old.phenotype,
        old.activity_score,
        old.diplotype,
    )


def outcomes_of(
    guidance: Guidance,
    drug: str,
    genes: Sequence[str],
    findings: Mapping[str, GeneFinding],
    population: str,
) -> tuple[Outcome, ...]:
    """Return what guidance may say about a drug in a population, most likely first.

    Probabilities are over the combinations looked up; they sum to at most 1.
    Source: definitional; rows from pack pgx-guidance.
    """
    choices = [key_shares(gene, findings.get(gene)) for gene in genes]
    gathered: dict[object, list[tuple[float, Recommendation | None, tuple[KeyShare, ...]]]] = {}
    for shares in product(*choices):
        probability = 1.0
        for share in shares:
            probability *= share.probability
        if probability < LEAST_SHARE:
            continue
        rows = matching(guidance, drug, {s.gene: s.keys for s in shares}, population)
        row = rows[0] if rows else None
        gathered.setdefault(content_of(row), []).append((probability, row, shares))
    found = [_outcome(parts) for parts in gathered.values()]
    return tuple(sorted(found, key=lambda o: -o.probability))


def content_of(row: Recommendation | None) -> object:
    """Return what a row asks to be done: two rows of one content are the same advice.

    Source: definitional.
    """
    if row is None:
        return None
    return (row.action, row.strength, row.dose_factor, row.dose_limit, row.alternatives)


def _outcome(
    parts: Iterable[tuple[float, Recommendation | None, tuple[KeyShare, ...]]],
) -> Outcome:
    ranked = sorted(parts, key=lambda p: -p[0])
    probability, (_, row, shares) = sum(p[0] for p in ranked), ranked[0]
    return Outcome(row, probability, shares)
