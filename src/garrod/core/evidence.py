"""Where a fact comes from. No fact without it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Evidence:
    """One citation: the source, its version, the place in it, and under which licence."""

    source: str
    version: str
    locus: str
    licence: str
    pmid: str | None = None
    url: str | None = None
    retrieved: date | None = None
