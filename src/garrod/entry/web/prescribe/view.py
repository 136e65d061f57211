"""What the Prescribe page lays out. Every text is ready to be read."""

from __future__ import annotations

from dataclasses import dataclass, field

from garrod.adapters.report.view import Citation, Step, Tag
from garrod.entry.web.icons import Icon, icon_of
from garrod.entry.web.notes import Note
from garrod.entry.web.prescribe.form import Form
from garrod.entry.web.prescribe.searching import Match

GENES_SHOWN = 4  # Not clinical: more than these are folded


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of the banner; `note` says of when it is, or why it is not known."""

    label: str
    text: str
    note: str = ""
    is_loud: bool = False


@dataclass(frozen=True, slots=True)
class Banner:
    """Who it is about, and how fresh what is known of them is."""

    id: str
    name: str
    facts: tuple[Fact, ...]
    genes: tuple[str, ...]
    sources: tuple[str, ...]
    medicines: tuple[tuple[str, str], ...]

    @property
    def folds(self) -> bool:
        """Whether the genes are too many to stand there at once."""
        return len(self.genes) > GENES_SHOWN


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of advice of a card: what to do, why, how sure, and the whole of its proof."""

    tag: Tag
    title: str
    summary: str
    why: tuple[str, ...]
    certainty: str
    sure: str
    doubts: tuple[str, ...]
    watch: tuple[str, ...]
    strength: str
    citations: tuple[Citation, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """What may be given instead, one tap away; `number` is that of a test to ask for, else ""."""

    name: str
    label: str
    reason: str
    dose: str
    link: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """The one card. `kind` picks icon and colour; the word says the same."""

    id: str
    kind: str  # stop | warn | advise | unsure
    word: str
    headline: str
    before: str
    parts: tuple[Part, ...]
    choices: tuple[Choice, ...]
    reasons: tuple[tuple[str, str], ...]
    is_in_the_way: bool
    needs_second: bool
    plain: tuple[tuple[str, str], ...] = ()  # what is said where there is no advice
    overruling: str = ""  # how it is overruled
    notes: tuple[Note, ...] = ()  # why, in short

    @property
    def icon(self) -> Icon:
        """The sign beside its word."""
        return icon_of(self.kind)


@dataclass(frozen=True, slots=True)
class Order:
    """The order that is looked at, and what is said of it. `card` None: nothing stands against."""

    name: str
    known_as: str
    directions: str
    form: Form
    units: tuple[tuple[str, str], ...]
    times: tuple[tuple[str, str], ...]
    faults: tuple[tuple[str, str], ...]
    card: Shown | None
    clear: tuple[tuple[str, str], ...]
    gaps: tuple[tuple[str, str], ...]
    calm: str  # what is said where there is no card
    calm_word: str
    calm_kind: str  # clear | unsure
    instead: str
    command: str
    mark: str
    opens_dose: bool
    opens_reasons: bool
    ways: tuple[tuple[str, str], ...] = ()  # how it gets into the body: code, words
    pieces: tuple[tuple[str, str], ...] = ()  # units that are counted
    sites: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # how it is done
    dose_hint: str = ""  # that the usual dose is proposed, or that it is to be chosen
    usual: str = ""  # the usual dose in the words of the row that has it
    usual_source: tuple[str, str] = ("", "")  # where that row stands: words, address
    may_sign: bool = True

    @property
    def calm_icon(self) -> Icon:
        """The sign beside the word where there is no card."""
        return icon_of(self.calm_kind)

    @property
    def said(self) -> str:
        """The directions, as a sentence begins."""
        return self.directions[:1].upper() + self.directions[1:]

    @property
    def wrong(self) -> frozenset[str]:
        """The fields that a fault speaks of."""
        return frozenset(target.removeprefix("#") for target, _ in self.faults)


@dataclass(frozen=True, slots=True)
class Search:
    """The search: what was asked, what was found, what may have been meant."""

    text: str = ""
    matches: tuple[Match, ...] = ()
    meant: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page."""

    banner: Banner
    search: Search = field(default_factory=Search)
    order: Order | None = None
    news: tuple[str, ...] = ()  # what changed since the card was shown
