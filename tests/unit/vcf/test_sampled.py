"""Places drawn of a file: which count, whose reads they are, and that they lie all over it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from garrod.adapters.vcf.sampled import sampled

HEAD = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t"


def written(folder: Path, lines: list[str], samples: str = "S") -> Path:
    path = folder / "s.vcf.gz"
    text = HEAD + "\t".join(samples.split()) + "\n" + "".join(f"{line}\n" for line in lines)
    path.write_bytes(gzip.compress(text.replace(" ", "\t").encode()))
    return path


@pytest.mark.parametrize(
    ("line", "copies", "reads"),
    [
        ("chr1 5 . A G . PASS . GT:AD:DP 1/1:1,30:31", 2, (1, 30)),
        ("1 5 . a g . . . GT:AD 0|1:15,16", 1, (15, 16)),
        ("NC_000022.11 5 . A G,<NON_REF> . PASS . GT:AD 0/1:15,16,0", 1, (15, 16)),
        ("1 5 . A G . PASS . GT:RO:AO 1/1:0,3:30".replace("0,3", "0"), 2, (0, 30)),
        ("1 5 . A G . PASS . GT 1/1", 2, (-1, -1)),
        ("1 5 . A G . PASS . GT:AD 1/1:.", 2, (-1, -1)),
        ("1 5 . A G . PASS . GT:AD:DP 1/1:20,20:20", 2, (-1, -1)),  # of each called allele
        ("1 5 . A G . PASS . GT:GQ:AD 1/1:12:0,30", -1, (0, 30)),
        ("1 5 . A G . PASS . GT:FT:AD 1/1:LOW:0,30", -1, (0, 30)),
    ],
)
def test_place_that_counts(tmp_path: Path, line: str, copies: int, reads: tuple[int, int]) -> None:
    found = sampled(written(tmp_path, [line]), "S")
    assert found.copies.tolist() == [[copies]]
    assert found.reads.tolist() == [list(reads)]


@pytest.mark.parametrize(
    "line",
    [
        "chrX 5 . A G . PASS . GT 1/1",
        "chrM 5 . A G . PASS . GT 1/1",
        "1 5 . A G,C . PASS . GT 1/2",
        "1 5 . AT G . PASS . GT 1/1",
        "1 5 . A <DEL> . PASS . GT 1/1",
        "1 5 . A . . PASS . GT 0/0",
        "1 5 . A G . PASS . GT 0/0",
        "1 5 . A G . PASS . GT ./.",
        "1 5 . A G . LowQual . GT 1/1",
        "1 5 . A G . PASS . DP:GT 30:1/1",
        "1 5 . A G . PASS .",
    ],
)
def test_place_that_does_not_count(tmp_path: Path, line: str) -> None:
    found = sampled(written(tmp_path, [line]), "S")
    assert found.copies.shape == (0, 1)
    assert found.reads.shape == (0, 2)


def test_chosen_sample_stands_first(tmp_path: Path) -> None:
    path = written(tmp_path, ["1 5 . A G . PASS . GT:AD 0/0:9,0 1/1:0,7 ./.:0,0"], "A B C")
    found = sampled(path, "B")
    assert found.samples == ("B", "A", "C")
    assert found.copies.tolist() == [[2, 0, -1]]
    assert found.reads.tolist() == [[0, 7]]
    assert found.left_out == 0


def test_places_of_a_long_file_lie_all_over_it(tmp_path: Path) -> None:
    lines = [f"1 {n} . A G . PASS . GT:AD 1/1:{n},30" for n in range(1, 10_001)]
    found = sampled(written(tmp_path, lines), "S", most=100)
    where = found.reads[:, 0]
    assert 100 <= len(where) < 200
    assert where[0] < 200
    assert where[-1] > 9_800
    steps = where[1:] - where[:-1]
    assert steps.max() <= 2 * steps.min()


def test_more_samples_than_are_looked_at_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("garrod.adapters.vcf.sampled.OTHERS", 1)
    found = sampled(written(tmp_path, ["1 5 . A G . PASS . GT 1/1 0/1 0/1"], "A B C"), "C")
    assert found.samples == ("C", "A")
    assert found.left_out == 1
