"""Which alleles no longer lead to a result with a hard stop.

Each allele is taken twice, and alone (as mitochondria have it), so that nothing else blurs it;
once as the shelf stood before the change, and once as it stands after.
"""

from __future__ import annotations

from collections.abc import Iterator

from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.phenotype import Phenotyping, load_phenotyping, phenotype_of

PHENOTYPES, DEFINITIONS = "pgx-phenotypes", "pgx-definitions"

Result = tuple[str, str]  # gene, key


def lost_phenotypes(before: Shelf, after: Shelf, stopped: set[Result]) -> Iterator[str]:
    """Yield the alleles that gave a stopped result and do so no longer, or are read otherwise."""
    old, new = _reached(before, stopped), _reached(after, stopped)
    for (gene, allele), keys in old.items():
        for key in sorted(keys - new.get((gene, allele), frozenset())):
            yield f"{PHENOTYPES}: {gene} {allele} alone or twice no longer gives {key}"
    now = _defined(after)
    for name, defines in _defined(before).items():
        if name in old and now.get(name) != defines:
            change = "is defined otherwise" if name in now else "is known no longer"
            yield f"{DEFINITIONS}: {' '.join(name)}, which leads to a hard stop, {change}"


def _reached(shelf: Shelf, stopped: set[Result]) -> dict[Result, frozenset[str]]:
    """Return the stopped keys that two copies of an allele give, by gene and allele."""
    phenotyping = load_phenotyping(shelf)
    found: dict[Result, frozenset[str]] = {}
    for gene in sorted({gene for gene, _ in stopped}):
        wanted = frozenset(key for g, key in stopped if g == gene)
        known = (*phenotyping.functions.get(gene, {}), *phenotyping.statuses.get(gene, ()))
        for allele in known:
            keys = _keys_of(phenotyping, gene, (allele, allele))
            if keys := wanted & (keys | _keys_of(phenotyping, gene, (allele,))):
                found[gene, allele] = keys
    return found


def _keys_of(phenotyping: Phenotyping, gene: str, alleles: tuple[str, ...]) -> frozenset[str]:
    result = phenotype_of(phenotyping, gene, alleles, sex="female")
    return frozenset((result.phenotype, *result.keys))


def _defined(shelf: Shelf) -> dict[Result, str]:
    return {(r["gene"], r["allele"]): r["defines"] for r in shelf.rows(DEFINITIONS, "alleles")}
