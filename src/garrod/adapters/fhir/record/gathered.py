"""Index rows while they are gathered: plain tuples, each kept once; at the end, values of core."""

from __future__ import annotations

from itertools import starmap

from garrod.core.resource import (
    CompositeRow,
    DateRow,
    NumberRow,
    ReferenceRow,
    Rows,
    StringRow,
    TokenRow,
    UriRow,
)

Token = tuple[str, str, str, str]
String = tuple[str, str, str]
Date = tuple[str, int, int]
Reference = tuple[str, str, str, str, str, str]
Number = tuple[str, float, float, str, str]
Uri = tuple[str, str]
Composite = tuple[str, str, str, str, str, float, float, str]


class Gathered:
    """The rows of one resource so far; the fields of each tuple are those of the row in core."""

    __slots__ = ("composites", "dates", "numbers", "references", "strings", "tokens", "uris")

    def __init__(self) -> None:
        self.tokens: dict[Token, None] = {}
        self.strings: dict[String, None] = {}
        self.dates: dict[Date, None] = {}
        self.references: dict[Reference, None] = {}
        self.numbers: dict[Number, None] = {}
        self.uris: dict[Uri, None] = {}
        self.composites: dict[Composite, None] = {}

    def rows(self) -> Rows:
        """Return the rows gathered."""
        return Rows(
            tokens=tuple(starmap(TokenRow, self.tokens)),
            strings=tuple(starmap(StringRow, self.strings)),
            dates=tuple(starmap(DateRow, self.dates)),
            references=tuple(starmap(ReferenceRow, self.references)),
            numbers=tuple(starmap(NumberRow, self.numbers)),
            uris=tuple(starmap(UriRow, self.uris)),
            composites=tuple(starmap(CompositeRow, self.composites)),
        )
