"""Call facts as values: what is stored of one variant file and its samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from garrod.adapters.vcf.keep import Kept
from garrod.science.pgx.outside import OutsideRow
from garrod.science.pgx.people import Sample

FORMAT, VERSION = "garrod-call-facts", 1
Settings = Mapping[str, float | bool | None]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where facts come from: the file, when and by what it was read, and how."""

    source: str  # the file's name, without its folder
    sha256: str
    called_on: str
    software: str
    packs: tuple[str, ...]  # "name@version"
    settings: Settings


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of the samples of one file: enough to call them again."""

    origin: Origin
    kept: Kept
    subjects: tuple[Sample, ...]
    outside: tuple[OutsideRow, ...] = ()
    findings: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
