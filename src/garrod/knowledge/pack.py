"""A knowledge pack as a value: its manifest, its tables, its evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from garrod.core.errors import KnowledgeError
from garrod.core.evidence import Evidence

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What pack.toml says: identity, origin, review, and the sha256 of every file."""

    name: str
    version: str
    title: str
    licence: str
    retrieved: str
    reviewer: str
    review_date: str
    genome_builds: tuple[str, ...]
    files: Mapping[str, str]
    covers: tuple[str, ...] = ()
    does_not_cover: tuple[str, ...] = ()
    extends: str = ""  # the pack to whose tables this one adds rows; "" for a pack by itself

    @property
    def reference(self) -> str:
        """Return "name@version", as quoted in every finding and piece of advice."""
        return f"{self.name}@{self.version}"


@dataclass(frozen=True, slots=True)
class Pack:
    """A verified, immutable set of rows with their evidence."""

    manifest: Manifest
    tables: Mapping[str, tuple[Row, ...]]
    evidence: Mapping[str, Evidence] = field(default_factory=dict)


def values_in(cell: str) -> tuple[str, ...]:
    """Return the values of a cell that may hold several, with "|" between; none of a blank one."""
    return tuple(value for value in cell.split("|") if value)


def check_sum(name: str, content: bytes, *, expected: str) -> None:
    """Return nothing when the sha256 agrees; otherwise raise KnowledgeError KNO003."""
    actual = hashlib.sha256(content).hexdigest()
    if actual != expected:
        raise KnowledgeError(
            f"{name}: its sha256 is {actual[:12]}…, the manifest says {expected[:12]}…. "
            "The file was changed after it was released: restore it, or release a new version.",
            code="KNO003",
        )
