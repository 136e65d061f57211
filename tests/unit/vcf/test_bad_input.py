"""Each kind of bad input has a code and a sentence that says what to do, and leaves nothing."""

import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from garrod.adapters.vcf.read import read_genotypes
from garrod.core.errors import VcfError
from garrod.core.variant import Assembly
from tests.making.readings import positions, seen, table
from tests.making.vcf import bcf, bgzipped, contigs, gzipped, row, save, vcf

STAR_2 = row("chr10", 94781859, "G", "A", "0/1")
GOOD = vcf(STAR_2)


def empty(folder: Path) -> Path:
    return save(folder, "")


def not_vcf(folder: Path) -> Path:
    return save(folder, "name,value\nrs4244285,GA\n")


def random_bytes(folder: Path) -> Path:
    return save(folder, bytes(range(256)) * 10)


def no_columns_line(folder: Path) -> Path:
    return save(folder, "##fileformat=VCFv4.2\n" + STAR_2)


def header_only(folder: Path) -> Path:
    return save(folder, vcf())


def cut_bgzip(folder: Path) -> Path:
    whole = bgzipped(save(folder, vcf(*[STAR_2] * 5000)))
    return save(folder, whole.read_bytes()[: whole.stat().st_size // 2], "cut.vcf.gz")


def cut_indexed_bgzip(folder: Path) -> Path:
    whole = bgzipped(save(folder, GOOD), "tbi")
    index = whole.with_name(whole.name + ".tbi").read_bytes()
    cut = save(folder, whole.read_bytes()[:-40], "cut.vcf.gz")
    save(folder, index, "cut.vcf.gz.tbi")
    return cut


def cut_gzip(folder: Path) -> Path:
    whole = gzipped(save(folder, vcf(*[STAR_2] * 5000)))
    return save(folder, whole.read_bytes()[: whole.stat().st_size // 2], "cut.vcf.gz")


def cut_bcf(folder: Path) -> Path:
    whole = bcf(save(folder, vcf(*[STAR_2] * 5000)))
    return save(folder, whole.read_bytes()[:-40], "cut.bcf")


def cut_row(folder: Path) -> Path:
    return save(folder, GOOD + "chr10\t94781860\t.\tG")


def cut_row_elsewhere(folder: Path) -> Path:
    return save(folder, GOOD + "chr22\t20000000\t.\tG")


def no_contigs(folder: Path) -> Path:
    return save(folder, vcf(STAR_2, header=""))


def no_gt(folder: Path) -> Path:
    return save(folder, vcf(row("chr10", 94781859, "G", "A", "30", keys="DP")))


def no_samples(folder: Path) -> Path:
    return save(folder, GOOD.replace("\tFORMAT\tP", "").replace("\tGT\t0/1", ""))


def twin_samples(folder: Path) -> Path:
    return save(folder, vcf(row("chr10", 94781859, "G", "A", "0/1", "0/0"), samples=("P", "P")))


def wrong_build(folder: Path) -> Path:
    """GRCh37 records under a GRCh38 header."""
    found = next(p for p in positions() if p.id == "DPYD:97450058")
    strange = "T" if found.grch38.ref != "T" else "G"
    return save(folder, vcf(row("chr1", 97450058, strange, "A", "0/1")))


def swapped_ref(folder: Path) -> Path:
    return save(folder, vcf(row("chr10", 94781859, "A", "G", "0/1")))


def two_builds(folder: Path) -> Path:
    header = contigs() + "##contig=<ID=10,length=135534747>\n"
    both = header.replace("ID=chr10,length=133797422", "ID=chr9,length=141213431")
    return save(folder, vcf(STAR_2, header=both))


def not_utf8_header(folder: Path) -> Path:
    return save(folder, b"##fileformat=VCFv4.2\n##source=\xe9\n" + GOOD.encode())


def not_utf8_record(folder: Path) -> Path:
    return save(folder, GOOD.encode().replace(b"\tPASS\t.", b"\tPASS\tNAME=\xe9"))


def not_utf8_indexed(folder: Path) -> Path:
    return bgzipped(not_utf8_record(folder), "tbi")


def symbolic_only(folder: Path) -> Path:
    line = row("chr10", 94_000_000, "N", "<DEL>", "0/1", info="SVTYPE=DEL;END=95000000")
    return save(folder, vcf(line))


def elsewhere_only(folder: Path) -> Path:
    return save(folder, vcf(row("chr22", 20_000_000, "A", "G", "0/1")))


def folder_itself(folder: Path) -> Path:
    return folder


def missing(folder: Path) -> Path:
    return folder / "none.vcf"


def dangling_link(folder: Path) -> Path:
    link = folder / "link.vcf"
    link.symlink_to(folder / "none.vcf")
    return link


def bad_genotypes(folder: Path) -> Path:
    return save(folder, vcf(row("chr10", 94781859, "G", "A", "0/7")))


def bad_position(folder: Path) -> Path:
    return save(folder, GOOD + "chr10\tx\t.\tG\tA\t.\tPASS\t.\tGT\t0/1\n")


def broken_index(folder: Path) -> Path:
    packed = bgzipped(save(folder, GOOD))
    save(folder, b"not an index", packed.name + ".tbi")
    return packed


BAD = [
    (empty, "VCF004", "ask its sender for it again"),
    (not_vcf, "VCF007", "export the result as VCF"),
    (random_bytes, "VCF007", "export the result as VCF"),
    (no_columns_line, "VCF007", "has no #CHROM line"),
    (header_only, "VCF018", "holds no record at all"),
    (cut_bgzip, "VCF005", "copy it again"),
    (cut_indexed_bgzip, "VCF005", "copy it again"),
    (cut_gzip, "VCF005", "copy the file again"),
    (cut_bcf, "VCF005", "copy it again"),
    (cut_row, "VCF016", "export it again"),
    (cut_row_elsewhere, "VCF016", "export it again"),
    (no_contigs, "VCF013", "say --assembly"),
    (no_gt, "VCF017", "export the file with genotypes"),
    (no_samples, "VCF009", "export it with genotypes"),
    (twin_samples, "VCF010", "rename one"),
    (wrong_build, "VCF015", "another genome build"),
    (swapped_ref, "VCF015", "REF and ALT were swapped"),
    (two_builds, "VCF014", "names two genome builds"),
    (not_utf8_header, "VCF008", "save it as UTF-8"),
    (not_utf8_record, "VCF008", "line 41 holds bytes that are not UTF-8"),
    (not_utf8_indexed, "VCF008", "save it as UTF-8"),
    (symbolic_only, "VCF019", "send the small-variant file"),
    (elsewhere_only, "VCF019", "send the small-variant file"),
    (folder_itself, "VCF002", "name the VCF file inside it"),
    (missing, "VCF003", "check the path"),
    (dangling_link, "VCF003", "check the path"),
    (bad_genotypes, "VCF021", "no sample can be read"),
    (bad_position, "VCF020", "export the file again"),
    (broken_index, "VCF006", "make it again, or delete it"),
]


@pytest.mark.parametrize(("make", "code", "said"), BAD, ids=[m[0].__name__ for m in BAD])
def test_bad_file_is_refused_with_code_and_advice(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    make: Callable[[Path], Path],
    code: str,
    said: str,
) -> None:
    """The library below stays mute, and neither the folder nor the temporary one is touched."""
    path = make(tmp_path)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    before = sorted(tmp_path.rglob("*"))
    capfd.readouterr()
    with pytest.raises(VcfError, match=said) as raised:
        table(path)
    assert (raised.value.code, raised.value.exit_code) == (code, 10)
    assert str(path) in raised.value.message
    assert capfd.readouterr() == ("", "")
    assert sorted(tmp_path.rglob("*")) == before


def test_file_that_may_not_be_opened_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(tmp_path, GOOD)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(VcfError, match="check who may read it") as raised:
        table(path)
    assert raised.value.code == "VCF003"


def test_unknown_sample_is_refused_with_near_names(tmp_path: Path) -> None:
    path = save(tmp_path, vcf(STAR_2, samples=("NA18526",)))
    with pytest.raises(VcfError, match="it has NA18526") as raised:
        read_genotypes(path, positions(), samples=["NA18525"])
    assert raised.value.code == "VCF011"


def test_build_that_contradicts_the_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VcfError, match="leave --assembly out") as raised:
        table(save(tmp_path, GOOD), Assembly.GRCH37)
    assert raised.value.code == "VCF014"


@pytest.mark.parametrize("index", ["", "tbi"])
@pytest.mark.parametrize("header", [contigs(), "##reference=GRCh38.fa\n"])
def test_blocks_of_the_other_build_are_never_read_as_reference(
    tmp_path: Path, header: str, index: str
) -> None:
    rows = (  # CYP2C19 *2 and *17 where GRCh37 has them, in blocks of reference
        row("chr10", 90_000_000, "A", "<NON_REF>", "0/0", info="END=96521656"),
        row("chr10", 96521657, "C", "T,<NON_REF>", "0/1"),
        row("chr10", 96521658, "A", "<NON_REF>", "0/0", info="END=96541615"),
        row("chr10", 96541616, "G", "A,<NON_REF>", "0/1"),
        row("chr10", 96541617, "A", "<NON_REF>", "0/0", info="END=99000000"),
    )
    plain = save(tmp_path, vcf(*rows, header=header))
    with pytest.raises(VcfError, match="2 of its records fit GRCh37") as raised:
        table(bgzipped(plain, index) if index else plain)
    assert raised.value.code == "VCF014"


def test_blocks_on_an_unknown_reference_are_never_read_as_reference(tmp_path: Path) -> None:
    block = row("chr10", 90_000_000, "A", "<NON_REF>", "0/0", info="END=99000000")
    strange = "##contig=<ID=chr10,length=134758134>\n"  # T2T-CHM13's chromosome 10
    with pytest.raises(VcfError, match="fit neither") as raised:
        table(save(tmp_path, vcf(block, header=strange)), Assembly.GRCH38)
    assert raised.value.code == "VCF014"


def test_one_bad_sample_of_several_spoils_only_itself(tmp_path: Path) -> None:
    path = save(tmp_path, vcf(row("chr10", 94781859, "G", "A", "0/1", "0/7"), samples=("A", "B")))
    found = table(path)
    assert list(found.spoiled) == ["B"]
    assert "genotype '0/7' is not one of the record's alleles" in found.spoiled["B"]
    assert seen(found, "CYP2C19:94781859", "A").alleles == ("G", "A")


@pytest.mark.parametrize("wanted", [None, ["S99999"], ["S12", "none"]])
def test_header_of_100_000_samples_is_quick_and_small(
    tmp_path: Path, wanted: list[str] | None
) -> None:
    count = 100_000
    cells = ["0/0"] * (count - 1) + ["0/1"]
    names = [f"S{n}" for n in range(count)]
    path = save(tmp_path, vcf(row("chr10", 94781859, "G", "A", *cells), samples=names))
    few = [p for p in positions() if p.gene == "CYP2C19"]
    tracemalloc.start()
    started = time.perf_counter()
    if wanted and "none" in wanted:
        with pytest.raises(VcfError, match="has no sample 'none'"):
            read_genotypes(path, few, samples=wanted)
    else:
        found = read_genotypes(path, few, samples=wanted)
        assert seen(found, "CYP2C19:94781859", "S99999").alleles == ("G", "A")
    taken, (_, peak) = time.perf_counter() - started, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken < 5
    assert peak < 100_000_000
