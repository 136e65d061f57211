"""Every kind of file, build and spelling of contigs gives the same readings."""

import os
from pathlib import Path

import pytest

from garrod.adapters.vcf.read import read_genotypes
from garrod.core.errors import VcfError
from garrod.core.genotype import CallState, GenotypeTable, Observation
from garrod.core.variant import Assembly
from tests.making.readings import positions, seen, table
from tests.making.vcf import bgzipped, contigs, every_kind, row, save, vcf

STAR_2, STAR_17, LEIDEN = "CYP2C19:94781859", "CYP2C19:94761900", "F5:169549811"
ROWS = (
    row("chr1", 97450058, "C", "T", "0/0", "0/1"),
    row("chr10", 94761900, "C", "T", "0|1", "./."),
    row("chr10", 94781859, "G", "A", "1|1", "0/1"),
)


def read(found: GenotypeTable) -> list[tuple[CallState, tuple[str, ...], bool]]:
    ids = ("DPYD:97450058", STAR_17, STAR_2)
    each: list[Observation] = [seen(found, i, s) for s in found.samples for i in ids]
    return [(o.state, o.alleles, o.phased) for o in each]


EXPECTED = [
    (CallState.CALLED, ("C", "C"), False),
    (CallState.CALLED, ("C", "T"), True),
    (CallState.CALLED, ("A", "A"), True),
    (CallState.CALLED, ("C", "T"), False),
    (CallState.NO_CALL, (), False),
    (CallState.CALLED, ("G", "A"), False),
]


def test_read_every_kind_of_file_gives_the_same_readings(tmp_path: Path) -> None:
    plain = save(tmp_path, vcf(*ROWS, samples=("A", "B")))
    for name, path in every_kind(plain):
        found = table(path)
        assert read(found) == EXPECTED, name
        assert found.assembly is Assembly.GRCH38
        assert found.warnings == ()


def test_read_scanned_file_keeps_line_numbers_and_indexed_one_the_record(tmp_path: Path) -> None:
    plain = save(tmp_path, vcf(*ROWS, samples=("A", "B")))
    lines = plain.read_text().splitlines()
    scanned = seen(table(plain), STAR_2)
    assert scanned.line is not None
    assert lines[scanned.line - 1].startswith("chr10\t94781859")
    indexed = seen(table(bgzipped(plain, "tbi")), STAR_2)
    assert (indexed.line, indexed.record) == (None, "chr10:94781859 G>A 1|1")


@pytest.mark.parametrize("kind", ["plain", "bgzip+tbi", "bcf+csi"])
def test_read_chosen_samples_are_read_in_the_order_asked(tmp_path: Path, kind: str) -> None:
    plain = save(tmp_path, vcf(*ROWS, samples=("A", "B")))
    path = dict(every_kind(plain))[kind]
    found = read_genotypes(path, positions(), samples=["B", "A", "B"])
    assert found.samples == ("B", "A")
    assert [seen(found, STAR_2, s).alleles for s in ("A", "B")] == [("A", "A"), ("G", "A")]
    alone = read_genotypes(path, positions(), samples=["B"])
    assert seen(alone, STAR_2).alleles == ("G", "A")


def test_read_many_samples_stay_apart(tmp_path: Path) -> None:
    cells = ["0/1" if n % 7 == 0 else "0/0" for n in range(300)]
    names = [f"S{n}" for n in range(300)]
    found = table(save(tmp_path, vcf(row("chr10", 94781859, "G", "A", *cells), samples=names)))
    carriers = [s for s in names if "A" in seen(found, STAR_2, s).alleles]
    assert carriers == names[::7]


@pytest.mark.parametrize(
    ("contig", "header"),
    [
        ("chr10", contigs()),
        ("10", contigs(prefix="", mitochondrial="MT")),
        ("NC_000010.11", "##contig=<ID=NC_000010.11,length=133797422>\n"),
        ("NC_000010.11", "##contig=<ID=NC_000010.11>\n"),
    ],
)
@pytest.mark.parametrize("index", ["", "tbi"])
def test_read_contigs_in_any_spelling(tmp_path: Path, contig: str, header: str, index: str) -> None:
    plain = save(tmp_path, vcf(row(contig, 94781859, "G", "A", "0/1"), header=header))
    found = table(bgzipped(plain, index) if index else plain)
    assert seen(found, STAR_2).alleles == ("G", "A")


@pytest.mark.parametrize("contig", ["10", "chr10", "NC_000010.10"])
def test_read_grch37_gives_the_same_alleles(tmp_path: Path, contig: str) -> None:
    header = f"##contig=<ID={contig},length=135534747>\n"
    found = table(save(tmp_path, vcf(row(contig, 96541616, "G", "A", "0/1"), header=header)))
    assert found.assembly is Assembly.GRCH37
    assert seen(found, STAR_2).alleles == ("G", "A")


def test_read_refseq_accession_tells_the_build(tmp_path: Path) -> None:
    header = "##contig=<ID=NC_000010.10>\n"
    rows = row("NC_000010.10", 96541616, "G", "A", "0/1")
    assert table(save(tmp_path, vcf(rows, header=header))).assembly is Assembly.GRCH37


def test_read_grch37_reference_carries_the_other_allele(tmp_path: Path) -> None:
    """GRCh37 itself has factor V Leiden: a lift that keeps REF and ALT turns carriers round."""
    known = next(p for p in positions() if p.id == LEIDEN)
    assert known.grch37 is not None
    other = next(a for a in known.alleles if a != known.grch37.ref)
    line = row("1", known.grch37.pos, known.grch37.ref, other, "0/0")
    header = contigs(Assembly.GRCH37, prefix="", mitochondrial="MT")
    found = seen(table(save(tmp_path, vcf(line, header=header))), LEIDEN)
    assert found.alleles == (known.grch37.ref, known.grch37.ref)


@pytest.mark.parametrize("header", ["", contigs(None)])
def test_read_build_is_shown_by_records_where_the_header_is_silent(
    tmp_path: Path, header: str
) -> None:
    rows = (
        row("chr10", 94761900, "C", "T", "0/1"),
        row("chr10", 94781859, "G", "A", "0/1"),
    )
    assert table(save(tmp_path, vcf(*rows, header=header))).assembly is Assembly.GRCH38
    older = (row("chr10", 96521657, "C", "T", "0/1"), row("chr10", 96541616, "G", "A", "0/1"))
    assert table(save(tmp_path, vcf(*older, header=header))).assembly is Assembly.GRCH37


def test_read_build_that_cannot_be_told_is_refused_and_may_be_said(tmp_path: Path) -> None:
    path = save(tmp_path, vcf(row("chr10", 94781859, "G", "A", "0/1"), header=contigs(None)))
    with pytest.raises(VcfError, match="say --assembly") as raised:
        table(path)
    assert raised.value.code == "VCF013"
    assert seen(table(path, Assembly.GRCH38), STAR_2).alleles == ("G", "A")


def test_read_hg19_mitochondrion_is_not_taken_for_rcrs(tmp_path: Path) -> None:
    header = contigs(Assembly.GRCH37).replace("<ID=chrM,length=16569>", "<ID=chrM,length=16571>")
    rows = (row("chr10", 96541616, "G", "A", "0/1"), row("chrM", 1555, "A", "G", "1"))
    found = table(save(tmp_path, vcf(*rows, header=header)))
    assert seen(found, "MT-RNR1:1555").state is CallState.NOT_COVERED
    assert any("not rCRS" in w for w in found.warnings)


def test_read_stale_index_is_noticed_and_not_used(tmp_path: Path) -> None:
    packed = bgzipped(save(tmp_path, vcf(*ROWS[:2], samples=("A", "B"))), "tbi")
    index = packed.with_name(packed.name + ".tbi")
    old = index.read_bytes()
    packed = bgzipped(save(tmp_path, vcf(*ROWS, samples=("A", "B"))))
    index.write_bytes(old)
    made = packed.stat().st_mtime_ns
    os.utime(index, ns=(made - 10**9, made - 10**9))
    found = table(packed)
    assert read(found) == EXPECTED
    assert [w[:6] for w in found.warnings] == ["VCF006"]


def test_read_unsorted_file_is_read_whole_and_told(tmp_path: Path) -> None:
    found = table(save(tmp_path, vcf(*reversed(ROWS), samples=("A", "B"))))
    assert read(found) == EXPECTED
    assert [w[:6] for w in found.warnings] == ["VCF012"]
    again = vcf(ROWS[1], ROWS[0], ROWS[2], samples=("A", "B"))
    assert [w[:6] for w in table(save(tmp_path, again)).warnings] == ["VCF012"]


def test_read_large_table_lies_in_a_file_that_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("garrod.adapters.vcf.read.IN_MEMORY", 0)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    assert read(table(save(tmp_path, vcf(*ROWS, samples=("A", "B"))))) == EXPECTED
    assert list(scratch.iterdir()) == []


def test_read_more_kinds_than_a_table_holds_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("garrod.adapters.vcf.gather.MOST_CODES", 1)
    with pytest.raises(VcfError, match="in several parts") as raised:
        table(save(tmp_path, vcf(*ROWS, samples=("A", "B"))))
    assert raised.value.code == "VCF022"
