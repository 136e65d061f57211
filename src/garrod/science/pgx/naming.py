"""How a diplotype is written: the lower-numbered allele first, "/" between."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"(\d+)")
REFERENCE = "Reference"


def allele_key(name: str) -> tuple[object, ...]:
    """Return a sort key: "Reference" first, then text and numbers in turn.

    Source: CPIC's way of writing diplotypes.
    """
    parts = _NUMBER.split(name)
    return (name != REFERENCE, *(int(p) if i % 2 else p for i, p in enumerate(parts)))


def diplotype_name(alleles: tuple[str, ...]) -> str:
    """Return the written diplotype, or the single allele of a hemizygous call.

    Source: CPIC's way of writing diplotypes.
    """
    return "/".join(in_order(alleles))


def in_order(alleles: tuple[str, ...]) -> tuple[str, ...]:
    """Return the alleles as they are written, lower first.

    Source: CPIC's way of writing diplotypes.
    """
    return tuple(sorted(alleles, key=allele_key))
