"""What one person's results mean to guidance, each worked out when first asked for.

findings -> meaning of each gene (to any drug) -> its number, by which opinions are remembered
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

from garrod.care.decide.memory import Memory
from garrod.core.finding import GeneFinding
from garrod.science.pgx.recommend import KeyShare, meaning_of

T = TypeVar("T")
Gene = tuple[str, bool]  # its name, and whether its genotypes are to be kept apart


class Meanings(dict[Gene, tuple[KeyShare, ...]]):
    """The meanings of a person's genes, and what else is the same for every medicine."""

    def __init__(self, findings: Sequence[GeneFinding]) -> None:
        super().__init__()
        self.findings = {f.gene: f for f in reversed(findings)}  # the first of a gene counts
        self._memory: Memory | None = None
        self._numbers: dict[Gene, int] = {}
        self._kept: dict[Hashable, Any] = {}

    def __missing__(self, key: Gene) -> tuple[KeyShare, ...]:
        gene, is_apart = key
        found = self[key] = meaning_of(gene, self.findings, is_apart=is_apart)
        return found

    def numbers(self, memory: Memory, genes: Sequence[Gene]) -> tuple[int, ...]:
        """Return the numbers that a memory has for the meanings of some genes."""
        if self._memory is not memory:
            self._memory, self._numbers = memory, {}
        known = self._numbers
        for gene in genes:
            if gene not in known:
                known[gene] = memory.number_of(self[gene])
        return tuple([known[gene] for gene in genes])

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what is kept of this person under a key; made where it is asked for first."""
        found: T | None = self._kept.get(key)
        if found is None:
            found = self._kept[key] = make()
        return found
