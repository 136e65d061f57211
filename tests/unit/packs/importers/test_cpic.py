"""An export of CPIC's database becomes packs; what is wrong in it is named with its row."""

from pathlib import Path
from typing import Any

import pytest

from garrod.core.errors import InputError, KnowledgeError
from tests.making import downloads as d
from tests.making.imports import imported, packs_of, rows_of


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
    assert any("no definition is in force of: MADEUP1" in note for note in made.notes)
    facts = packs["imported-guidance-facts"].tables["facts"]
    assert [r["action"] for r in facts] == ["prefer-alternative", ""]


HEAD = ("genesymbol", "drugid", "cpiclevel", "removed")
PAIRS = [("G", "D:1", "", "f"), ("H", "D:1", "D", "t")]


def test_cpic_export_may_be_csv_and_hold_pairs_alone(tmp_path: Path) -> None:
    d.save_csv(tmp_path / "in/drug.csv", ("drugid", "name"), [("D:1", "madeupine")])
    d.save_csv(tmp_path / "in/pair.csv", HEAD, PAIRS)
    packs = packs_of(imported("cpic", tmp_path / "in", tmp_path / "out"))
    assert list(packs) == ["imported-cpic-pairs"]
    assert [r["gene"] for r in packs["imported-cpic-pairs"].tables["pairs"]] == ["G"]


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
