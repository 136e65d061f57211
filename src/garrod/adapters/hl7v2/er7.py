"""HL7 v2 as it is written: segments, fields, components, escapes. Knows no medicine.

text -> lines -> segments -> messages (each begins with MSH, which names its delimiters)

Source: HL7 v2.5.1, chapter 2 (encoding rules).  Messages name a segment and its line, no content:
a line may hold who the patient is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from garrod.core.errors import OutsideCallError

ENVELOPE = frozenset(("FHS", "BHS", "BTS", "FTS"))  # of a file and of a batch
BEGINNING = re.compile(r"[\s\x0b\x1c\ufeff]*(?:(?:MSH|FHS|BHS)[^\w\s]|(?:PID|OBR|OBX|PV1)\|)")
_FRAME = re.compile("[\x0b\x1c\ufeff]")  # MLLP puts VT before a message and FS CR after it
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NAME = re.compile(r"[A-Z][A-Z0-9]{2}")
_ESCAPE_MAX = 200  # Not clinical: characters of one escape; longer is no escape


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The signs that a message separates with."""

    field: str
    component: str
    repetition: str
    escape: str
    subcomponent: str

    def plain(self, text: str) -> str:
        """Return a text with its escapes resolved, on one line, without control characters."""
        sign = re.escape(self.escape)
        resolved = re.sub(f"{sign}([^{sign}]{{1,{_ESCAPE_MAX}}}){sign}", self._resolved, text)
        return " ".join(_CONTROL.sub(" ", resolved).split())

    def _resolved(self, match: re.Match[str]) -> str:
        word = match[1]
        signs = {
            "F": self.field, "S": self.component, "R": self.repetition,
            "E": self.escape, "T": self.subcomponent, "H": "", "N": "",
        }  # fmt: skip
        if word in signs:
            return signs[word]
        if re.fullmatch(r"X(?:[0-9A-Fa-f]{2})+", word):
            return bytes.fromhex(word[1:]).decode("utf-8", errors="replace")
        return " "  # a line break or other formatting


@dataclass(frozen=True, slots=True)
class Segment:
    """One line of a message. `fields` are as written; fields[0] is the segment's name."""

    name: str
    fields: tuple[str, ...]
    line: int
    signs: Delimiters

    def raw(self, number: int) -> str:
        """Return a field as written; empty where the segment ends before it."""
        found = self.fields[number] if number < len(self.fields) else ""
        return "" if found == '""' else found  # two quotes delete what was known

    def repeats(self, number: int) -> list[tuple[str, ...]]:
        """Return each repetition of a field as its components."""
        parts = self.raw(number).split(self.signs.repetition)
        return [
            tuple(self.signs.plain(c) for c in part.split(self.signs.component)) for part in parts
        ]

    def text(self, number: int, component: int = 1) -> str:
        """Return one component of a field's first repetition."""
        parts = self.repeats(number)[0]
        return parts[component - 1] if component <= len(parts) else ""


@dataclass(frozen=True, slots=True)
class Message:
    """A message: its header and what follows, in order."""

    header: Segment
    body: tuple[Segment, ...]


def messages(text: str, file: str) -> list[Message]:
    """Return the messages of a file.  Raises: OutsideCallError OUT003 for a broken one."""
    found: list[tuple[Segment, list[Segment]]] = []
    told: int | None = None
    for segment in _segments(text, file):
        if segment.name == "MSH":
            found.append((segment, []))
        elif segment.name == "BTS" and segment.text(1).isdecimal():
            told = (told or 0) + int(segment.text(1)[:9])
        elif segment.name not in ENVELOPE:
            if not found:
                raise wrong(file, segment, "stands before any MSH: the message's beginning is lost")
            found[-1][1].append(segment)
    if told is not None and told != len(found):
        raise OutsideCallError(
            f"{file}: the batch's trailer (BTS) says {told} messages, {len(found)} are there; "
            "ask for the file to be sent again",
            code="OUT003",
        )
    return [Message(header, tuple(body)) for header, body in found]


def wrong(file: str, segment: Segment, why: str) -> OutsideCallError:
    """Return the error that names a segment and its line."""
    said = f"{file}: {segment.name} on line {segment.line} {why}"
    return OutsideCallError(f"{said}; ask for the message to be sent again", code="OUT003")


def line_of(*fields: str) -> str:
    """Return a segment of its fields, those that are empty at its end left out."""
    return "|".join(fields).rstrip("|")


def escaped(words: str) -> str:
    r"""Return words that hold no sign of a message's own: "|" becomes "\F\"; on one line."""
    named = {"\\": "E", "|": "F", "^": "S", "~": "R", "&": "T"}
    return "".join(f"\\{named[c]}\\" if c in named else c for c in " ".join(words.split()))


def _segments(text: str, file: str) -> Iterator[Segment]:
    signs: Delimiters | None = None
    before = "the beginning"
    for number, raw in enumerate(re.split("\r\n|\r|\n", _FRAME.sub("", text)), 1):
        line = raw.strip(" \t\0")
        if not line:
            continue
        name = line[:3]
        if not _NAME.fullmatch(name):
            raise OutsideCallError(
                f"{file}: line {number}, after {before}, begins no HL7 segment (three capitals, "
                "then the delimiter): a segment was cut in two; ask for the message again",
                code="OUT003",
            )
        if name in ("MSH", "FHS", "BHS"):
            signs = _signs(line, name, number, file)
            fields = ["", line[3], *line[4:].split(line[3])]
        else:
            if signs is None:
                signs = Delimiters("|", "^", "~", "\\", "&")
            if line[3:4] not in ("", signs.field):
                raise OutsideCallError(
                    f"{file}: {name} on line {number} is not followed by {signs.field!r}, the "
                    "delimiter that the header names; ask for the message to be sent again",
                    code="OUT003",
                )
            fields = line.split(signs.field)
        before = f"{name} on line {number}"
        yield Segment(name, tuple(fields), number, signs)


def _signs(line: str, name: str, number: int, file: str) -> Delimiters:
    """Return the delimiters that a header names.  Raises: OutsideCallError OUT003."""
    field = line[3:4]
    others = line[4:].split(field)[0] if field else ""
    is_right = (
        len(others) in (4, 5)  # from v2.7 on a fifth marks what was cut
        and len({field, *others}) == len(others) + 1
        and not any(sign.isalnum() or sign.isspace() for sign in field + others)
    )
    if not is_right:
        raise OutsideCallError(
            f"{file}: {name} on line {number} does not name its delimiters; four different signs "
            r"after the first are expected, as in 'MSH|^~\&|'",
            code="OUT003",
        )
    return Delimiters(field, *others[:4])
