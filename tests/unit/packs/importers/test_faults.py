"""An import that cannot be done says why, names the file, and leaves nothing behind."""

from pathlib import Path
from typing import Any

import pytest

from garrod.core.errors import GarrodError, InputError, KnowledgeError
from tests.making import downloads as d
from tests.making.imports import imported

MADE: dict[str, Any] = {"pharmcat": d.pharmcat, "cpic": d.cpic, "pypgx": d.pypgx}


@pytest.mark.parametrize("name", ["cpic", "pypgx", "frequencies"])
def test_source_without_a_version_must_be_told_one(tmp_path: Path, name: str) -> None:
    source = MADE.get(name, d.counts)(tmp_path / "in")
    with pytest.raises(InputError, match="--version") as raised:
        imported(name, source, tmp_path / "out", "")
    assert raised.value.code == "INP050"


@pytest.mark.parametrize("name", ["cpic", "pharmcat", "pypgx", "frequencies"])
def test_folder_that_is_missing_or_empty_is_named(tmp_path: Path, name: str) -> None:
    for source in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(InputError, match=str(source)) as raised:
            imported(name, source, tmp_path / "out")
        assert raised.value.code == "INP051"


def test_pack_that_is_there_is_never_changed(tmp_path: Path) -> None:
    source = d.pharmcat(tmp_path / "in")
    first = imported("pharmcat", source, tmp_path / "out")
    before = {p: p.read_bytes() for f in first.folders for p in f.iterdir()}
    with pytest.raises(KnowledgeError, match="is there already") as raised:
        imported("pharmcat", source, tmp_path / "out")
    assert raised.value.code == "KNO008"
    assert {p: p.read_bytes() for p in before} == before
    with pytest.raises(KnowledgeError, match=r"uncoded\.csv: is there already"):
        imported("pharmcat", source, tmp_path / "out", "9.2")


def test_nothing_is_left_when_a_later_pack_cannot_be_written(tmp_path: Path) -> None:
    source, target = d.pharmcat(tmp_path / "in"), tmp_path / "out"
    target.mkdir()
    (target / "pgx-phenotypes").write_text("a file in the way")
    with pytest.raises(InputError, match="cannot be written") as raised:
        imported("pharmcat", source, target)
    assert raised.value.code == "INP010"
    assert sorted(p.name for p in target.rglob("*.toml")) == []


@pytest.mark.parametrize("version", ["1/2", "..", "1..2", "a b"])
def test_version_that_is_no_folder_name_is_refused(tmp_path: Path, version: str) -> None:
    with pytest.raises(InputError, match="a version is") as raised:
        imported("pharmcat", d.pharmcat(tmp_path / "in"), tmp_path / "out", version)
    assert raised.value.code == "INP050"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("MADEUP1_translation.json", b"{", "is not JSON"),
        ("MADEUP1_translation.json.gz", b"\x1f\x8b broken", "cannot be read"),
    ],
)
def test_file_that_cannot_be_read_is_named(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=said) as raised:
        imported("pharmcat", tmp_path, tmp_path / "out")
    assert raised.value.code == "INP051"
    assert name in raised.value.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"gene,allele\n", "line 1 lacks the columns superpopulation"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"gene,allele,superpopulation,count,total\na,b\n", "line 2 has not as many cells"),
        (b"gene,allele,superpopulation,count,total\na,b,c,1,1,9\n", "line 2 has not as many"),
    ],
)
def test_table_that_is_broken_is_named(tmp_path: Path, text: bytes, said: str) -> None:
    from garrod.adapters.packs.importers.frequencies import read_counts

    path = tmp_path / "counts.csv"
    path.write_bytes(text)
    with pytest.raises(InputError, match=said):
        read_counts(path)


def test_one_file_plain_and_gzipped_is_refused(tmp_path: Path) -> None:
    source = d.pharmcat(tmp_path / "in")
    d.save_json(source / "MADEUP1_translation.json", d.definition())
    with pytest.raises(KnowledgeError, match="one file, twice"):
        imported("pharmcat", source, tmp_path / "out")


def test_every_error_is_one_of_ours(tmp_path: Path) -> None:
    (tmp_path / "CPIC_x.json").write_text("3")
    with pytest.raises(GarrodError):
        imported("pharmcat", tmp_path, tmp_path / "out")


def test_disk_that_fails_in_the_middle_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        if self.name == "evidence.csv":
            raise OSError(28, "No space left on device")
        return written(self, data)

    source = d.pharmcat(tmp_path / "in")
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(InputError, match="No space left"):
        imported("pharmcat", source, tmp_path / "out")
    assert [p for p in (tmp_path / "out").rglob("*") if p.is_file()] == []
