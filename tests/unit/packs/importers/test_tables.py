"""pypgx's tables, counts of alleles and regions become packs; faults are named with their line."""

from pathlib import Path
from typing import Any

import pytest

from garrod.adapters.packs.importers.regions import region_rows
from garrod.core.errors import InputError, KnowledgeError
from garrod.knowledge.shelf import Shelf
from tests.making import downloads as d
from tests.making.imports import BASE, imported, packs_of, rows_of


def test_pypgx_tables_give_extensions_with_both_builds(tmp_path: Path) -> None:
    made = packs_of(imported("pypgx", d.pypgx(tmp_path / "in"), tmp_path / "out"))
    definitions, phenotypes = made["pypgx-definitions"], made["pypgx-phenotypes"]
    assert definitions.manifest.extends == "pgx-definitions"
    assert phenotypes.manifest.extends == "pgx-phenotypes"
    assert [(r["pos38"], r["alts38"], r["pos37"], r["status37"], r["hgvs"])
            for r in definitions.tables["positions"]] == [
        ("1000", "G", "900", "verified", "g.1000A>G"), ("2000", "C", "", "absent", ""),
    ]  # fmt: skip
    assert [(r["allele"], r["defines"]) for r in definitions.tables["alleles"]] == [
        ("*1", ""), ("*2", "1000=G"), ("*3", "1000=G;2000=C"),
    ]  # fmt: skip
    assert [r["function"] for r in phenotypes.tables["functions"]] == [
        "Normal function", "No function", "Unknown function",
    ]  # fmt: skip
    shelf = Shelf([*(BASE.pack(n) for n in BASE.names()), definitions, phenotypes])
    genes = [r["gene"] for r in shelf.rows("pgx-definitions", "genes")]
    assert genes == [*(r["gene"] for r in BASE.rows("pgx-definitions", "genes")), "MADEUP1"]


@pytest.mark.parametrize(
    ("tables", "left"),
    [
        ({"alleles": [*d.STARS, ("MADEUP1", "*4", "N/A", "N/A", "TRUE")]}, "*4 (structural)"),
        (
            {"alleles": [*d.STARS, ("MADEUP1", "*5", "N/A", "7-1000-A-G", "FALSE")]},
            "*5 (has the bases of *2)",
        ),
    ],
)
def test_alleles_that_cannot_be_told_are_left_out_and_said(
    tmp_path: Path, tables: dict[str, Any], left: str
) -> None:
    made = imported("pypgx", d.pypgx(tmp_path / "in", **tables), tmp_path / "out")
    assert left in made.notes[0]
    pack = packs_of(made)["pypgx-definitions"]
    assert len(pack.tables["alleles"]) == 3
    assert pack.manifest.does_not_cover == (f"MADEUP1 {left}",)


OTHER = ("MADEUP2", "TRUE", "TRUE", "*1", "+", "X:1-9", "X:1-9")


@pytest.mark.parametrize(
    ("stars", "places", "left"),
    [
        ([("MADEUP2", "*2", "N/A", "N/A", "FALSE")], [("7", "10", "A", "G")], "reference allele"),
        ([("MADEUP2", "*1", "N/A", "N/A", "FALSE")], [("7", "10", "A", "G")], "no allele has"),
        (
            [("MADEUP2", "*1", "N/A", "N/A", "FALSE"), ("MADEUP2", "*2", "N/A", "v0", "FALSE")],
            [("X", "10", "A", "G")],
            "a variant at X:10",
        ),
        (
            [("MADEUP2", "*1", "N/A", "N/A", "FALSE"), ("MADEUP2", "*2", "N/A", "v0,v1", "FALSE")],
            [("7", "10", "A", "G"), ("7", "10", "AT", "A")],
            "two REFs at 10",
        ),
    ],
)
def test_genes_that_cannot_be_held_are_left_out_and_said(
    tmp_path: Path, stars: list[Any], places: list[Any], left: str
) -> None:
    rows = [("MADEUP2", f"v{n}", "", c, "N/A", p, "N/A", r, a)
            for n, (c, p, r, a) in enumerate(places)]  # fmt: skip
    source = d.pypgx(tmp_path / "in", genes=[d.GENE, OTHER], alleles=[*d.STARS, *stars],
                     variants=[*d.PLACES, *rows])  # fmt: skip
    made = imported("pypgx", source, tmp_path / "out")
    assert left in made.notes[0]
    assert packs_of(made)["pypgx-definitions"].manifest.covers == ("MADEUP1",)


def test_two_variants_of_one_base_are_one_position(tmp_path: Path) -> None:
    more = ("MADEUP1", "7-1000-A-T", "rs1", "7", "900", "1000", "A", "A", "T")
    star = ("MADEUP1", "*6", "N/A", "7-1000-A-T", "FALSE")
    source = d.pypgx(tmp_path / "in", alleles=[*d.STARS, star], variants=[*d.PLACES, more])
    pack = packs_of(imported("pypgx", source, tmp_path / "out"))["pypgx-definitions"]
    assert [r["alts38"] for r in pack.tables["positions"]] == ["G/T", "C"]


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"variants": [*d.PLACES, d.PLACES[0]]}, r"variant-table.csv: line 4: MADEUP1 7-1000-A-G"),
        ({"alleles": [*d.STARS, d.STARS[0]]}, r"allele-table.csv: line 5: MADEUP1 \*1 is there"),
        (
            {"alleles": [*d.STARS, ("MADEUP1", "*9", "N/A", "7-1-A-G", "FALSE")]},
            r"line 5: MADEUP1 \*9 names 7-1-A-G, unknown to variant-table",
        ),
        ({"genes": [("CYP2C19", *d.GENE[1:])]}, "has no gene that the packs in force lack"),
    ],
)
def test_what_is_wrong_in_pypgx_tables_is_named(
    tmp_path: Path, tables: dict[str, Any], said: str
) -> None:
    with pytest.raises(KnowledgeError, match=said) as raised:
        imported("pypgx", d.pypgx(tmp_path / "in", **tables), tmp_path / "out")
    assert raised.value.code == "KNO009"


def test_counts_give_frequencies_of_the_genes_that_can_be_used(tmp_path: Path) -> None:
    made = imported("frequencies", d.counts(tmp_path / "in"), tmp_path / "out")
    pack = packs_of(made)["pgx-frequencies"]
    assert [(r["allele"], r["population"], r["count"], r["total"])
            for r in rows_of(pack, "frequencies", "CYP2C19")] == [
        ("*1", "pooled", "7", "9"), ("*2", "pooled", "2", "9"),
    ]  # fmt: skip
    said = " ".join(made.notes)
    assert "NOBODY (not defined)" in said
    assert "DPYD (40% unresolved)" in said
    kept = rows_of(pack, "frequencies", "CYP3A5")
    assert {r["evidence"] for r in kept} == {"carried-1kgp"}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("CYP2C19", "*1", "ALL", "many", 1)], "line 2: count and total must be whole numbers"),
        ([("CYP2C19", "*1", "ALL", 1, 2)] * 2, r"line 3: CYP2C19 \*1 ALL is there twice"),
        (
            [("CYP2C19", "*1", "ALL", 1, 2), ("CYP2C19", "*2", "ALL", 1, 3)],
            "line 3: total is 3, and 2 on line 2",
        ),
        ([("CYP2C19", "*1", "ALL", 1, 2)], "line 2: counts of CYP2C19 ALL add up to 1"),
        ([("NOBODY", "*1", "ALL", 0, 0)], "none of its genes can be used"),
    ],
)
def test_what_is_wrong_in_counts_is_named(tmp_path: Path, rows: Any, said: str) -> None:
    with pytest.raises(KnowledgeError, match=said):
        imported("frequencies", d.counts(tmp_path / "in", rows), tmp_path / "out")


def test_of_two_files_of_counts_that_of_unrelated_people_is_read(tmp_path: Path) -> None:
    source = d.counts(tmp_path / "in")
    d.save_csv(source / "other.csv", ("a",), [("1",)])
    d.save_csv(source / "unrelated.csv", d.COUNTS, [("CYP2C19", "*1", "ALL", 3, 3)])
    pack = packs_of(imported("frequencies", source, tmp_path / "out"))["pgx-frequencies"]
    assert [r["count"] for r in rows_of(pack, "frequencies", "CYP2C19")] == ["3"]
    d.save_csv(source / "unrelated2.csv", d.COUNTS, [("CYP2C19", "*1", "ALL", 3, 3)])
    with pytest.raises(InputError, match=r"unrelated.csv, unrelated2.csv; leave one"):
        imported("frequencies", source, tmp_path / "new")


GENE_HEAD = ("Gene", "Target", "GRCh37Region", "GRCh38Region")


def regions_in(tmp_path: Path, *rows: tuple[str, ...]) -> list[dict[str, str]]:
    return list(region_rows(d.save_csv(tmp_path / "gene-table.csv", GENE_HEAD, rows)))


def test_regions_are_of_target_genes_and_blank_on_a_patch(tmp_path: Path) -> None:
    found = regions_in(
        tmp_path,
        ("G", "TRUE", "M:1-9", "chrM:2-9"),
        ("H", "TRUE", "22:3-9", "22_KI270879v1_alt:1-2"),
        ("I", "FALSE", "x", "y"),
    )
    assert [(r["gene"], r["chromosome"], r["first38"], r["last37"]) for r in found] == [
        ("G", "MT", "2", "9"), ("H", "22", "", "9"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("G", "TRUE", "7:1-9", "seven"), "line 2: GRCh38Region 'seven' is not CHROMOSOME"),
        (("G", "TRUE", "7:1-9", "8:1-9"), "which is no stretch of chromosome 8"),
        (("G", "TRUE", "7:1-9", "7:9-1"), "which is no stretch of chromosome 7"),
    ],
)
def test_region_that_is_none_is_named(tmp_path: Path, row: tuple[str, ...], said: str) -> None:
    with pytest.raises(KnowledgeError, match=said):
        regions_in(tmp_path, row)
