"""Exact amounts: a decimal number with a UCUM unit, and money with its price year.

Nothing is rounded unless the caller says to how many places. Units are the ones prescribing and
laboratory results need, and products and quotients of them ("mg/kg/d", "mL/min"). Mass to amount
of substance needs a molar mass and is not converted here.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache, total_ordering

from garrod.core.errors import UnitError

Dimension = tuple[tuple[str, int], ...]

# Each atom's dimension and its size in the dimension's own unit (g, L, mol, s, [iU], m, 1).
# Source: The Unified Code for Units of Measure, https://ucum.org/ucum (unchecked).
_ATOMS: dict[str, tuple[str, Fraction]] = {
    "kg": ("mass", Fraction(1000)),
    "g": ("mass", Fraction(1)),
    "mg": ("mass", Fraction(1, 10**3)),
    "ug": ("mass", Fraction(1, 10**6)),
    "ng": ("mass", Fraction(1, 10**9)),
    "pg": ("mass", Fraction(1, 10**12)),
    "L": ("volume", Fraction(1)),
    "dL": ("volume", Fraction(1, 10)),
    "mL": ("volume", Fraction(1, 10**3)),
    "uL": ("volume", Fraction(1, 10**6)),
    "fL": ("volume", Fraction(1, 10**15)),
    "mol": ("amount", Fraction(1)),
    "mmol": ("amount", Fraction(1, 10**3)),
    "umol": ("amount", Fraction(1, 10**6)),
    "nmol": ("amount", Fraction(1, 10**9)),
    "pmol": ("amount", Fraction(1, 10**12)),
    "ms": ("time", Fraction(1, 10**3)),
    "s": ("time", Fraction(1)),
    "min": ("time", Fraction(60)),
    "h": ("time", Fraction(3600)),
    "d": ("time", Fraction(86400)),
    "wk": ("time", Fraction(604800)),
    "[iU]": ("international unit", Fraction(1)),
    "k[iU]": ("international unit", Fraction(1000)),
    "m[iU]": ("international unit", Fraction(1, 10**3)),
    "u[iU]": ("international unit", Fraction(1, 10**6)),
    "[IU]": ("international unit", Fraction(1)),  # UCUM has both spellings
    "m[IU]": ("international unit", Fraction(1, 10**3)),
    "u[IU]": ("international unit", Fraction(1, 10**6)),
    "U": ("enzyme unit", Fraction(1)),
    "mm[Hg]": ("pressure", Fraction(1)),  # the only pressure here, so a unit of its own
    "m": ("length", Fraction(1)),
    "cm": ("length", Fraction(1, 100)),
    "m2": ("area", Fraction(1)),
    "1": ("", Fraction(1)),
    "%": ("", Fraction(1, 100)),
    "10*3": ("", Fraction(10**3)),
    "10*6": ("", Fraction(10**6)),
    "10*9": ("", Fraction(10**9)),
    "10*12": ("", Fraction(10**12)),
}
_ANNOTATION = re.compile(r"\{[^{}]*\}")


@lru_cache(maxsize=512)
def read_unit(ucum: str) -> tuple[Dimension, Fraction]:
    """Return the dimension of a UCUM unit and its size in base units.  Raises: UnitError.

    An annotation in braces counts as 1, as UCUM has it: {tablet}, mL/min/{1.73_m2}.
    """
    powers: Counter[str] = Counter()
    size = Fraction(1)
    for sign, atom in _terms(ucum):
        name = "1" if _ANNOTATION.fullmatch(atom) else atom
        if name not in _ATOMS:
            raise UnitError(
                f"unit {ucum!r}: {atom!r} is not known. Write it in UCUM with one of "
                f"{', '.join(_ATOMS)}, joined by '/' or '.'."
            )
        dimension, factor = _ATOMS[name]
        powers[dimension] += sign
        size *= factor**sign
    return tuple(sorted((d, p) for d, p in powers.items() if d and p)), size


def _terms(ucum: str) -> list[tuple[int, str]]:
    """Return each atom of a unit with +1 above the line or -1 below it; "/min" is 1/min."""
    ucum = f"1{ucum}" if ucum.startswith("/") else ucum
    parts = re.split(r"([/.])", _ANNOTATION.sub(lambda m: m[0].replace(".", "·"), ucum))
    signs = [1, *(-1 if joint == "/" else 1 for joint in parts[1::2])]
    return list(zip(signs, parts[0::2], strict=True))


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """A decimal number of a UCUM unit; equal when the amounts are, whatever the units.

    Raises: UnitError for an unknown unit or a number that is not finite.
    """

    value: Decimal
    ucum: str

    def __post_init__(self) -> None:
        read_unit(self.ucum)
        _refuse_endless(self.value)

    @classmethod
    def of(cls, text: str, ucum: str) -> Quantity:
        """Return the quantity of a decimal number in text.  Raises: UnitError."""
        return cls(_decimal(text), ucum)

    def convert(self, ucum: str, *, places: int | None = None) -> Quantity:
        """Return the same amount in another unit, exactly unless `places` are asked for.

        Raises: UnitError when the units measure different things, or when no finite decimal is
        exact (1 min in h) and no places were given.
        """
        self._refuse_other(ucum)
        amount = self._amount() / read_unit(ucum)[1]
        if places is not None:
            return Quantity(_rounded(amount, places), ucum)
        return Quantity(_exact(amount, f"{self} in {ucum}"), ucum)

    def scaled_by(self, factor: Decimal) -> Quantity:
        """Return the quantity times a number, exactly: a dose and its dose factor."""
        _refuse_endless(factor)
        amount = Fraction(self.value) * Fraction(factor)
        return Quantity(_exact(amount, str(self)), self.ucum)

    def __add__(self, other: Quantity) -> Quantity:
        return self._joined(other, 1)

    def __sub__(self, other: Quantity) -> Quantity:
        return self._joined(other, -1)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Quantity):
            return NotImplemented
        return (self._dimension(), self._amount()) == (other._dimension(), other._amount())

    def __hash__(self) -> int:
        return hash((self._dimension(), self._amount()))

    def __lt__(self, other: Quantity) -> bool:
        self._refuse_other(other.ucum)
        return self._amount() < other._amount()

    def __str__(self) -> str:
        return f"{self.value} {self.ucum}"

    def _joined(self, other: Quantity, sign: int) -> Quantity:
        self._refuse_other(other.ucum)
        amount = (self._amount() + sign * other._amount()) / read_unit(self.ucum)[1]
        return Quantity(_exact(amount, f"{other} in {self.ucum}"), self.ucum)

    def _dimension(self) -> Dimension:
        return read_unit(self.ucum)[0]

    def _amount(self) -> Fraction:
        return Fraction(self.value) * read_unit(self.ucum)[1]

    def _refuse_other(self, ucum: str) -> None:
        if self._dimension() != read_unit(ucum)[0]:
            raise UnitError(
                f"{self.ucum} and {ucum} measure different things and cannot be combined: "
                "give both in units of one kind."
            )


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An exact sum in one currency at one year's prices.  Raises: UnitError."""

    value: Decimal
    currency: str
    price_year: int

    def __post_init__(self) -> None:
        _refuse_endless(self.value)
        if not re.fullmatch(r"[A-Z]{3}", self.currency):
            raise UnitError(f"currency {self.currency!r}: expected three letters, as in GBP.")

    def __add__(self, other: Money) -> Money:
        return self._joined(other, 1)

    def __sub__(self, other: Money) -> Money:
        return self._joined(other, -1)

    def __lt__(self, other: Money) -> bool:
        self._refuse_other(other)
        return self.value < other.value

    def __str__(self) -> str:
        return f"{self.value} {self.currency} ({self.price_year} prices)"

    def _joined(self, other: Money, sign: int) -> Money:
        self._refuse_other(other)
        total = Fraction(self.value) + sign * Fraction(other.value)
        return Money(_exact(total, str(self)), self.currency, self.price_year)

    def _refuse_other(self, other: Money) -> None:
        if (self.currency, self.price_year) != (other.currency, other.price_year):
            raise UnitError(
                f"{self.currency} at {self.price_year} prices and {other.currency} at "
                f"{other.price_year} prices cannot be combined: convert or inflate one first."
            )


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise UnitError(f"{text!r} is not a decimal number: write it as in 12.5.") from None


def _refuse_endless(value: Decimal) -> None:
    if not value.is_finite():
        raise UnitError(f"{value} is not a finite number: give the number that was measured.")


def _exact(amount: Fraction, what: str) -> Decimal:
    """Return a fraction as the decimal that equals it.  Raises: UnitError when there is none."""
    twos, fives, rest = 0, 0, amount.denominator
    while rest % 2 == 0:
        twos, rest = twos + 1, rest // 2
    while rest % 5 == 0:
        fives, rest = fives + 1, rest // 5
    if rest != 1:
        raise UnitError(
            f"{what}: no finite decimal is exact. Convert to the smaller unit, or say how many "
            "places to round to."
        )
    return _scaled(amount, max(twos, fives))


def _rounded(amount: Fraction, places: int) -> Decimal:
    """Return a fraction rounded to decimal places, halves to even."""
    ten = Fraction(10) ** places
    return _scaled(round(amount * ten) / ten, places)


def _scaled(amount: Fraction, places: int) -> Decimal:
    """Return a fraction of a power of ten as a decimal, past any context's precision."""
    whole = int(amount * Fraction(10) ** places)
    digits = tuple(int(d) for d in str(abs(whole)))
    return Decimal((int(whole < 0), digits, -places))
