"""What the laboratory's pages show, worded. Values alone."""

from __future__ import annotations

from dataclasses import dataclass

from garrod.entry.web.laboratory.faults import FaultView


@dataclass(frozen=True, slots=True)
class Row:
    """A drop in the queue."""

    link: str
    file: str
    who: str
    patient: str
    when: str
    state: str
    is_loud: bool = False


@dataclass(frozen=True, slots=True)
class Other:
    """A stored call that the packs in force make otherwise."""

    gene: str
    was: str
    now: str
    why: str
    not_kept: str


@dataclass(frozen=True, slots=True)
class Inbox:
    """A drop whose calls are made otherwise now."""

    link: str
    file: str
    who: str
    genes: str
    why: str


@dataclass(frozen=True, slots=True)
class QueueView:
    """The first page."""

    waiting: tuple[Row, ...]
    decided: tuple[Row, ...]
    inbox: tuple[Inbox, ...]
    tests: tuple[tuple[str, str, str], ...]  # patient, name, test and since when
    fresh: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """A check: its name, what came of it (ok, look, stop, not), and in words."""

    name: str
    kind: str
    tag: str
    words: str


@dataclass(frozen=True, slots=True)
class GeneRow:
    """A gene: what the file says, what was not read, and what the record has now."""

    gene: str
    kind: str
    status: str
    result: str
    about: str
    odds: tuple[tuple[str, str], ...]
    more: str
    covered: str
    why: str
    reasons: tuple[str, ...]
    chain: tuple[tuple[str, str], ...]
    has_evidence: bool
    before: str
    effect: str
    is_loud: bool


@dataclass(frozen=True, slots=True)
class DropView:
    """The page of one drop."""

    file: str
    lead: str
    facts: tuple[tuple[str, str], ...]
    state: str
    samples: tuple[str, ...] = ()
    samples_words: str = ""
    fault: FaultView | None = None
    may_say_build: bool = False
    checks: tuple[Check, ...] = ()
    unchecked: tuple[str, ...] = ()
    genes: tuple[GeneRow, ...] = ()
    counts: str = ""
    writes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    decided: str = ""
    others: tuple[Other, ...] = ()
    others_why: str = ""
    others_same: str = ""
    fresh: tuple[str, ...] = ()

    @property
    def is_sent(self) -> bool:
        """Return whether it is being read."""
        return self.state == "sent"

    @property
    def is_authorised(self) -> bool:
        """Return whether its results are in the record."""
        return self.state == "authorised"

    @property
    def is_rejected(self) -> bool:
        """Return whether it was rejected."""
        return self.state == "rejected"


@dataclass(frozen=True, slots=True)
class EarlierView:
    """A gene of which the record says otherwise: the field, both results, and what was chosen."""

    gene: str
    field: str
    was: str
    now: str
    is_corrected: bool = False
    is_left: bool = False


@dataclass(frozen=True, slots=True)
class FormView:
    """What was typed and ticked, and stands there again. `tests`: field, words, whether ticked."""

    reason: str = ""
    despite: str = ""
    is_sure: bool = False
    rejects: bool = False  # what was sent was to reject it
    tests: tuple[tuple[str, str, bool], ...] = ()
    earlier: tuple[EarlierView, ...] = ()
    earlier_why: str = ""
