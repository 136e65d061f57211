"""A file of outside calls becomes rows, or one sentence that says what is wrong with it."""

from pathlib import Path

import pytest

from garrod.adapters.outside.tsv import read_outside
from garrod.core.errors import OutsideCallError


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "calls.tsv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_read_comments_blank_lines_and_junk_columns_are_ignored(tmp_path: Path) -> None:
    text = "# made by a caller\n\nCYP2D6\t*1/*4\t\t1.0\tjunk\t0.7\r\nHLA-B\t\t*57:01 positive\n"
    rows = read_outside(written(tmp_path, text))
    assert [(r.gene, r.diplotype, r.phenotype, r.activity_score, r.line) for r in rows] == [
        ("CYP2D6", "*1/*4", "", "1.0", 3),
        ("HLA-B", "", "*57:01 positive", "", 4),
    ]


def test_read_column_names_and_byte_order_mark_are_ignored(tmp_path: Path) -> None:
    text = b'\xef\xbb\xbfGene\tDiplotype\n"CYP2D6"\t"*1/*4"\n'
    assert [(r.gene, r.diplotype) for r in read_outside(written(tmp_path, text))] == [
        ("CYP2D6", "*1/*4")
    ]


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("", "OUT001", "holds no call"),
        ("# nothing\n", "OUT001", "holds no call"),
        ("CYP2D6 *1/*4\n", "OUT003", "line 1 is not gene"),
        ("\t*1/*4\n", "OUT003", "separated by tabs"),
        (b"CYP2D6\t*1/*\xff\n", "OUT001", "save it as UTF-8"),
    ],
)
def test_read_bad_content_is_refused(
    tmp_path: Path, text: str | bytes, code: str, said: str
) -> None:
    with pytest.raises(OutsideCallError, match=said) as raised:
        read_outside(written(tmp_path, text))
    assert raised.value.code == code
    assert raised.value.exit_code == 10


def test_read_bad_paths_are_refused(tmp_path: Path) -> None:
    for path, said in ((tmp_path, "is a folder"), (tmp_path / "none", "check the path")):
        with pytest.raises(OutsideCallError, match=said):
            read_outside(path)


def test_read_far_too_large_a_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("garrod.adapters.outside.tsv.LARGEST", 10)
    with pytest.raises(OutsideCallError, match="too large"):
        read_outside(written(tmp_path, "CYP2D6\t*1/*4\n"))
