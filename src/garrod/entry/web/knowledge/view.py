"""What the pages of this room show: plain values, all words made. Pure."""

from __future__ import annotations

from dataclasses import dataclass

Pairs = tuple[tuple[str, str], ...]
IN_FORCE = "In force"
ACTS = {"roll-back": "Roll it back", "activate": "Put it in force"}


@dataclass(frozen=True, slots=True)
class PackRow:
    """One pack in a list. `approved`: by whom, or that nobody did."""

    link: str
    title: str
    reference: str
    version: str
    date: str
    state: str
    licence: str
    source: str
    approved: str
    is_synthetic: bool = False


@dataclass(frozen=True, slots=True)
class EventRow:
    """One thing that was done."""

    when: str
    what: str
    who: str
    link: str
    reason: str
    affected: str = ""


@dataclass(frozen=True, slots=True)
class ListView:
    """The first page of the room. `waiting`: what who reads it can approve or put in force."""

    waiting: tuple[PackRow, ...]
    proposed: tuple[PackRow, ...]
    in_force: tuple[PackRow, ...]
    former: tuple[PackRow, ...]
    history: tuple[EventRow, ...]
    as_of: str
    problem: str
    note: str


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row that differs. `changes`: what it said and says; `says`: of a new or former row."""

    kind: str
    title: str
    changes: tuple[tuple[str, str, str], ...] = ()
    says: Pairs = ()

    @property
    def mark(self) -> str:
        """The kind, as its style is called."""
        return self.kind.lower()


@dataclass(frozen=True, slots=True)
class TableView:
    """What differs in one table. `more`: rows that are not shown here, and where they are."""

    name: str
    title: str
    counts: str
    rows: tuple[ChangedRow, ...]
    notes: tuple[str, ...] = ()
    more: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """One approval."""

    who: str
    role: str
    when: str
    is_clinical: bool
    reason: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody affected whose record may be seen."""

    link: str
    name: str


@dataclass(frozen=True, slots=True)
class AffectedView:
    """Who is affected. `state`: "", "asked" (being worked out), "failed" or "found"."""

    state: str
    words: str
    note: str = ""
    lost: str = ""
    kinds: tuple[tuple[str, int], ...] = ()
    medicines: tuple[tuple[str, int], ...] = ()
    people: tuple[PersonRow, ...] = ()
    hidden: str = ""
    newer: str = ""
    older: str = ""
    done: int = 0
    whole: int = 0

    @property
    def is_asked(self) -> bool:
        """Whether it is being worked out."""
        return self.state == "asked"

    @property
    def is_found(self) -> bool:
        """Whether it is known."""
        return self.state == "found"


@dataclass(frozen=True, slots=True)
class ActView:
    """What may be done next. `do` "": nothing, and `words` say why."""

    do: str = ""
    words: str = ""
    button: str = ""
    needs_word: bool = False
    agree: str = ""
    needs_reason: bool = False

    @property
    def title(self) -> str:
        """What is to be done, over its form."""
        return ACTS.get(self.do, "Your approval")

    @property
    def asks_why(self) -> bool:
        """Whether a reason is asked for: what was approved takes force without another."""
        return self.do != "activate"


@dataclass(frozen=True, slots=True)
class PackView:
    """One pack."""

    reference: str
    title: str
    state: str
    lead: str
    facts: Pairs
    covers: tuple[str, ...]
    leaves_out: tuple[str, ...]
    sources: Pairs
    more_sources: int
    difference: str
    tables: tuple[TableView, ...]
    alone: bool
    lowered: tuple[str, ...]
    lowered_words: str
    approvals: tuple[Given, ...]
    missing: str
    void: str
    unusable: str
    restart: str
    as_of: str
    is_own: bool
    sha256: str
    seen: int
    act: ActView
    is_synthetic: bool

    @property
    def is_in_force(self) -> bool:
        """Whether decisions rest on it."""
        return self.state == IN_FORCE
