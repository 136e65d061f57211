"""Text of documents, made safe: only words and their kind of block come through. Pure.

narrative XHTML, base64 or plain text -> Block (kind, words); no tag, link, image or script is kept
Source: HL7 FHIR R4 (4.0.1), Narrative: what a viewer may and may not show
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser

LONGEST = 200_000  # Not clinical: characters of a document that are shown
LOST = "Some of the text could not be read, and is not shown."
READABLE = ("text/plain", "text/html", "application/xhtml+xml", "text/markdown", "text/csv")
MARKUP = ("text/html", "application/xhtml+xml")
HEADS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "caption"))
BREAKS = frozenset(
    ("p", "div", "br", "tr", "table", "ul", "ol", "dl", "dt", "dd", "pre", "blockquote", "hr",
     "section", "article", "thead", "tbody", "body")
)  # fmt: skip
HIDDEN = frozenset(("script", "style", "head", "template", "svg", "math", "iframe", "object"))
CELLS = frozenset(("td", "th"))


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of text: kind is "head", "item" or "text"."""

    kind: str
    words: str


class _Reader(HTMLParser):
    """Gathers the words of markup into blocks; what is hidden, and every tag, is left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._kind, self._words, self._hidden = "text", "", 0

    @property
    def is_hiding(self) -> bool:
        """Return whether something hidden was begun and never ended: what follows it is lost."""
        return self._hidden > 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin another block where the tag does."""
        if tag in HIDDEN:
            self._hidden += 1
        elif tag in HEADS or tag == "li" or tag in BREAKS:
            self.cut("head" if tag in HEADS else "item" if tag == "li" else "text")
        elif tag in CELLS and self._words.strip():
            self._words += " | "

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Break where an empty tag does; nothing is hidden by one."""
        if tag in BREAKS:
            self.cut("text")

    def handle_endtag(self, tag: str) -> None:
        """End a block where the tag does."""
        if tag in HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in HEADS or tag == "li" or tag in BREAKS:
            self.cut("text")

    def handle_data(self, data: str) -> None:
        """Keep words that are meant to be read."""
        if not self._hidden:
            self._words += data

    def cut(self, kind: str) -> None:
        """End the block; the next one is of a kind."""
        words = clean(self._words)
        if words:
            self.blocks.append(Block(self._kind, words))
        self._kind, self._words = kind, ""


def blocks_of_markup(markup: str) -> tuple[Block, ...]:
    """Return the words of markup as blocks."""
    reader = _Reader()
    reader.feed(markup[:LONGEST])
    reader.close()
    reader.cut("text")
    lost = (Block("text", LOST),) if reader.is_hiding or len(markup) > LONGEST else ()
    return (*reader.blocks, *lost)


def blocks_of_text(plain: str) -> tuple[Block, ...]:
    """Return plain text as blocks: one for each line that says something."""
    lines = plain[:LONGEST].splitlines()
    return tuple(Block("text", words) for line in lines if (words := clean(line)))


def blocks_of_data(data: str, media: str) -> tuple[Block, ...] | None:
    """Return the text of an attachment (base64); None where it cannot be shown as text."""
    kind = media.partition(";")[0].strip().lower()
    if kind not in READABLE:
        return None
    try:
        raw = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    words = raw[: 4 * LONGEST].decode("utf-8", "replace")
    return blocks_of_markup(words) if kind in MARKUP else blocks_of_text(words)


def clean(words: str) -> str:
    """Return words without control characters and with single blanks."""
    kept = "".join(c if c.isprintable() else " " for c in words)
    return " ".join(kept.split())


def length_of(blocks: Iterable[Block]) -> int:
    """Return how many characters blocks hold."""
    return sum(len(block.words) for block in blocks)
