"""Whose alleles a file cannot show: of those counted in a population, what needs an unread place.

definition x places that were not read -> alleles that cannot be seen -> share of chromosomes
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from garrod.science.pgx.definitions import GeneDefinition
from garrod.science.pgx.structure import GENE as COPIED


def unseen_share(
    definition: GeneDefinition,
    shares: Mapping[str, float],
    unread: Collection[str],
    *,
    has_copies: bool,
) -> float:
    """Return the share of a population's chromosomes whose allele a file cannot show (0 to 1).

    `shares`: by allele, as counted; `unread`: ids of positions; `has_copies`: whether the file
    says how many copies there are. An allele cannot be shown where each of its definitions needs
    an unread place; of CYP2D6 also where it is one of copies (deleted, doubled, a hybrid) and none
    are told. Of another gene, what is counted and not defined here reads as the reference does.

    Source: packs pgx-definitions and pgx-frequencies.
    """
    seen, defined = _seen(definition, frozenset(unread)), frozenset(definition.folded)
    is_blind = definition.gene == COPIED and not has_copies
    return sum(
        share
        for allele, share in shares.items()
        if (allele not in seen if allele in defined else is_blind)
    )


def _seen(definition: GeneDefinition, unread: frozenset[str]) -> frozenset[str]:
    blind = {n for n, place in enumerate(definition.positions) if place.id in unread}
    return frozenset(
        core
        for core, cells in zip(definition.folded, definition.cells, strict=True)
        if not any(place in blind for place, _ in cells)
    )
