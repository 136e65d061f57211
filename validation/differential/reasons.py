"""Which of the known ways of Medplum's memory repository may touch a question.

Each name is a row of fhir_differential.csv, which says what Medplum does and what R4 says.
"""

from __future__ import annotations

from collections.abc import Iterator

from validation.differential.asking import Filter, Question, Value

# In the order of the table: what Medplum never answers stands before what it answers otherwise.
NEVER = ("composite", "number", "quantity", "has", "chain-deep", "token-modifier", "date-or",
         "date-minute", "reference-modifier", "reference-id", "reference-address")  # fmt: skip
OTHERWISE = ("string", "uri", "token-escape", "token-case", "date-eq", "date-ne", "date-ap",
             "date-ge-le", "date-month", "reference-untold", "sort", "include",
             "reference-version")  # fmt: skip
PLAIN_TYPES = frozenset(("composite", "number", "quantity", "string", "uri"))
TOKEN_MODIFIERS = frozenset(("text", "in", "not-in", "of-type"))
OVERLAPS = {"": "date-eq", "eq": "date-eq", "ne": "date-ne", "ap": "date-ap",
            "ge": "date-ge-le", "le": "date-ge-le"}  # fmt: skip
MINUTE = 16  # letters of a time without seconds


def reasons(question: Question) -> list[str]:
    """Return the names of what may make Medplum answer otherwise, the most likely first."""
    found = {name for asked in question.filters for name in _of(asked)}
    found |= {"include"} if question.includes else set()
    found |= {"sort"} if question.sort else set()
    return [name for name in (*NEVER, *OTHERWISE) if name in found]


def _of(asked: Filter) -> Iterator[str]:
    if any(hop.is_backward for hop in asked.hops):
        yield "has"
    elif len(asked.hops) > 1:
        yield "chain-deep"
    elif asked.hops:
        yield "reference-version"
        yield "reference-untold"
    if asked.modifier == "missing":
        if asked.type == "reference":
            yield "reference-untold"
    elif asked.type in PLAIN_TYPES:
        yield asked.type
    elif asked.type == "token":
        yield from _token(asked)
    elif asked.type == "date":
        yield from _date(asked)
    else:
        yield from _reference(asked)


def _token(asked: Filter) -> Iterator[str]:
    if asked.modifier in TOKEN_MODIFIERS:
        yield "token-modifier"
    if any(set("|,") & set(value.text) for value in asked.values):
        yield "token-escape"
    if any(value.text != value.text.swapcase() for value in asked.values):
        yield "token-case"


def _date(asked: Filter) -> Iterator[str]:
    if len(asked.values) > 1:
        yield "date-or"
    if any(len(v.text.rstrip("Z").partition("+")[0]) == MINUTE for v in asked.values):
        yield "date-minute"
    yield from (OVERLAPS.get(v.prefix, "date-month") for v in asked.values)


def _reference(asked: Filter) -> Iterator[str]:
    if asked.modifier:
        yield "reference-modifier"
    if any(_is_bare(value) for value in asked.values):
        yield "reference-id"
    if any("://" in value.text for value in asked.values):
        yield "reference-address"
    yield "reference-version"


def _is_bare(value: Value) -> bool:
    return "/" not in value.text and ":" not in value.text
