"""Packs are read whole or not at all, the newest version of each name."""

import hashlib
from pathlib import Path

import pytest

from garrod.adapters.packs.load import load_pack, load_shelf
from garrod.adapters.packs.show import check_citations, pack_text, table_text
from garrod.core.errors import KnowledgeError
from garrod.knowledge.pack import Manifest, Pack

EVIDENCE = (
    "id,source,version,locus,pmid,url,licence,retrieved\ne,CPIC,1,table,,,CC0-1.0,2026-11-24\n"
)
HEAD = """title = "T"
licence = "CC0-1.0"
retrieved = "2026-11-24"
reviewer = ""
review_date = ""
genome_builds = []
"""


def write_pack(
    root: Path, version: str, *, table: str = "a,evidence\n1,e\n", name_of: str = "t.csv"
) -> Path:
    """Write a small pack and return its folder."""
    folder = root / "small" / version
    folder.mkdir(parents=True)
    sums = []
    for name, text in {"evidence.csv": EVIDENCE, name_of: table}.items():
        (folder / name).write_text(text, encoding="utf-8")
        sums.append(f'"{name}" = "{hashlib.sha256(text.encode()).hexdigest()}"')
    files = "\n".join(["[files]", *sums])
    manifest = f'name = "small"\nversion = "{version}"\n{HEAD}\n{files}\n'
    (folder / "pack.toml").write_text(manifest, encoding="utf-8")
    return folder


def test_newest_version_of_a_pack_is_on_the_shelf(tmp_path: Path) -> None:
    for version in ("2025.11.5", "2025.11.10", "2025.9.1"):
        write_pack(tmp_path, version)
    assert load_shelf([tmp_path]).reference("small") == "small@2025.11.10"


def test_later_folder_of_packs_replaces_the_shipped_one_of_that_name(tmp_path: Path) -> None:
    write_pack(tmp_path / "ours", "2")
    write_pack(tmp_path / "site", "1")
    shelf = load_shelf([tmp_path / "ours", tmp_path / "site"])
    assert shelf.reference("small") == "small@1"


def test_listed_file_that_is_missing_is_named(tmp_path: Path) -> None:
    folder = write_pack(tmp_path, "1")
    (folder / "t.csv").unlink()
    with pytest.raises(KnowledgeError, match=r"t\.csv: listed in pack\.toml") as raised:
        load_pack(folder)
    assert raised.value.code == "KNO001"


def test_row_that_cites_nothing_is_named_with_its_line(tmp_path: Path) -> None:
    pack = load_pack(write_pack(tmp_path, "1", table="a,evidence\n1,e\n2,f\n"))
    with pytest.raises(KnowledgeError, match=r"t\.csv line 3: cites 'f'"):
        check_citations(pack)
    assert check_citations(load_pack(write_pack(tmp_path, "2"))) == 1


def test_rule_may_rest_on_several_sources_each_of_which_has_its_row(tmp_path: Path) -> None:
    for name, cell, is_cited in (
        ("safety_rules.csv", "e|f", True),
        ("safety_rules.csv", "e|g", False),
        ("safety_rules.csv", "", False),
        ("t.csv", "e|f", False),
    ):
        table = f"a,evidence\n1,{cell}\n"
        folder = write_pack(tmp_path / f"{name}-{cell}", "1", table=table, name_of=name)
        found = load_pack(folder)
        pack = Pack(found.manifest, found.tables, {**found.evidence, "f": found.evidence["e"]})
        if is_cited:
            assert check_citations(pack) == 1
            continue
        with pytest.raises(KnowledgeError, match=rf"{name} line 2: cites") as raised:
            check_citations(pack)
        assert raised.value.code == "KNO005"


def test_pack_as_text_says_what_it_is_and_that_nobody_reviewed_it(tmp_path: Path) -> None:
    shown = pack_text(load_pack(write_pack(tmp_path, "1")))
    assert "small@1: T" in shown
    assert "not yet reviewed by a clinician" in shown
    assert "table t: 1 rows" in shown


def test_table_as_text_has_its_header_and_an_empty_one_is_empty(tmp_path: Path) -> None:
    pack = load_pack(write_pack(tmp_path, "1"))
    assert table_text(pack.tables["t"]) == "a\tevidence\n1\te\n"
    assert table_text(()) == ""


def test_reference_of_a_pack_is_name_and_version() -> None:
    manifest = Manifest("p", "1.0", "P", "CC0-1.0", "2026-11-24", "", "", (), {})
    assert Pack(manifest, {}).manifest.reference == "p@1.0"
