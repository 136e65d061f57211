"""Bad files give a code and a sentence; good headers give samples and contigs."""

from collections.abc import Callable
from pathlib import Path

import pysam
import pytest

from garrod.adapters.vcf.header import Header, chosen_samples, chromosome_of, read_header
from garrod.adapters.vcf.source import check_file, check_whole, lines_of, open_source
from garrod.core.errors import VcfError

GOOD = (
    "##fileformat=VCFv4.2\n##contig=<ID=chr10,length=133797422>\n"
    '##FILTER=<ID=PASS,Description="ok">\n'
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tA\tB\n"
    "chr10\t94781859\t.\tG\tA\t.\tPASS\t.\tGT\t0/1\t0/0\n"
)


def header(text: str) -> Header:
    return read_header(iter(text.encode("latin-1").splitlines()), "f.vcf")


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(VcfError) as raised:
        act()
    return raised.value.code


def test_header_gives_samples_and_contigs() -> None:
    found = header(GOOD)
    assert found.samples == ("A", "B")
    assert found.lengths == {"10": 133797422}
    assert found.spelled == {"10": "chr10"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("hello\n", "VCF007"),
        ("##fileformat=VCFv4.2\nchr1\t1\n", "VCF007"),
        (GOOD.replace("\tFORMAT\tA\tB", ""), "VCF009"),
        (GOOD.replace("\tA\tB", "\tA\tA"), "VCF010"),
        (GOOD.replace("ID=chr10", "ID=\xff"), "VCF008"),
    ],
)
def test_bad_header_has_its_code(text: str, code: str) -> None:
    assert code_of(lambda: header(text)) == code


def test_unknown_sample_names_near_misses() -> None:
    with pytest.raises(VcfError, match="it has A, B"):
        chosen_samples(header(GOOD), ["Z"], "f.vcf")


def test_bad_paths_have_their_codes(tmp_path: Path) -> None:
    empty = tmp_path / "e.vcf"
    empty.touch()
    assert code_of(lambda: check_file(tmp_path)) == "VCF002"
    assert code_of(lambda: check_file(tmp_path / "none.vcf")) == "VCF003"
    assert code_of(lambda: check_file(empty)) == "VCF004"


def test_plain_bgzip_and_bcf_give_the_same_records(tmp_path: Path) -> None:
    plain = tmp_path / "a.vcf"
    plain.write_text(GOOD)
    packed = tmp_path / "a.vcf.gz"
    pysam.tabix_compress(str(plain), str(packed))
    binary = tmp_path / "a.bcf"
    with (
        pysam.VariantFile(str(plain)) as source,
        pysam.VariantFile(str(binary), "wb", header=source.header) as target,
    ):
        for record in source:
            target.write(record)
    expected = GOOD.encode().splitlines()[-1].split(b"\t")
    for path in (plain, packed, binary):
        last = list(lines_of(open_source(path)))[-1].split(b"\t")
        assert (last[:2], last[3:5], last[9:]) == (expected[:2], expected[3:5], expected[9:])


def test_truncated_bgzip_is_refused(tmp_path: Path) -> None:
    plain = tmp_path / "a.vcf"
    plain.write_text(GOOD)
    packed = tmp_path / "a.vcf.gz"
    pysam.tabix_compress(str(plain), str(packed))
    check_whole(packed)
    packed.write_bytes(packed.read_bytes()[:-28])
    assert code_of(lambda: check_whole(packed)) == "VCF005"


@pytest.mark.parametrize(
    ("contig", "chromosome"),
    [("chr10", "10"), ("Chr10", "10"), ("10", "10"), ("NC_000010.11", "10"),
     ("NC_000023.11", "X"), ("chrM", "MT"), ("MT", "MT"), ("HLA-A*01:01", "HLA-A*01:01")],
)  # fmt: skip
def test_contigs_are_spelled_one_way(contig: str, chromosome: str) -> None:
    assert chromosome_of(contig) == chromosome
