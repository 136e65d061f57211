"""A laboratory's message as values: who it is of, its orders, what was observed, what is wrong.

text -> messages (er7) -> Report: header, person, orders (OBR with its OBX, NTE, SPM), faults. Pure.
Source: HL7 v2.5.1, chapter 7 (ORU^R01) and chapter 2 (table 0357, codes of faults).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from garrod.adapters.hl7v2.codes import DOCUMENTS
from garrod.adapters.hl7v2.er7 import Message, Segment, messages
from garrod.adapters.hl7v2.moments import day_of
from garrod.adapters.hl7v2.observations import Observation, observations
from garrod.adapters.hl7v2.results import EVENT, MESSAGE
from garrod.adapters.hl7v2.states import CANCELLED, WITHDRAWN
from garrod.core.errors import OutsideCallError

FILE = "the message"
MISSING, BROKEN, SEQUENCE, TYPE, EVENT_CODE, TRAINING = "101", "102", "100", "200", "201", "202"
PRODUCTION = ("P", "")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: the segment, its line and field (0: the whole of it), and what to do."""

    segment: str
    line: int
    field: int
    words: str
    code: str = BROKEN

    @property
    def where(self) -> str:
        """Return the place in words: "PID-7 on line 2"."""
        if not self.segment:
            return "The message"
        name = f"{self.segment}-{self.field}" if self.field else self.segment
        return f"{name} on line {self.line}"


@dataclass(slots=True)
class Observed:
    """An OBX with its comments, and what it states of a gene, where it does."""

    segment: Segment
    notes: list[str] = field(default_factory=list)
    gene: Observation | None = None

    @property
    def is_document(self) -> bool:
        """Return whether it holds a document; senders write some as coded values."""
        words = {part.casefold() for part in self.segment.repeats(5)[0]}
        return self.segment.text(2) in DOCUMENTS or "base64" in words


@dataclass(slots=True)
class Order:
    """An OBR and what hangs on it."""

    segment: Segment
    common: Segment | None = None  # ORC
    observed: list[Observed] = field(default_factory=list)
    specimens: list[Segment] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def placer(self) -> str:
        """Return the number of who asked for it; "" where none is given."""
        return self.segment.text(2) or (self.common.text(2) if self.common else "")

    @property
    def filler(self) -> str:
        """Return the laboratory's own number; "" where none is given."""
        return self.segment.text(3) or (self.common.text(3) if self.common else "")

    def letter(self, observed: Observed) -> str:
        """Return the status of an observation, that of its order where it has none.

        An order that was cancelled or withdrawn takes all that it holds with it.
        """
        own = self.segment.text(25).upper()
        if own in {CANCELLED, *WITHDRAWN}:
            return own
        return observed.segment.text(11).upper() or own


@dataclass(slots=True)
class Report:
    """One message."""

    header: Segment
    text: str = field(repr=False)
    person: Segment | None = None
    orders: list[Order] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def number(self) -> str:
        """Return the number that its sender gave it (MSH-10)."""
        return self.header.text(10)

    @property
    def sender(self) -> tuple[str, str]:
        """Return the application and the facility that sent it (MSH-3, MSH-4)."""
        return self.header.text(3), self.header.text(4)

    @property
    def is_training(self) -> bool:
        """Return whether it says of itself that it is no real one (MSH-11)."""
        return self.header.text(11).upper() not in PRODUCTION


def read_reports(text: str) -> list[Report]:
    """Return the messages that a text holds, each with what is wrong with it.

    Raises: OutsideCallError OUT003 where it is no HL7 v2, or was cut.
    """
    return [_report(message) for message in messages(text, FILE)]


def _report(message: Message) -> Report:
    report = Report(message.header, _written(message))
    _check_header(report)
    _sort(message.body, report)
    if report.person is None and not report.faults:
        report.faults.append(_fault(report.header, 0, "no PID follows: whose is it?", SEQUENCE))
    if not any(order.observed for order in report.orders) and not report.faults:
        report.faults.append(_fault(report.header, 0, "no result (OBX) follows", SEQUENCE))
    if not report.faults:
        _read_genes(message, report)
    return report


def _written(message: Message) -> str:
    """Return a message as it is kept: its segments as they came, one a line."""
    signs = message.header.signs
    first = "MSH" + signs.field + signs.field.join(message.header.fields[2:])
    return "\r".join((first, *(signs.field.join(s.fields) for s in message.body))) + "\r"


def _fault(segment: Segment, number: int, words: str, code: str = BROKEN) -> Fault:
    return Fault(segment.name, segment.line, number, words, code)


def _check_header(report: Report) -> None:
    header = report.header
    kind, event = header.text(9), header.text(9, 2)
    if kind != MESSAGE:
        words = f"the type is none that is read here: expected {MESSAGE}^{EVENT}"
        report.faults.append(_fault(header, 9, words, TYPE))
    elif event not in ("", EVENT):
        words = f"the event is none that is read here: expected {MESSAGE}^{EVENT}"
        report.faults.append(_fault(header, 9, words, EVENT_CODE))
    for number, words in ((10, "the message has no number of its own"),
                          (3, "it does not say which application sent it")):  # fmt: skip
        if not header.raw(number):
            words += ": the same message sent again could not be told"
            report.faults.append(_fault(header, number, words, MISSING))


def _sort(body: Sequence[Segment], report: Report) -> None:
    common: Segment | None = None
    for segment in body:
        order = report.orders[-1] if report.orders else None
        if segment.name == "PID":
            _take_person(segment, report)
        elif segment.name == "ORC":
            common = segment
        elif segment.name == "OBR":
            report.orders.append(Order(segment, common))
            common = None
            _check_order(segment, report)
        elif segment.name == "OBX":
            _take_observation(segment, order, report)
        elif segment.name == "SPM" and order is not None:
            order.specimens.append(segment)
        elif segment.name == "NTE" and order is not None:
            last = order.observed[-1] if order.observed else None
            kept = order.notes if last is None or last.is_document else last.notes
            kept += [words] if (words := " ".join(r[0] for r in segment.repeats(3)).strip()) else []


def _take_person(segment: Segment, report: Report) -> None:
    if report.person is not None:
        words = "a second person in one message: send a message for each"
        report.faults.append(_fault(segment, 0, words, SEQUENCE))
        return
    report.person = segment
    if segment.text(7) and not day_of(segment.text(7)):
        words = "the date of birth is no date: expected YYYYMMDD"
        report.faults.append(_fault(segment, 7, words))


def _check_order(segment: Segment, report: Report) -> None:
    if not segment.raw(4):
        words = "it does not say what was asked for (OBR-4)"
        report.faults.append(_fault(segment, 4, words, MISSING))


def _take_observation(segment: Segment, order: Order | None, report: Report) -> None:
    if order is None:
        words = "a result stands before any order (OBR)"
        report.faults.append(_fault(segment, 0, words, SEQUENCE))
    elif len(segment.fields) <= 3 or not segment.raw(3):
        words = "it does not say what was observed"
        report.faults.append(_fault(segment, 3, words, MISSING))
    else:
        order.observed.append(Observed(segment))


def _read_genes(message: Message, report: Report) -> None:
    """Say of each observation what it states of a gene; what cannot be read is a fault."""
    segments = [s for s in message.body if s.name in ("OBR", "OBX")]
    documents = {o.segment.line for order in report.orders for o in order.observed if o.is_document}
    try:
        found, _ = observations(
            report.header, [s for s in segments if s.line not in documents], FILE
        )
    except OutsideCallError as error:
        said = error.message.removeprefix(f"{FILE}: ")
        report.faults.append(Fault("", 0, 0, said))
        return
    by_line = {one.line: one for one in found}
    for order in report.orders:
        for observed in order.observed:
            observed.gene = by_line.get(observed.segment.line)
