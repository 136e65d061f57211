"""A pack is sealed by whoever writes it, until it is signed; then only a new version will do."""

import shutil
from pathlib import Path

import pytest

from garrod.adapters.packs.load import load_pack
from garrod.adapters.packs.seal import seal_pack
from garrod.core.errors import KnowledgeError
from tests.unit.packs.test_load import write_pack


def test_edited_table_has_its_new_sum_and_the_rest_of_the_manifest_stays(tmp_path: Path) -> None:
    folder = write_pack(tmp_path, "1")
    before = (folder / "pack.toml").read_text(encoding="utf-8").partition("[files]")[0]
    (folder / "t.csv").write_text("a,evidence\n1,e\n2,e\n", encoding="utf-8")
    with pytest.raises(KnowledgeError, match="was changed"):
        load_pack(folder)
    assert seal_pack(folder) == 2
    assert len(load_pack(folder).tables["t"]) == 2
    after = (folder / "pack.toml").read_text(encoding="utf-8").partition("[files]")[0]
    assert after.rstrip() == before.rstrip()
    assert sorted(p.name for p in folder.iterdir()) == ["evidence.csv", "pack.toml", "t.csv"]


def test_row_without_a_citation_is_named(tmp_path: Path) -> None:
    folder = write_pack(tmp_path, "1")
    (folder / "t.csv").write_text("a,evidence\n1,nobody\n", encoding="utf-8")
    with pytest.raises(KnowledgeError, match="line 2: cites 'nobody'") as raised:
        seal_pack(folder)
    assert raised.value.code == "KNO005"


def test_signed_pack_is_not_sealed_again(tmp_path: Path) -> None:
    folder = write_pack(tmp_path, "1")
    (folder / "signature.toml").write_text("", encoding="utf-8")
    with pytest.raises(KnowledgeError, match="is signed") as raised:
        seal_pack(folder)
    assert raised.value.code == "KNO008"


@pytest.mark.parametrize("content", [None, b"name =", b"\xff"])
def test_folder_without_a_readable_manifest_is_named(tmp_path: Path, content: bytes | None) -> None:
    folder = write_pack(tmp_path, "1")
    if content is None:
        shutil.rmtree(folder)
    else:
        (folder / "pack.toml").write_bytes(content)
    with pytest.raises(KnowledgeError, match=r"pack\.toml: not a readable") as raised:
        seal_pack(folder)
    assert raised.value.code == "KNO001"
