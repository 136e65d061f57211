"""Directions in English read as a dose, or not read: never guessed.

text -> stages -> steps -> phrases, each word accounted for -> Dose | NotRead
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Any

from garrod.care.record.medication.dose import (
    Dose,
    Every,
    Regimen,
    Step,
    VariableByInr,
    Weekday,
    timing_of,
)
from garrod.care.record.medication.dose_phrases import (
    AMOUNT,
    NUMBER,
    PHRASES,
    Said,
    amount_of,
    number_in,
)
from garrod.care.record.medication.dose_tables import MEASURES, NUMBERS, ROUTE_WORDS
from garrod.care.record.medication.dose_words import DAYS, UNSTATED, WHEN_WORDS
from garrod.core.errors import InputError


@dataclass(frozen=True, slots=True)
class NotRead:
    """Directions that were not read, and why; the words stay what counts."""

    text: str
    reason: str


class _CannotReadError(Exception):
    """Why a text is not read."""


_MANY = ("when", "at", "days")
_TIMES = (*_MANY, "every", "offset_minutes")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_HELD = re.compile(r"«(\d+)»")
# Words that say something which must not be guessed; each with why.
_REFUSED = (
    (r"as directed|as advised|follow directions|as per", "it refers to directions elsewhere"),
    (r"\d,\d", "a comma within a number"),
    (r"(?<!\d)\.\d", "a number that begins with a point"),
    (r"\d\s*/\s*\d", "a fraction or a date written with a stroke"),
    (r"\bbi-?weekly\b|\bbi-?monthly\b", "a word that is read in two ways"),
    (rf"{NUMBER} (?:weekly|monthly|yearly|fortnightly)\b", "it is read in two ways"),
    (r"\b\d+ \d|\b12 ?[ap]m\b", "numbers that are read in two ways"),
    (
        "|".join(rf"\b{a} {b} times" for a, b in pairwise(NUMBERS)),
        "so many at a time, or so many times",
    ),
    (r"\bod\b.*\b(?:eye|drop)|\b(?:eye|drop).*\bod\b", "od, which is also the right eye"),
)
USUAL = 200  # Not clinical: letters of directions of which the reading is kept


def read_words(text: str) -> Dose | NotRead:
    """Return the dose that directions say beyond doubt, or NotRead with the reason.

    Each word must have its meaning and nothing may be said in two ways; what `words_of` writes is
    read back exactly.
    """
    return _known(text) if len(text) <= USUAL else _read(text)


def _read(text: str) -> Dose | NotRead:
    try:
        return _variable(text) or _regimen(text)
    except _CannotReadError as error:
        return NotRead(text, str(error))
    except InputError as error:
        return NotRead(text, error.message)


# The same few directions are written for most people: what was read of them is kept.
_known = lru_cache(maxsize=4096)(_read)


def _regimen(text: str) -> Regimen:
    held: list[str] = []
    words = _plain(text, held)
    for pattern, why in _REFUSED:
        if found := re.search(pattern, words):
            raise _CannotReadError(f"{found[0]!r}: {why}")
    if not words:
        raise _CannotReadError("there are no words")
    stages = re.split(r"[,;.]?\s*\b(?:and )?then\b\s*", words)
    return Regimen(tuple(_stage(stage, held) for stage in stages))


def _plain(text: str, held: list[str]) -> str:
    """Return a text in lower case with one spelling of marks; bracketed words are put aside."""

    def put_aside(match: re.Match[str]) -> str:
        held.append(match[1])
        return f" «{len(held) - 1}» "

    if "«" in text or "»" in text:
        raise _CannotReadError("guillemets, which directions do not have")
    text = text.replace(UNSTATED, re.sub(r"[()]", "", UNSTATED))
    words = _BRACKETS.sub(put_aside, text).casefold()
    words = re.sub(r"(?<=\d)\s?½", ".5", words).replace("½", "half")
    words = words.replace("–", "-").replace("μ", "µ")
    words = re.sub(r"(?<![\d.,])(\d{1,3})((?:,\d{3})+)(?![\d,.])", _joined_thousands, words)
    words = re.sub(r"(\w+)\s+«(\d+)»", lambda m: _repeated(m, held), words)
    return " ".join(words.split()).lstrip(" ,;").rstrip(" .,;")


def _joined_thousands(match: re.Match[str]) -> str:
    return match[0].replace(",", "")


def _repeated(match: re.Match[str], held: list[str]) -> str:
    """Return "eight" for "eight (8)": the same number in words and digits."""
    inside = held[int(match[2])]
    try:
        same = inside.isdecimal() and number_in(match[1]) == Decimal(inside)
    except ValueError:
        same = False
    return match[1] if same else match[0]


def _stage(text: str, held: list[str]) -> tuple[Step, ...]:
    parts = re.split(r"; and ", text)
    if len(parts) > 1:
        return tuple(_step(part, held) for part in parts)
    try:
        return (_step(text, held),)
    except _CannotReadError as error:
        return _two(text, held, error)


def _two(text: str, held: list[str], why: _CannotReadError) -> tuple[Step, ...]:
    """Return two instructions joined by "and" where just one way of parting them can be read."""
    found = []
    for joint in re.finditer(r",? and ", text):
        try:
            first, second = _step(text[: joint.start()], held), _step(text[joint.end() :], held)
        except (_CannotReadError, InputError):
            continue
        if first.amount and second.amount and _has_moment(first) and _has_moment(second):
            found.append((first, second))
    if len(found) != 1 or found[0][0].has_end != found[0][1].has_end:
        raise why
    return found[0]


def _has_moment(step: Step) -> bool:
    return bool(step.timing.when or step.timing.at)


def _step(text: str, held: list[str]) -> Step:
    said: dict[str, Any] = {name: [] for name in (*_MANY, "notes")}
    for fact in _facts(text, held):
        _put(said, fact)
    _refuse_open_count(said)
    try:
        said["timing"] = timing_of(**{n: said.pop(n) for n in _TIMES if n in said})
        return Step(**{**said, "notes": tuple(said["notes"])})
    except InputError as error:
        raise _CannotReadError(error.message) from None


def _refuse_open_count(said: dict[str, Any]) -> None:
    """Refuse "2 daily": two at once, or two times one?"""
    amount, every = said.get("amount"), said.get("every")
    is_rate = said.pop("is_rate", False)
    if amount and is_rate and (amount.unit in MEASURES or (amount.low, amount.high) != (1, None)):
        raise _CannotReadError("so much a day, at once or in parts")
    is_written_open = said.pop("is_unit_open", False)
    if amount is None or amount.unit or is_written_open or every != Every():
        return
    if (amount.low, amount.high) != (1, None):
        raise _CannotReadError("a number and a day without a unit are read in two ways")


def _put(said: dict[str, Any], fact: Said) -> None:
    if fact.field in (*_MANY, "notes"):
        said[fact.field].append(fact.value)
    elif fact.field in said and (fact.field == "amount" or said[fact.field] != fact.value):
        raise _CannotReadError(f"{fact.field.replace('_', ' ')} is said twice")
    else:
        said[fact.field] = fact.value


def _facts(text: str, held: list[str]) -> Iterator[Said]:
    """Yield what each phrase of a step says, from left to right."""
    place, last, joined = 0, frozenset[str](), False
    while place < len(text):
        if mark := re.compile(r"[\s,;.]+|-(?=\s)").match(text, place):
            place = mark.end()
            continue
        if aside := _HELD.match(text, place):
            yield _bracketed(held[int(aside[1])])
            place, last = aside.end(), frozenset()
            continue
        if both := re.compile(r"(?:and|&)(?: |$)").match(text, place):
            if joined or not last & set(_MANY):
                raise _CannotReadError(f"not understood: {text[place:]!r}")
            place, joined = both.end(), True
            continue
        end, facts = _phrase(text, place)
        fields = frozenset(fact.field for fact in facts)
        if joined and not fields & last & set(_MANY):
            raise _CannotReadError(f"not understood: {text[place:]!r}")
        yield from facts
        place, last, joined = end, fields, False
    if joined:
        raise _CannotReadError("it ends with and")


def _phrase(text: str, place: int) -> tuple[int, Sequence[Said]]:
    for pattern, reader in PHRASES:
        if place and text[place - 1].isalnum() and text[place].isalnum():
            break
        if match := pattern.match(text, place):
            try:
                facts = reader(match)
            except ValueError as error:
                raise _CannotReadError(f"{match[0]!r}: {error}") from None
            if "unit not stated" in match[0] and facts[0].field == "amount":
                facts = (*facts, Said("is_unit_open", True))
            return match.end(), facts
    raise _CannotReadError(f"not understood: {text[place:]!r}")


def _bracketed(text: str) -> Said:
    for start, field in (("note: ", "notes"), ("site: ", "site"), ("for: ", "needed_for")):
        if text.startswith(start):
            return Said(field, text.removeprefix(start))
    raise _CannotReadError(f"not understood: ({text})")


_MOMENT = {words: when for when, words in WHEN_WORDS.items()}
_ROUTE = {words: route for route, (words, _) in ROUTE_WORDS.items()}
_VARIABLE = re.compile(
    rf"varies by inr, target ({NUMBER}) to ({NUMBER})"
    rf"(?:, ({'|'.join(map(re.escape, _ROUTE))}))?(?:, ({'|'.join(_MOMENT)}))?; (.+)"
)


def _variable(text: str) -> VariableByInr | None:
    """Return a dose by the INR as it is written here; None for other words."""
    match = _VARIABLE.fullmatch(" ".join(text.casefold().split()).strip(" ."))
    if not match:
        return None
    low, high, route, moment, plan = match.groups()
    amounts = []
    if plan != "current plan not known":
        days = plan.split(", ")
        if len(days) != len(Weekday):
            raise _CannotReadError("the plan is not one of seven days")
        amounts = [_of_day(d, DAYS[day].casefold()) for day, d in zip(Weekday, days, strict=True)]
    return VariableByInr(
        number_in(low),
        number_in(high),
        tuple(amounts),
        _ROUTE.get(route, ""),
        _MOMENT.get(moment),
    )


def _of_day(text: str, day: str) -> Any:
    if text == f"{day} none":
        return None
    match = re.compile(rf"{day} {AMOUNT}").fullmatch(text)
    if not match:
        raise _CannotReadError(f"not understood: {text!r}")
    return amount_of(match["low"], match["high"], match["unit"])
