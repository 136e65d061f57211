"""Reads the tables of a profile: what is missing, misspelt or out of range is said by its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from garrod.core.errors import InputError

WORDS = ("source", "assumed")
MISSING: Any = object()
LARGEST = 1e6  # Not clinical: of any number in a profile


def wrong(place: str, what: str) -> InputError:
    """Return the error of a place in a profile."""
    return InputError(f"profile, {place}: {what}", code="INP050")


class Section:
    """One table of a profile; every key must be asked for before it is `done`."""

    def __init__(self, place: str, data: Any) -> None:
        if not isinstance(data, dict):
            raise wrong(place, "expected a table")
        self.place, self._data = place, data
        self._asked: set[str] = set(WORDS)

    def _take(self, key: str, default: Any) -> Any:
        self._asked.add(key)
        found = self._data.get(key, default)
        if found is MISSING:
            raise wrong(f"{self.place}.{key}", "is missing")
        return found

    def sourced(self) -> Section:
        """Return the section itself.  Raises: InputError INP050 where it names no source."""
        source = self._data.get("source")
        if not isinstance(source, str) or not source.strip():
            raise wrong(
                self.place, "names no source; give one, with `assumed = true` where it is assumed"
            )
        if not isinstance(self._data.get("assumed", False), bool):
            raise wrong(f"{self.place}.assumed", "expected true or false")
        return self

    def done(self) -> None:
        """Check that nothing was left unread.  Raises: InputError INP050."""
        left = sorted(set(self._data) - self._asked)
        if left:
            raise wrong(self.place, f"has {', '.join(map(repr, left))}, which nothing reads")

    def has(self, key: str) -> bool:
        """Return whether a key is there."""
        return key in self._data

    def names(self) -> tuple[str, ...]:
        """Return the keys that are there."""
        return tuple(self._data)

    def text(self, key: str, default: Any = MISSING) -> str:
        """Return words; "" only as a default."""
        found = self._take(key, default)
        if not isinstance(found, str) or (not found.strip() and default is MISSING):
            raise wrong(f"{self.place}.{key}", "expected words")
        return found

    def flag(self, key: str) -> bool:
        """Return true or false; false where it is not there."""
        found = self._take(key, False)
        if not isinstance(found, bool):
            raise wrong(f"{self.place}.{key}", "expected true or false")
        return found

    def number(
        self, key: str, low: float = 0, high: float = LARGEST, default: Any = MISSING
    ) -> float:
        """Return a number within limits."""
        return self._number(f"{self.place}.{key}", self._take(key, default), low, high)

    def share(self, key: str, default: Any = MISSING) -> float:
        """Return a share, 0 to 1."""
        return self.number(key, 0, 1, default)

    def whole(
        self, key: str, low: int = 0, high: int = int(LARGEST), default: Any = MISSING
    ) -> int:
        """Return a whole number within limits."""
        found = self._take(key, default)
        if isinstance(found, bool) or not isinstance(found, int) or not low <= found <= high:
            raise wrong(f"{self.place}.{key}", f"expected a whole number from {low} to {high}")
        return found

    def numbers(
        self, key: str, count: int = 0, low: float = 0, high: float = LARGEST
    ) -> tuple[float, ...]:
        """Return a list of numbers, so many where a count is given."""
        found, place = self._take(key, MISSING), f"{self.place}.{key}"
        if not isinstance(found, list) or not found or (count and len(found) != count):
            raise wrong(place, f"expected a list of {count or 'some'} numbers")
        return tuple(self._number(f"{place}[{n}]", v, low, high) for n, v in enumerate(found))

    def ages(self, key: str) -> tuple[int, ...]:
        """Return ages in order."""
        found = tuple(int(v) for v in self.numbers(key, high=130))
        if list(found) != sorted(set(found)):
            raise wrong(f"{self.place}.{key}", "expected ages in ascending order")
        return found

    def limits(self, key: str) -> tuple[int, int]:
        """Return the lower and the upper of two whole numbers."""
        low, high = (int(v) for v in self.numbers(key, 2))
        if low > high:
            raise wrong(f"{self.place}.{key}", "expected the smaller number first")
        return low, high

    def words(self, key: str, default: Any = MISSING) -> tuple[str, ...]:
        """Return a list of words."""
        found = self._take(key, default)
        if not isinstance(found, list) or not all(isinstance(v, str) and v for v in found):
            raise wrong(f"{self.place}.{key}", "expected a list of words")
        return tuple(found)

    def weights(self, key: str, default: Any = MISSING) -> dict[str, float]:
        """Return a number for each of some names; as weights they sum to more than nought."""
        found, place = self._take(key, default), f"{self.place}.{key}"
        if not isinstance(found, dict):
            raise wrong(place, "expected names with numbers, as in { ramipril = 0.5 }")
        read = {k: self._number(f"{place}.{k}", v, 0, LARGEST) for k, v in found.items()}
        if default is MISSING and sum(read.values()) <= 0:
            raise wrong(place, "expected weights of which one at least is above nought")
        return read

    def section(self, key: str) -> Section:
        """Return a table within."""
        return Section(f"{self.place}.{key}", self._take(key, MISSING))

    def sections(self, key: str, default: Any = MISSING) -> list[Section]:
        """Return the tables of a list."""
        found = self._take(key, default)
        if not isinstance(found, list):
            raise wrong(f"{self.place}.{key}", "expected a list of tables")
        return [Section(f"{self.place}.{key}[{n}]", v) for n, v in enumerate(found)]

    def named(self, key: str) -> Iterator[tuple[str, Section]]:
        """Yield the tables below a key, with their names."""
        found = self._take(key, MISSING)
        if not isinstance(found, Mapping):
            raise wrong(f"{self.place}.{key}", "expected tables by name")
        for name, data in found.items():
            yield name, Section(f"{self.place}.{key}.{name}", data)

    @staticmethod
    def _number(place: str, value: Any, low: float, high: float) -> float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not low <= value <= high:
            raise wrong(place, f"expected a number from {low:g} to {high:g}")
        return float(value)
