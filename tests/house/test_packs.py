"""Every pack in the wheel: whole, cited, licensed, reviewable."""

import csv
import hashlib
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from garrod.adapters.packs.load import load_pack
from tests.house.source_tree import PACKS, ROOT

FOLDERS = sorted(p.parent for p in PACKS.glob("*/*/pack.toml"))
each_pack = pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.parent.name)
KEYS = {
    *("name", "version", "title", "licence", "retrieved", "reviewer", "review_date"),
    *("genome_builds", "covers", "does_not_cover", "files"),
}

# Citations without an address, marked "(unchecked)" in the pack. The list may only get shorter.
NOT_LOOKED_UP = {
    *(("pgx-guidance", "england"), ("drugs", "unchecked"), ("drug-sets", "unchecked")),
    *(("clinical-terms", "unchecked"), ("clinical-terms", "molar")),
    *(("interactions", "unchecked"), ("burdens", "unchecked"), ("duplicate-rules", "unchecked")),
    *(("allergy-classes", "unchecked"), ("allergy-classes", "codes")),
    *(("renal-dosing", "unchecked"), ("hepatic-dosing", "unchecked"), ("monitoring", "unchecked")),
    *(("dose-ranges", "unchecked"), ("contraindications", "unchecked"), ("lifestyle", "unchecked")),
}


def manifest(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "pack.toml").read_text(encoding="utf-8"))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def licences(text: str) -> set[str]:
    return set(re.split(r" (?:AND|OR|WITH) ", text))


def test_there_are_packs() -> None:
    assert {f.parent.name for f in FOLDERS} >= {"pgx-definitions", "pgx-phenotypes"}


@each_pack
def test_manifest_has_every_key_and_agrees_with_its_folder(folder: Path) -> None:
    said = manifest(folder)
    assert said.keys() >= KEYS
    assert (said["name"], said["version"]) == (folder.parent.name, folder.name)
    assert said["title"]
    date.fromisoformat(said["retrieved"])
    if said["review_date"]:  # empty until a clinician has signed
        date.fromisoformat(said["review_date"])
    assert bool(said["reviewer"]) == bool(said["review_date"])
    assert set(said["genome_builds"]) <= {"GRCh38", "GRCh37"}


@each_pack
def test_every_file_is_listed_and_has_the_sha256_it_was_released_with(folder: Path) -> None:
    listed = manifest(folder)["files"]
    present = {p.name for p in folder.iterdir()} - {"pack.toml"}
    assert set(listed) == present
    for name, digest in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name
    assert load_pack(folder).manifest.version == folder.name


@each_pack
def test_every_row_cites_evidence_that_exists_and_all_evidence_is_cited(folder: Path) -> None:
    known = {row["id"] for row in rows(folder / "evidence.csv")}
    cited: set[str] = set()
    for path in folder.glob("*.csv"):
        if path.name != "evidence.csv":
            for number, row in enumerate(rows(path), start=2):
                ids = set(row["evidence"].split("|"))
                assert ids <= known, f"{path.name}:{number}"
                cited |= ids
    assert cited == known


@each_pack
def test_every_evidence_has_a_licence_and_can_be_looked_up(folder: Path) -> None:
    ids = [row["id"] for row in rows(folder / "evidence.csv")]
    assert len(ids) == len(set(ids))
    for row in rows(folder / "evidence.csv"):
        own = row["source"].startswith("Garrod")  # our own decision has no address outside
        assert row["source"]
        assert row["licence"], row["id"]
        assert own or row["locus"], row["id"]
        is_open = (folder.parent.name, row["id"]) in NOT_LOOKED_UP
        assert (row["pmid"] or row["url"] or own) or is_open, row["id"]
        assert not is_open or "(unchecked)" in row["locus"], row["id"]
        assert re.fullmatch(r"\d*", row["pmid"]), row["id"]
        date.fromisoformat(row["retrieved"])


@each_pack
def test_licence_of_the_pack_is_stated_in_the_notice(folder: Path) -> None:
    said = licences(manifest(folder)["licence"])
    cited: set[str] = set()
    for row in rows(folder / "evidence.csv"):
        cited |= licences(row["licence"])
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    assert [name for name in said | cited if name not in notice] == []


@each_pack
def test_share_alike_facts_stay_in_a_pack_of_their_own(folder: Path) -> None:
    held = [licences(row["licence"]) for row in rows(folder / "evidence.csv")]
    shared_alike = [h for h in held if any("-SA-" in name for name in h)]
    assert not shared_alike or len(shared_alike) == len(held)


@each_pack
def test_tables_are_plain_utf8_with_unix_line_ends_and_no_empty_table(folder: Path) -> None:
    for path in folder.glob("*.csv"):
        content = path.read_bytes()
        content.decode("utf-8")
        assert b"\r" not in content
        assert rows(path), path.name
