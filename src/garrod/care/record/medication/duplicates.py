"""Two lines for one purpose: found among all that is taken and drafted, explained, overridable.

lines + formulary + overrides -> Duplicate per pair; an overridden one stays visible with its reason
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from garrod.care.record.medication.likeness import (
    NO_RULE,
    UNLIKE,
    Formulary,
    Likened,
    Likeness,
    Pairing,
    likeness_of,
)
from garrod.care.record.medication.line import CLOSED, Author, Line, State
from garrod.core.errors import InputError


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody's reason why both lines of a pair stay, for the pair as it was then.

    `likeness` is what was overridden: what is more alike later needs a new reason.
    Raises: InputError REC112 without a reason.
    """

    lines: frozenset[str]
    likeness: Likeness
    reason: str
    by: Author
    at: datetime

    def __post_init__(self) -> None:
        if not self.reason.strip() or len(self.lines) != 2:
            raise InputError(
                f"an override of lines {', '.join(sorted(self.lines))} needs two lines and a "
                "reason: say why both are wanted.",
                code="REC112",
            )


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A pair of lines that may be one too many, and the reason of whoever keeps both."""

    first: Line
    second: Line
    likened: Likened
    override: Override | None = None

    @property
    def is_open(self) -> bool:
        """Return whether nobody has yet said why both stay."""
        return self.override is None

    def words(self) -> str:
        """Return the pair and what is alike about it, in words."""
        return f"{_named(self.first)} and {_named(self.second)}: {self._why()}"

    def _why(self) -> str:
        by = ", ".join(self.likened.by)
        return {
            Likeness.PRODUCT: f"the same medicine twice ({by}, same form and strength)",
            Likeness.INGREDIENT: f"the same ingredient ({by}) in two forms, strengths or brands",
            Likeness.SHARED_INGREDIENT: f"both contain {by}",
            Likeness.CLASS: f"two medicines of one class ({by})",
        }.get(self.likened.likeness, "not alike")


def _named(line: Line) -> str:
    state = "" if line.state is State.ACTIVE else f", {line.state.value}"
    return f"{line.content.medicine.text} ({line.owner.value}{state})"


def duplicates_in(
    lines: Iterable[Line], formulary: Formulary, overrides: Iterable[Override] = ()
) -> tuple[Duplicate, ...]:
    """Return the pairs of current, not closed lines that are alike; drafts are looked at too.

    The most alike come first. Two lines of one treatment are a duplicate as any others are. What
    the rules for orders let stand together is none, and they say which classes there are.
    """
    looked_at = [x for x in lines if x.is_current and x.state not in CLOSED]
    kept = tuple(overrides)
    ruled = formulary.pairings([line.content for line in looked_at])
    found = []
    for (one, first), (two, second) in combinations(enumerate(looked_at), 2):
        likened = likeness_of(first.content.medicine, second.content.medicine, formulary)
        likened = _by_rules(likened, ruled.get((one, two), NO_RULE))
        if likened.likeness is not Likeness.NONE:
            reason = _override(first, second, likened, kept)
            found.append(Duplicate(first, second, likened, reason))
    return tuple(sorted(found, key=lambda d: -d.likened.likeness))


def _by_rules(likened: Likened, said: Pairing) -> Likened:
    """Return how alike two medicines are, the classes being those of the rules."""
    if said.is_wanted:
        return UNLIKE
    if likened.likeness > Likeness.CLASS:
        return likened
    return Likened(Likeness.CLASS, said.groups) if said.groups else UNLIKE


def _override(
    first: Line, second: Line, likened: Likened, overrides: tuple[Override, ...]
) -> Override | None:
    """Return the newest reason for a pair that was given for what is at least as alike."""
    pair = frozenset({first.id, second.id})
    fitting = (o for o in overrides if o.lines == pair and o.likeness >= likened.likeness)
    return max(fitting, key=lambda o: o.at, default=None)
