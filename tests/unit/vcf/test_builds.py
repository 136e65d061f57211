"""Which build a header declares, each chromosome by itself; and what an ALT changes of a REF."""

from pathlib import Path

import pytest

from garrod.adapters.vcf.alleles import changed
from garrod.adapters.vcf.assembly import LENGTHS, NAMES
from garrod.core.variant import Assembly
from tests.making.readings import table
from tests.making.vcf import row, save, vcf

# Versions of NC_000001 to NC_000023 in GCF_000001405.40 (GRCh38.p14); one lower in GRCh37.
ON_38 = "11 12 12 12 10 12 14 11 12 11 10 12 11 9 10 10 11 10 10 11 9 11 11"
ACCESSIONS = [(number, int(v)) for number, v in enumerate(ON_38.split(), 1)]
RECORDS = {
    Assembly.GRCH38: row("chr10", 94781859, "G", "A", "0/1"),
    Assembly.GRCH37: row("chr10", 96541616, "G", "A", "0/1"),
}


@pytest.mark.parametrize(("number", "version"), ACCESSIONS)
@pytest.mark.parametrize("build", list(Assembly))
def test_build_is_told_by_the_accession_of_any_chromosome(
    tmp_path: Path, number: int, version: int, build: Assembly
) -> None:
    shown = version if build is Assembly.GRCH38 else version - 1
    header = f"##contig=<ID=NC_{number:06}.{shown}>\n##contig=<ID=chr10>\n"
    assert table(save(tmp_path, vcf(RECORDS[build], header=header))).assembly is build


@pytest.mark.parametrize(
    ("build", "autosomes", "x"),
    [
        (Assembly.GRCH38, 2_875_001_522, 156_040_895),
        (Assembly.GRCH37, 2_881_033_286, 155_270_560),
    ],
)
def test_lengths_of_chromosomes_add_up_to_the_genome(
    build: Assembly, autosomes: int, x: int
) -> None:
    assert sum(LENGTHS[build][:22]) == autosomes  # total of the primary assembly's autosomes
    assert LENGTHS[build][22] == x
    assert len(LENGTHS[build]) == len(NAMES)


@pytest.mark.parametrize(
    ("ref", "alt", "stretch"),
    [
        ("A", "G", (0, 1)),
        ("GATGA", "G", (1, 5)),
        ("AAT", "AT", (1, 2)),
        ("CAT", "CATAT", (1, 1)),
        ("ACGT", "TCGA", (0, 4)),
        ("ACG", "ATG", (1, 2)),
    ],
)
def test_stretch_of_ref_that_alt_changes_is_trimmed_on_both_sides(
    ref: str, alt: str, stretch: tuple[int, int]
) -> None:
    assert changed(ref, alt) == stretch
