"""How a diplotype is written: the lower-numbered allele first, "/" between."""

from __future__ import annotations

import re

from garrod.science.pgx.definitions import GeneDefinition

_NUMBER = re.compile(r"\d+")


def allele_key(definition: GeneDefinition, name: str) -> tuple[int, tuple[int, ...], str]:
    """Return a sort key: reference first for genes not numbered by stars, then by number.

    Source: CPIC's way of writing diplotypes.
    """
    starred = name.startswith("*")
    first = 0 if starred or name == definition.reference_allele else 1
    return first, tuple(int(n) for n in _NUMBER.findall(name)), name


def diplotype_name(definition: GeneDefinition, alleles: tuple[str, ...]) -> str:
    """Return the written diplotype, or the single allele of a hemizygous call.

    Source: CPIC's way of writing diplotypes.
    """
    return "/".join(sorted(alleles, key=lambda name: allele_key(definition, name)))
