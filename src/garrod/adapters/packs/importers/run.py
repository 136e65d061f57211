"""Runs an importer by name: every pack of a download is written, or none."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from garrod.adapters.packs.importers.carry import Wish
from garrod.adapters.packs.importers.concepts import Written
from garrod.adapters.packs.importers.cpic import cpic_drafts
from garrod.adapters.packs.importers.dmd import import_dmd
from garrod.adapters.packs.importers.fda import fda_drafts
from garrod.adapters.packs.importers.frequencies import frequencies_draft
from garrod.adapters.packs.importers.pharmcat import pharmcat_drafts
from garrod.adapters.packs.importers.pypgx import pypgx_drafts
from garrod.adapters.packs.importers.snomed import import_snomed
from garrod.adapters.packs.importers.ukcore import ukcore_drafts
from garrod.adapters.packs.importers.writing import Draft, Rows, as_csv, check_free, write_draft
from garrod.core.errors import KnowledgeError

Made = tuple[list[Draft], dict[str, Rows]]
IMPORTERS: dict[str, Callable[[Path, Wish], Made]] = {
    "cpic": cpic_drafts,
    "pharmcat": pharmcat_drafts,
    "pypgx": lambda source, wish: (pypgx_drafts(source, wish), {}),
    "frequencies": lambda source, wish: ([frequencies_draft(source, wish)], {}),
    "fda": fda_drafts,
    "ukcore": ukcore_drafts,
}
# Releases of a terminology are too large for a draft: their packs are written as they are read.
STREAMED: dict[str, Callable[[Path, Path, Wish], Written]] = {
    "dmd": import_dmd,
    "snomed": import_snomed,
}
NAMES = (*IMPORTERS, *STREAMED)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote, and what it has to say."""

    folders: tuple[Path, ...]
    reports: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()


def run_import(name: str, source: Path, target: Path, wish: Wish) -> Imported:
    """Return the packs written below the target.

    Raises: InputError INP010, INP050, INP051, KnowledgeError KNO008, KNO009; then nothing is left.
    """
    if name in STREAMED:
        made, said = STREAMED[name](source, target, wish)
        return Imported((made,), notes=said)
    drafts, reports = IMPORTERS[name](source, wish)
    for draft in drafts:
        check_free(target, draft.name, draft.version)
    for report in reports:
        if (target / report).exists():
            raise KnowledgeError(
                f"{target / report}: is there already; keep it elsewhere first", code="KNO008"
            )
    written: list[Path] = []
    try:
        for draft in drafts:
            written.append(write_draft(target, draft))  # noqa: PERF401 - known when one fails
    except BaseException:
        for folder in written:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    for report, rows in reports.items():
        (target / report).write_bytes(as_csv(rows) if rows else b"")
    notes = tuple(note for draft in drafts for note in draft.notes)
    return Imported(tuple(written), tuple(target / name for name in reports), notes)
