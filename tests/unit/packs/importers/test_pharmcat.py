"""PharmCAT's files become packs; what is wrong in one is named with its file and row."""

import csv
from pathlib import Path
from typing import Any

import pytest

from garrod.adapters.packs.importers.pharmcat_phenotypes import bin_rows, tables_of
from garrod.core.errors import InputError, KnowledgeError
from garrod.knowledge.shelf import Shelf
from tests.making import downloads as d
from tests.making.imports import BASE, imported, packs_of, rows_of


def test_pharmcat_download_gives_definitions_and_carries_the_other_genes(tmp_path: Path) -> None:
    made = imported("pharmcat", d.pharmcat(tmp_path / "in"), tmp_path / "out", "")
    pack = packs_of(made)["pgx-definitions"]
    assert pack.manifest.reference == "pgx-definitions@2030.1.2.import"
    assert [(r["allele"], r["defines"], r["ignored"]) for r in rows_of(pack, "alleles")] == [
        ("*1", "", "no"), ("*2", "1000=G", "no"), ("*3", "1000=R;2000=T", "yes"),
    ]  # fmt: skip
    told = [(r["pos38"], r["role"], r["required"], r["ignored"], r["status37"])
            for r in rows_of(pack, "positions")]  # fmt: skip
    assert told == [
        ("1000", "defining", "yes", "no", "absent"), ("2000", "defining", "no", "yes", "absent"),
        ("3000", "extra", "no", "no", "absent"),
    ]  # fmt: skip
    assert rows_of(pack, "priorities")[0]["candidates"] == "*1/*2|*1/*3"
    old = BASE.rows("pgx-definitions", "alleles")
    assert [dict(r) | {"evidence": ""} for r in pack.tables["alleles"] if r["gene"] == "CYP2C19"]
    assert len(pack.tables["alleles"]) == len(old) + 3
    assert pack.evidence["carried-definitions"].source.startswith("ClinPGx")
    assert any("carried over from pgx-definitions@" in note for note in made.notes)


def test_pharmcat_tables_give_functions_and_rules(tmp_path: Path) -> None:
    pack = packs_of(imported("pharmcat", d.pharmcat(tmp_path / "in"), tmp_path / "out"))[
        "pgx-phenotypes"
    ]
    assert [(r["function_1"], r["function_2"], r["phenotype"]) for r in rows_of(pack, "rules")] == [
        ("No function", "No function", "Poor"), ("No function", "Normal function", "Reduced"),
        ("Normal function", "Normal function", "Normal"),
    ]  # fmt: skip
    assert len(rows_of(pack, "functions")) == 3
    assert pack.tables["ranks"] == BASE.rows("pgx-phenotypes", "ranks")


def test_guidance_comes_as_facts_and_uncoded_rows_are_listed(tmp_path: Path) -> None:
    made = imported("pharmcat", d.pharmcat(tmp_path / "in"), tmp_path / "out")
    pack = packs_of(made)["imported-guidance-facts"]
    facts = {r["record"]: r for r in pack.tables["facts"]}
    assert facts["R1"]["action"] == "prefer-alternative"
    assert facts["R1"]["coded_as"] == "cpic-clopidogrel-acs-pm"
    assert (facts["R1"]["population"], facts["R1"]["pmids"]) == ("acs-pci", "1|2")
    assert [(facts[r]["action"], facts[r]["strength"]) for r in ("R2", "R3")] == [
        ("", "n/a"), ("", "Moderate"),
    ]  # fmt: skip
    assert "a sentence" not in (made.folders[-1] / "facts.csv").read_text()
    listed = list(csv.DictReader(made.reports[0].read_text().splitlines()))
    assert [(r["record"], r["status"]) for r in listed] == [
        ("R2", "needs coding by a clinician"), ("R3", "needs coding by a clinician"),
    ]  # fmt: skip
    assert not set(pack.tables) & {"recommendations"}


def test_facts_change_no_advice_beside_the_packs_in_force(tmp_path: Path) -> None:
    made = imported("pharmcat", d.pharmcat(tmp_path / "in"), tmp_path / "out")
    facts = packs_of(made)["imported-guidance-facts"]
    shelf = Shelf([*(BASE.pack(n) for n in BASE.names()), facts])
    for name in ("pgx-guidance", "pgx-guidance-dpwg"):
        assert shelf.rows(name, "recommendations") == BASE.rows(name, "recommendations")


def test_grch37_places_come_from_the_table_beside_or_the_pack_in_force(tmp_path: Path) -> None:
    source = d.pharmcat(tmp_path / "in")
    head = ("Gene", "rsID", "GRCh37Position", "GRCh38Position", "GRCh37Allele", "GRCh38Allele")
    d.save_csv(source / "variant-table.csv", head, [("MADEUP1", "rs1", "900", "1000", "A", "A")])
    pack = packs_of(imported("pharmcat", source, tmp_path / "out"))["pgx-definitions"]
    assert [(r["pos37"], r["status37"]) for r in rows_of(pack, "positions")] == [
        ("900", "verified"), ("1900", "unverified"), ("2900", "unverified"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"definition": d.definition(genomeBuild="GRCh37.p13")}, "is on GRCh37.p13; definitions"),
        ({"definition": d.definition(variants=[])}, "has no variants"),
        ({"definition": {"gene": "X"}}, "lacks chromosome, genomeBuild"),
        ({"definition": [1]}, "lacks gene"),
        (
            {"definition": d.definition(namedAlleles=d.definition()["namedAlleles"] * 2)},
            r"namedAlleles 4 \(\*1\) is there twice",
        ),
        (
            {"definition": d.definition(variants=d.definition()["variants"][:1])},
            r"\(\*1\) has 2 bases for 1 positions",
        ),
        (
            {"definition": d.definition(variants=[d.definition()["variants"][0]] * 2)},
            r"shows C at 1000, where the file knows A and G",
        ),
        (
            {"definition": d.definition(namedAlleles=d.definition()["namedAlleles"][1:])},
            "exactly one reference allele",
        ),
        (
            {"phenotypes": d.phenotypes(haplotypes={"*1": "Normal function"})},
            r"diplotypes 2 \(\*1/\*2\): \*2 is not among",
        ),
        (
            {
                "phenotypes": d.phenotypes(
                    diplotypes=[
                        *d.phenotypes()["diplotypes"],
                        {"diplotype": "*1/*3", "diplotypekey": {"*1": 1, "*3": 1},
                         "generesult": "Other"},
                    ]
                )
            },
            r"\(\*1/\*3\): No function and Normal function give 'Other', and 'Reduced'",
        ),
        ({"annotation": {"guideline": {"source": "CPIC"}}}, "lacks 'recommendations'"),
        ({"annotation": [1]}, "lacks 'guideline'"),
        ({"annotation": d.annotation(guideline={"source": "FDA"})}, "guideline.source is 'FDA'"),
        (
            {"annotation": d.annotation(recommendations=[{"id": 1, "population": "elves"}])},
            "recommendations 1: the population 'elves' has no code",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_pharmcat_file_is_named(
    tmp_path: Path, parts: dict[str, Any], said: str
) -> None:
    with pytest.raises(KnowledgeError, match=said) as raised:
        imported("pharmcat", d.pharmcat(tmp_path / "in", **parts), tmp_path / "out")
    assert raised.value.code == "KNO009"
    assert str(tmp_path / "in") in raised.value.message
    assert not (tmp_path / "out").exists()


def second(source: Path, **more: Any) -> Path:
    d.save_json(source / "definition/MADEUP2_translation.json", d.definition(**more))
    return source


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "defines MADEUP1, as .*MADEUP1_translation.json.gz does"),
        (
            {
                "gene": "MADEUP2",
                "variants": [{**d.definition()["variants"][0], "ref": "T"},
                             d.definition()["variants"][1]],
                "namedAlleles": [{"name": "*1", "alleles": ["T", "C"], "reference": True}],
            },
            r"variants 1 \(chr7:1000\) has REF T, and A in .*MADEUP1",
        ),
        (
            {
                "gene": "MADEUP2", "variants": [d.definition()["variants"][0]] * 2,
                "namedAlleles": [{"name": "*1", "alleles": ["A", "A"], "reference": True}],
            },
            r"variants 2 \(chr7:1000\) is there twice",
        ),
    ],
)  # fmt: skip
def test_files_that_contradict_each_other_are_named(
    tmp_path: Path, more: dict[str, Any], said: str
) -> None:
    source = second(d.pharmcat(tmp_path / "in"), **more)
    with pytest.raises(KnowledgeError, match=said):
        imported("pharmcat", source, tmp_path / "out")


def test_definition_files_of_two_versions_need_a_version_of_the_pack(tmp_path: Path) -> None:
    source = second(d.pharmcat(tmp_path / "in"), gene="MADEUP2", version="2031-01-01")
    with pytest.raises(KnowledgeError, match="of different versions") as raised:
        imported("pharmcat", source, tmp_path / "out", "")
    assert raised.value.code == "KNO009"
    assert imported("pharmcat", source, tmp_path / "out", "7").folders


def test_download_without_guidance_gives_the_other_packs(tmp_path: Path) -> None:
    made = imported("pharmcat", d.pharmcat(tmp_path / "in", annotation=None), tmp_path / "out")
    assert list(packs_of(made)) == ["pgx-definitions", "pgx-phenotypes"]
    assert made.reports == ()


def test_two_phenotype_tables_of_a_gene_are_refused(tmp_path: Path) -> None:
    source = d.pharmcat(tmp_path / "in")
    d.save_json(source / "phenotype/again.json", d.phenotypes())
    with pytest.raises(KnowledgeError, match=r"is of MADEUP1, as .* is"):
        imported("pharmcat", source, tmp_path / "out")


def test_phenotype_table_of_a_gene_that_nobody_defines_is_refused(tmp_path: Path) -> None:
    source = d.pharmcat(tmp_path / "in", definition=None)
    with pytest.raises(KnowledgeError, match="phenotype tables of MADEUP1, which no pack"):
        imported("pharmcat", source, tmp_path / "out")


def test_one_file_may_hold_many_phenotype_tables(tmp_path: Path) -> None:
    tables = [d.phenotypes(), d.phenotypes("CYP3A5")]
    source = d.pharmcat(tmp_path / "in", phenotypes=tables)
    pack = packs_of(imported("pharmcat", source, tmp_path / "out"))["pgx-phenotypes"]
    assert len(rows_of(pack, "functions")) == len(rows_of(pack, "functions", "CYP3A5")) == 3


def test_version_that_is_no_date_must_be_told(tmp_path: Path) -> None:
    source = d.pharmcat(tmp_path / "in", definition=d.definition(version="v3"))
    with pytest.raises(InputError, match="'v3', which is no date") as raised:
        imported("pharmcat", source, tmp_path / "out", "")
    assert raised.value.code == "INP050"


def test_scores_give_ranges_with_the_highest_open() -> None:
    table = d.scores(("0.0", "Poor"), ("0.5", "Poor"), ("2.0", "Normal"), ("n/a", "Indeterminate"))
    rows = bin_rows({**table, "evidence": "e"})
    assert [(r["low"], r["high"], r["phenotype"]) for r in rows] == [
        ("0", "0.5", "Poor"), ("2", "", "Normal"),
    ]  # fmt: skip
    assert bin_rows({**d.scores(("n/a", "Indeterminate")), "evidence": "e"}) == []


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ((("1", "A"), ("1.0", "B")), "score 1 gives 'B', and 'A' before"),
        ((("0", "A"), ("1", "B"), ("2", "A")), "lie among those of another"),
    ],
)
def test_scores_that_contradict_each_other_are_refused(
    pairs: tuple[tuple[str, str], ...], said: str
) -> None:
    with pytest.raises(KnowledgeError, match=said):
        bin_rows({**d.scores(*pairs), "evidence": "e"})


@pytest.mark.shared
def test_ranges_derived_from_the_real_tables_are_those_of_the_shipped_pack(shared: Path) -> None:
    tables, _ = tables_of(shared / "pgx" / "knowledge")
    derived = [(r["gene"], float(r["low"]), r["high"] and float(r["high"]), r["phenotype"])
               for r in tables["bins"]]  # fmt: skip
    assert derived == [
        (r["gene"], float(r["low"]), r["high"] and float(r["high"]), r["phenotype"])
        for r in BASE.rows("pgx-phenotypes", "bins")
    ]
