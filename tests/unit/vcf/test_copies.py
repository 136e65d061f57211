"""Copy-number and hybrid records of CYP2D6: counted, or said not to count."""

from pathlib import Path

import pytest

from garrod.core.genotype import CallState, StructuralCall
from tests.making.readings import seen, table
from tests.making.vcf import row, save, vcf

SPAN = "SVTYPE=CNV;END=42135000"


def calls(folder: Path, alt: str, cell: str, **more: str) -> list[StructuralCall]:
    """Return the structural calls of a record over CYP2D6, of one sample."""
    lines = (
        row("chr10", 94781859, "G", "A", "0/1"),
        row("chr22", 42120000, "N", alt, cell, **{"info": SPAN, **more}),
    )
    return list(table(save(folder, vcf(*lines))).structural.get("P", ()))


@pytest.mark.parametrize(
    ("alt", "cell", "keys", "kind", "copies"),
    [
        ("<DEL>", "0/1", "GT", "DEL", 1),
        ("<DEL>", "1/1", "GT", "DEL", 0),
        ("<DEL>", "0/0", "GT", "no DEL", 2),
        (".", "./.:2", "GT:CN", "CNV", 2),
        ("<DUP>", "0/1", "GT", "DUP", 3),
        ("<DUP:TANDEM>", "0/1", "GT", "DUP", 3),
        ("<DUP>", "0/1:4", "GT:CN", "DUP", 4),
        ("<CNV>", "./.:1", "GT:CN", "CNV", 1),
        ("<CN0>,<CN2>", "1/2", "GT", "CNV", 2),
        ("<CNV>", "3", "CN", "CNV", 3),
    ],
)
def test_copies_are_counted(
    tmp_path: Path, alt: str, cell: str, keys: str, kind: str, copies: int
) -> None:
    assert [(c.kind, c.copies) for c in calls(tmp_path, alt, cell, keys=keys)] == [(kind, copies)]


@pytest.mark.parametrize(
    ("alt", "cell", "keys", "passed"),
    [
        ("<CNV>", "0/1", "GT", "PASS"),
        ("<DEL>", "./1", "GT", "PASS"),
        ("<DEL>", "1", "GT", "PASS"),
        ("<DEL>", "./.", "GT", "PASS"),
        ("<DEL>", "0/1", "GT", "LowQual"),
        ("<DEL>", "0/1:5", "GT:GQ", "PASS"),
        ("<CNV>", "./.:2²", "GT:CN", "PASS"),
    ],
)
def test_copies_that_cannot_be_counted_are_doubtful(
    tmp_path: Path, alt: str, cell: str, keys: str, passed: str
) -> None:
    found = calls(tmp_path, alt, cell, keys=keys, passed=passed)
    assert [(c.kind, c.copies) for c in found] == [("doubtful", None)]


def test_copies_are_not_counted_by_an_inversion(tmp_path: Path) -> None:
    assert calls(tmp_path, "<INV>", "0/1") == []


@pytest.mark.parametrize("alt", [".", "<*>", "<NON_REF>"])
@pytest.mark.parametrize("info", ["END=50818468;REFLEN=50818467", "END=50818468"])
def test_segment_without_change_says_nothing_of_bases(tmp_path: Path, alt: str, info: str) -> None:
    segment = row("chr22", 1, "N", alt, "0/0:2", keys="GT:CN", info=info)
    found = table(save(tmp_path, vcf(row("chr10", 94781859, "G", "A", "0/1"), segment)))
    assert seen(found, "CYP2D6:42126611").state is CallState.NOT_COVERED


def test_small_variant_with_copies_beside_its_genotype_is_read(tmp_path: Path) -> None:
    found = table(save(tmp_path, vcf(row("chr10", 94781859, "G", "A", "0/1:2", keys="GT:CN"))))
    assert seen(found, "CYP2C19:94781859").alleles == ("G", "A")


@pytest.mark.parametrize(
    ("cell", "genes"),
    [
        ("0/1:.", ["CYP2C19"]),
        ("./.:1", ["CYP2C19"]),
        ("./1:3", ["CYP2C19"]),
        ("0/0:2", []),
        ("./.:2", []),
        ("./.:.", []),
    ],
)
def test_change_of_copies_of_any_other_gene_is_noted(
    tmp_path: Path, cell: str, genes: list[str]
) -> None:
    span = "SVTYPE=DEL;END=94790000"
    deletion = row("chr10", 94762000, "N", "<DEL>", cell, keys="GT:CN", info=span)
    found = table(save(tmp_path, vcf(row("chr10", 94761900, "C", "T", "0/1"), deletion)))
    assert [c.gene for c in found.structural.get("P", ())] == genes


def test_copies_of_a_part_of_the_gene_are_not_the_gene_s(tmp_path: Path) -> None:
    assert calls(tmp_path, "<DEL>", "0/1", info="END=42126700") == []
    assert calls(tmp_path, "<DEL>", "0/1", info="SVLEN=-15000")[0].copies == 1


def test_hybrid_is_named_only_where_it_is_shown(tmp_path: Path) -> None:
    found = calls(tmp_path, "<CYP2D6*36>", "0/1")
    assert [c.kind for c in found] == ["*36"]
    assert calls(tmp_path, "<CYP2D6*36>", "0/0") == []


def test_deletion_named_by_its_allele_is_counted(tmp_path: Path) -> None:
    found = calls(tmp_path, "<DEL>", "0/1", info="END=42135000;ALLELE=CYP2D6*5")
    assert [(c.kind, c.copies) for c in found] == [("DEL", 1)]
