"""A row for the very genotype overrules those by phenotype or score of the same gene."""

from dataclasses import dataclass

import pytest

from garrod.adapters.packs.load import load_shelf
from garrod.science.pgx.genotype_rows import without_overruled
from garrod.science.pgx.guidance import load_guidance, matching

DPWG = load_guidance(load_shelf(), "pgx-guidance-dpwg")


@dataclass(frozen=True)
class Row:
    id: str
    keys: tuple[tuple[str, frozenset[str]], ...]


def row(name: str, gene: str, *values: str) -> Row:
    return Row(name, ((gene, frozenset(values)),))


def test_row_by_phenotype_is_overruled_by_the_genotype() -> None:
    rows = [row("pm", "CYP2C9", "Poor Metabolizer"), row("2-3", "CYP2C9", "*2/*3")]
    kept = without_overruled(rows, {"CYP2C9": ("0.5", "Poor Metabolizer", "*2/*3")})
    assert [r.id for r in kept] == ["2-3"]


def test_row_that_names_another_genotype_and_the_phenotype_is_overruled() -> None:
    rows = [row("pm", "CYP2C9", "Poor Metabolizer", "*3/*3"), row("2-3", "CYP2C9", "*2/*3")]
    kept = without_overruled(rows, {"CYP2C9": ("Poor Metabolizer", "*2/*3")})
    assert [r.id for r in kept] == ["2-3"]


def test_phenotype_alone_overrules_nothing() -> None:
    rows = [row("pm", "CYP2C9", "Poor Metabolizer"), row("pm2", "CYP2C9", "Poor Metabolizer")]
    assert without_overruled(rows, {"CYP2C9": ("Poor Metabolizer",)}) == rows


def test_genotype_of_another_gene_overrules_nothing() -> None:
    rows = [row("pm", "CYP2C9", "Poor Metabolizer"), row("rs", "rs12777823", "A/G")]
    keys = {"CYP2C9": ("Poor Metabolizer", "*3/*3"), "rs12777823": ("A/G", "G/A")}
    assert without_overruled(rows, keys) == rows


@pytest.mark.parametrize(
    ("drug", "gene", "keys", "ids"),
    [
        ("siponimod", "CYP2C9", ("1.0", "Intermediate Metabolizer", "*2/*2"), ["1-2-2-2"]),
        ("siponimod", "CYP2C9", ("0.0", "Poor Metabolizer", "*3/*3"), ["pm-3-3"]),
        ("warfarin", "CYP2C9", ("0.5", "Poor Metabolizer", "*2/*3"), ["2-3"]),
        ("warfarin", "CYP2C9", ("1.5", "Intermediate Metabolizer", "*1/*2"), ["1-2"]),
        ("phenytoin", "CYP2C9", ("1.0", "Intermediate Metabolizer", "*2/*2"), ["2-2-2-3"]),
        ("phenytoin", "CYP2C9", ("1.0", "Intermediate Metabolizer", "*1/*11"), ["im-1-2"]),
        (
            "capecitabine",
            "DPYD",
            ("1.0", "Intermediate Metabolizer", "c.2846A>T/c.557A>G"),
            ["as0.5-two-reduced"],
        ),
        (
            "capecitabine",
            "DPYD",
            ("1.0", "Intermediate Metabolizer", "Reference/c.1905+1G>A (*2A)"),
            ["as1.0"],
        ),
    ],
)
def test_genotypes_that_dpwg_names_get_their_own_row(
    drug: str, gene: str, keys: tuple[str, ...], ids: list[str]
) -> None:
    rows = matching(DPWG, drug, {gene: keys})
    start = f"dpwg-{drug}-{gene.lower()}-"
    kept = without_overruled(rows, {gene: keys})
    assert [r.id.removeprefix(start) for r in kept] == ids
