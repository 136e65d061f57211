"""The view model: what the template lays out. Every text is ready to be read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tag:
    """A status: its word and its kind, which picks the shape; colour only repeats them."""

    kind: str  # stop | change | check | clear | unknown | called | ambiguous | none
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """One citation: the source alone, the whole of it, and its links as (label, address)."""

    source: str
    text: str
    version: str
    licence: str
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One hop of the proof chain; `ref` opens it where the text does not name it."""

    label: str
    text: str
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Glance:
    """One medicine in the summary; `anchor` is the card that explains it, or empty."""

    tag: Tag
    medicine: str
    text: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One piece of advice for a medicine that is taken."""

    anchor: str
    tag: Tag
    title: str
    summary: str
    urgency: str
    why: tuple[str, ...]
    certainty: str
    percent: int | None  # of the bar; None draws no bar
    doubts: tuple[str, ...]
    options: tuple[tuple[str, str], ...]  # names of one reason, the reason
    watch: tuple[str, ...]
    population: str
    strength: str
    citations: tuple[Citation, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class ClearRow:
    """A medicine that needs no change, why, and what makes that less than sure."""

    tag: Tag
    name: str
    reason: str
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NextRow:
    """Medicines for which the same advice would hold, if they were prescribed."""

    medicines: str
    tag: Tag
    act: str
    why: tuple[str, ...]
    certainty: str  # empty where `why` says it already
    strength: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class NextGroup:
    """The rows of one class of medicines."""

    title: str
    rows: tuple[NextRow, ...]


@dataclass(frozen=True, slots=True)
class GeneRow:
    """One gene: what was found, how likely, and what it means."""

    gene: str
    tag: Tag
    diplotypes: tuple[tuple[str, str], ...]  # name, probability ("" when it says nothing)
    more: str
    phenotype: str
    activity_score: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GapRow:
    """A gene or medicine that could not be told, and why; `touches` are a gene's medicines."""

    subject: str
    tag: Tag
    reasons: tuple[str, ...]
    touches: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """The whole report, worded."""

    title: str
    sample: str
    subject_note: str
    facts: tuple[tuple[str, str], ...]
    headline: str
    headline_more: tuple[str, ...]
    glance: tuple[Glance, ...]
    safety: tuple[str, ...]
    warnings: tuple[str, ...]
    cards: tuple[Card, ...]
    no_cards: str
    clear: tuple[ClearRow, ...]
    no_clear: str
    next_intro: str
    next_groups: tuple[NextGroup, ...]
    genes: tuple[GeneRow, ...]
    gaps_intro: str
    gene_gaps: tuple[GapRow, ...]
    medicine_gaps: tuple[GapRow, ...]
    part_read: tuple[tuple[str, str], ...]
    method: tuple[tuple[str, str], ...]
    packs: tuple[tuple[str, str], ...]
    citations: tuple[Citation, ...]
