"""Draws values to seek by from the values that are there: as they stand, near, or neither."""

from __future__ import annotations

import random
import unicodedata
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from validation.differential.asking import Value
from validation.differential.meaning import EPOCH, codes_in, interval, times, words_in

PREFIXES = ("", "", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
LONGEST = 12  # letters of a beginning that is sought
PRECISIONS = (4, 7, 10, 10, 16, 19, 23)  # letters of a date that are kept
OFTEN = 0.8
SOON = timedelta(days=90)


class Drawing:
    """Draws values of each type, given the typed values that a parameter finds."""

    def __init__(self, chance: random.Random, base: str) -> None:
        self._chance = chance
        self._base = base

    def value(self, sort: str, typed: dict[str, Any]) -> Value | None:
        """Return a value near a stored one; None where it has nothing to seek by."""
        kind, value = typed["type"], typed["value"]
        match sort:
            case "token":
                return self.token(kind, value)
            case "string":
                return self.words(kind, value)
            case "date":
                return self.date(value)
            case "number":
                return self.number(value)
            case "quantity":
                return self.quantity(value)
            case "uri":
                return Value(self._chance.choice((value, value, value.lower(), f"{value}/3")))
            case _:
                return self.reference(value)

    def token(self, kind: str, value: Any) -> Value | None:
        """Return a code alone, with its system, without any, or the system alone."""
        found = [(s, c) for s, c in codes_in(kind, value) if s or c]
        if not found:
            return None
        system, code = self._chance.choice(found)
        code = code or ""
        if kind in ("ContactPoint", "boolean", "code", "uri", "id", "canonical", "string"):
            if kind == "boolean":
                return Value(self._chance.choice(("true", "false")))
            return Value(self._altered(code) if code else code) if code else None
        shape = self._chance.randrange(6)
        if shape == 0 and system:
            return Value("", system=system)
        if shape == 1 and code:
            return Value(code, system="")
        if shape in (2, 3) and system and code:
            return Value(self._altered(code), system=system)
        return Value(self._altered(code)) if code else None

    def _altered(self, code: str) -> str:
        if self._chance.random() < OFTEN:
            return code
        return self._chance.choice((code.swapcase(), f"{code}0", code[:-1] or "z"))

    def words(self, kind: str, value: Any) -> Value | None:
        """Return a part or the whole of some words, in any case, with accents or without."""
        found = [word for word in words_in(kind, value) if word.strip()]
        if not found:
            return None
        word = self._chance.choice(found)
        start = 0 if self._chance.random() < OFTEN else self._chance.randrange(len(word))
        end = self._chance.choice((len(word), start + 1 + self._chance.randrange(LONGEST)))
        text = word[start:end].strip() or word
        match self._chance.randrange(4):
            case 0:
                text = text.upper()
            case 1:
                apart = unicodedata.normalize("NFKD", text)
                text = "".join(c for c in apart if not unicodedata.combining(c)) or text
        return Value(text)

    def date(self, value: Any) -> Value | None:
        """Return a date near a stored one, of some precision, with a prefix."""
        span = times(value)
        ends = [end for end in span or () if abs(end) < 10**17]
        if not ends:
            return None
        moment = EPOCH + timedelta(microseconds=int(self._chance.choice(ends)))
        near = (0, 0, 0, 0, -1, 1, -24, 24, -24 * 31, 24 * 31)
        moment += timedelta(hours=self._chance.choice(near))
        text = moment.isoformat(timespec="milliseconds")[:23]
        kept = self._chance.choice(PRECISIONS)
        zone = self._chance.choice(("Z", "Z", "+00:00")) if kept > 10 else ""
        if self._chance.random() < 0.1 and kept > 10:
            text = (moment + timedelta(hours=2)).isoformat(timespec="milliseconds")[:23]
            zone = "+02:00"
        prefix = self._chance.choice(PREFIXES)
        if prefix == "ap" and abs(datetime.now(UTC) - moment) < SOON:
            prefix = "eq"  # what is near to now changes while we ask
        return Value(text[:kept] + zone, prefix)

    def number(self, value: Any) -> Value | None:
        """Return a number near a stored one, of some precision, with a prefix."""
        found = interval(value)
        ends = [e for e in (found.low, found.high) if abs(e) < 10**12] if found else []
        if not ends:
            return None
        number = self._chance.choice(ends)
        number += self._chance.choice((0, 0, 0, 0, Fraction(1, 2), Fraction(-1, 20), 1, -number))
        places = self._chance.choice((0, 1, 1, 2, 3))
        text = f"{float(number):.{places}f}"
        if self._chance.random() < 0.1:
            text = f"{float(number):.{places}e}".replace("e+0", "e").replace("e-0", "e-")
        return Value(text, self._chance.choice(PREFIXES))

    def quantity(self, value: Any) -> Value | None:
        """Return a number with its unit, another like it, its unit's words, or none."""
        number = self.number(value)
        if number is None:
            return None
        told = value.get("low") or value.get("high") or value
        code, system, unit = told.get("code"), told.get("system"), told.get("unit")
        match self._chance.randrange(4):
            case 0 if code:
                return Value(number.text, number.prefix, system, code)
            case 1 if code or unit:
                words = self._chance.choice((unit or code, code or unit))
                return Value(number.text, number.prefix, "", words)
            case 2 if code in ("g", "mg", "kg"):
                other = self._chance.choice(("g", "mg", "kg", "ug"))
                return Value(number.text, number.prefix, system, other)
        return number

    def reference(self, value: Any) -> Value | None:
        """Return a reference as it stands, its id alone, or its address on this server."""
        text = value if isinstance(value, str) else value.get("reference", "")
        if not text or (text.startswith("urn:uuid") and self._chance.random() < 0.5):
            return None
        kind, _, id = text.rpartition("/")
        if "/" not in kind and kind and not text.startswith("http"):
            return Value(self._chance.choice((text, text, id, f"{self._base}/{text}")))
        return Value(text)
