"""Runs importers on made downloads, for tests: packs as they were written, every row cited."""

from __future__ import annotations

from pathlib import Path

from garrod.adapters.packs.importers.carry import Wish
from garrod.adapters.packs.importers.run import Imported, run_import
from garrod.adapters.packs.load import load_pack, load_shelf
from garrod.adapters.packs.show import check_citations
from garrod.knowledge.pack import Pack
from garrod.knowledge.shelf import Shelf

BASE = load_shelf()


def wish(version: str = "9.1", base: Shelf = BASE) -> Wish:
    return Wish(base, version, "2030-01-03")


def imported(name: str, source: Path, target: Path, version: str = "9.1") -> Imported:
    return run_import(name, source, target, wish(version))


def packs_of(made: Imported) -> dict[str, Pack]:
    found = [load_pack(folder) for folder in made.folders]
    for pack in found:
        check_citations(pack)
    return {p.manifest.name: p for p in found}


def rows_of(pack: Pack, table: str, gene: str = "MADEUP1") -> list[dict[str, str]]:
    return [dict(row) for row in pack.tables[table] if row.get("gene", gene) == gene]
