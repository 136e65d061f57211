"""Downloads become packs whole or not at all; what is wrong is named with its file and row."""

import csv
from pathlib import Path
from typing import Any

import pytest

from garrod.adapters.packs.importers.carry import Wish
from garrod.adapters.packs.importers.pharmcat_phenotypes import bin_rows, tables_of
from garrod.adapters.packs.importers.regions import region_rows
from garrod.adapters.packs.importers.run import Imported, run_import
from garrod.adapters.packs.load import load_pack, load_shelf
from garrod.adapters.packs.show import check_citations
from garrod.core.errors import GarrodError, InputError, KnowledgeError
from garrod.knowledge.pack import Pack
from garrod.knowledge.shelf import Shelf
from tests.making import downloads as d

BASE = load_shelf()
MADE: dict[str, Any] = {"pharmcat": d.pharmcat, "cpic": d.cpic, "pypgx": d.pypgx}


def wish(version: str = "9.1", base: Shelf = BASE) -> Wish:
    return Wish(base, version, "2030-01-03")


def imported(name: str, source: Path, target: Path, version: str = "9.1") -> Imported:
    return run_import(name, source, target, wish(version))


def packs_of(made: Imported) -> dict[str, Pack]:
    found = [load_pack(folder) for folder in made.folders]
    for pack in found:
        check_citations(pack)
    return {p.manifest.name: p for p in found}


def rows_of(pack: Pack, table: str, gene: str = "MADEUP1") -> list[dict[str, str]]:
    return [dict(row) for row in pack.tables[table] if row.get("gene", gene) == gene]


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


def test_cpic_export_gives_phenotypes_pairs_and_facts(tmp_path: Path) -> None:
    made = imported("cpic", d.cpic(tmp_path / "in"), tmp_path / "out")
    packs = packs_of(made)
    functions = rows_of(packs["pgx-phenotypes"], "functions")
    assert [(r["allele"], r["function"]) for r in functions] == [
        ("*1", "Normal function"), ("*2", "Unknown function"),
    ]  # fmt: skip
    assert len(rows_of(packs["pgx-phenotypes"], "rules")) == 2
    pairs = packs["imported-cpic-pairs"].tables["pairs"]
    assert [(r["gene"], r["drug"], r["level"]) for r in pairs] == [("CYP2C19", "clopidogrel", "A")]
    facts = packs["imported-guidance-facts"].tables["facts"]
    assert [r["action"] for r in facts] == ["prefer-alternative", ""]


def test_cpic_export_may_be_csv_and_hold_pairs_alone(tmp_path: Path) -> None:
    d.save_csv(tmp_path / "in/drug.csv", ("drugid", "name"), [("D:1", "madeupine")])
    d.save_csv(tmp_path / "in/pair.csv", ("genesymbol", "drugid", "cpiclevel"), [("G", "D:1", "")])
    made = imported("cpic", tmp_path / "in", tmp_path / "out")
    assert list(packs_of(made)) == ["imported-cpic-pairs"]


def test_cpic_csv_holds_keys_as_json_text(tmp_path: Path) -> None:
    head = ("id", "drugid", "lookupkey", "classification", "population")
    row = (1, "RxNorm:32968", '{"CYP2C19": "Poor Metabolizer"}', "Strong", "CVI ACS PCI")
    source = d.cpic(tmp_path / "in", recommendation=None)
    d.save_csv(source / "recommendation.csv", head, [row])
    facts = packs_of(imported("cpic", source, tmp_path / "out"))["imported-guidance-facts"]
    assert facts.tables["facts"][0]["coded_as"] == "cpic-clopidogrel-acs-pm"
    d.save_csv(source / "recommendation.csv", head, [(1, "RxNorm:32968", "{", "Strong", "")])
    with pytest.raises(KnowledgeError, match="row 1: lookupkey is not JSON"):
        imported("cpic", source, tmp_path / "new")


def test_cpic_scored_gene_gives_ranges(tmp_path: Path) -> None:
    source = d.cpic(
        tmp_path / "in",
        allele=[{"genesymbol": "CYP2C9", "name": "*1", "activityvalue": "1.0",
                 "clinicalfunctionalstatus": "Normal function"}],
        gene_result=[{"id": 10, "genesymbol": "CYP2C9", "result": "Normal Metabolizer"}],
        gene_result_lookup=[{"id": 20, "phenotypeid": 10, "totalactivityscore": "2.0"}],
        gene_result_diplotype=[{"functionphenotypeid": 20, "diplotype": "*1/*1",
                                "diplotypekey": {"*1": 2}}],
    )  # fmt: skip
    pack = packs_of(imported("cpic", source, tmp_path / "out"))["pgx-phenotypes"]
    assert [(r["low"], r["high"]) for r in rows_of(pack, "bins", "CYP2C9")] == [("2", "")]


ALLELE = {"genesymbol": "MADEUP1", "name": "*1", "clinicalfunctionalstatus": "x",
          "activityvalue": ""}  # fmt: skip


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"allele": [ALLELE, ALLELE]}, r"allele.json: row 2: MADEUP1 \*1 is there twice"),
        ({"allele": [{"name": "*1"}]}, r"allele.json: row 1 lacks genesymbol"),
        ({"allele": {"name": "*1"}}, "is not a list of rows"),
        ({"gene_result": None}, "table allele without gene_result;"),
        ({"drug": None}, "without drug;"),
        ({"gene_result_lookup": [{"id": 9, "phenotypeid": 1}]}, "row 1: functionphenotypeid 20"),
        ({"allele": [{**ALLELE, "genesymbol": "OTHER"}]}, "MADEUP1 has no row in the table allele"),
        ({"drug": [{"drugid": "x", "name": "y"}]}, "drugid RxNorm:32968 has no row in drug"),
        (
            {"allele": None, "pair": None, "recommendation": None},
            "holds no allele, pair or recommendation table",
        ),
    ],
)
def test_what_is_wrong_in_an_export_is_named(
    tmp_path: Path, tables: dict[str, Any], said: str
) -> None:
    with pytest.raises((KnowledgeError, InputError), match=said):
        imported("cpic", d.cpic(tmp_path / "in", **tables), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_table_given_as_json_and_as_csv_is_refused(tmp_path: Path) -> None:
    source = d.cpic(tmp_path / "in")
    d.save_csv(source / "drug.csv", ("drugid", "name"), [])
    with pytest.raises(InputError, match="one table, twice"):
        imported("cpic", source, tmp_path / "out")


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


@pytest.mark.parametrize("name", ["cpic", "pypgx", "frequencies"])
def test_source_without_a_version_must_be_told_one(tmp_path: Path, name: str) -> None:
    source = MADE.get(name, d.counts)(tmp_path / "in")
    with pytest.raises(InputError, match="--version") as raised:
        imported(name, source, tmp_path / "out", "")
    assert raised.value.code == "INP050"


@pytest.mark.parametrize("name", ["cpic", "pharmcat", "pypgx", "frequencies"])
def test_folder_that_is_missing_or_empty_is_named(tmp_path: Path, name: str) -> None:
    for source in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(InputError, match=str(source)) as raised:
            imported(name, source, tmp_path / "out")
        assert raised.value.code == "INP051"


def test_pack_that_is_there_is_never_changed(tmp_path: Path) -> None:
    source = d.pharmcat(tmp_path / "in")
    first = imported("pharmcat", source, tmp_path / "out")
    before = {p: p.read_bytes() for f in first.folders for p in f.iterdir()}
    with pytest.raises(KnowledgeError, match="is there already") as raised:
        imported("pharmcat", source, tmp_path / "out")
    assert raised.value.code == "KNO008"
    assert {p: p.read_bytes() for p in before} == before
    with pytest.raises(KnowledgeError, match=r"uncoded\.csv: is there already"):
        imported("pharmcat", source, tmp_path / "out", "9.2")


def test_nothing_is_left_when_a_later_pack_cannot_be_written(tmp_path: Path) -> None:
    source, target = d.pharmcat(tmp_path / "in"), tmp_path / "out"
    target.mkdir()
    (target / "pgx-phenotypes").write_text("a file in the way")
    with pytest.raises(InputError, match="cannot be written") as raised:
        imported("pharmcat", source, target)
    assert raised.value.code == "INP010"
    assert sorted(p.name for p in target.rglob("*.toml")) == []


@pytest.mark.parametrize("version", ["1/2", "..", "1..2", "a b"])
def test_version_that_is_no_folder_name_is_refused(tmp_path: Path, version: str) -> None:
    with pytest.raises(InputError, match="a version is") as raised:
        imported("pharmcat", d.pharmcat(tmp_path / "in"), tmp_path / "out", version)
    assert raised.value.code == "INP050"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("MADEUP1_translation.json", b"{", "is not JSON"),
        ("MADEUP1_translation.json.gz", b"\x1f\x8b broken", "cannot be read"),
    ],
)
def test_file_that_cannot_be_read_is_named(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=said) as raised:
        imported("pharmcat", tmp_path, tmp_path / "out")
    assert raised.value.code == "INP051"
    assert name in raised.value.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"gene,allele\n", "line 1 lacks the columns superpopulation"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"gene,allele,superpopulation,count,total\na,b\n", "line 2 has not as many cells"),
        (b"gene,allele,superpopulation,count,total\na,b,c,1,1,9\n", "line 2 has not as many"),
    ],
)
def test_table_that_is_broken_is_named(tmp_path: Path, text: bytes, said: str) -> None:
    from garrod.adapters.packs.importers.frequencies import read_counts

    path = tmp_path / "counts.csv"
    path.write_bytes(text)
    with pytest.raises(InputError, match=said):
        read_counts(path)


def test_one_file_plain_and_gzipped_is_refused(tmp_path: Path) -> None:
    source = d.pharmcat(tmp_path / "in")
    d.save_json(source / "MADEUP1_translation.json", d.definition())
    with pytest.raises(KnowledgeError, match="one file, twice"):
        imported("pharmcat", source, tmp_path / "out")


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


def test_every_error_is_one_of_ours(tmp_path: Path) -> None:
    (tmp_path / "CPIC_x.json").write_text("3")
    with pytest.raises(GarrodError):
        imported("pharmcat", tmp_path, tmp_path / "out")
