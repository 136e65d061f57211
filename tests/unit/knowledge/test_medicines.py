"""Names, brands, codes and free text read as ingredients; nothing guessed from parts of words."""

import csv
import gzip
import json
import re
from pathlib import Path

import pytest

from garrod.adapters.packs.load import load_shelf
from garrod.knowledge.medicines import load_medicines, words_of

MEDICINES = load_medicines(load_shelf())
# How the burden table marks a route: "clindamycin-NOT (TOPICAL)".
LISTED_ROUTE = re.compile(r"-(?:NOT.*|TOPICAL|NASAL|OPHTHALMIC|AURICULAR.*)$")


def csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Clopidogrel 75 mg tablets", ["clopidogrel"]),
        ("PLAVIX", ["clopidogrel"]),
        ("co-codamol 30/500", ["codeine", "paracetamol"]),
        ("Nurofen Plus", ["codeine", "ibuprofen"]),
        ("Pro-Epanutin 750mg/10ml", ["fosphenytoin"]),
        ("tioguanine 40 mg", ["thioguanine"]),
        ("suxamethonium chloride", ["succinylcholine"]),
        ("5-FU infusion", ["fluorouracil"]),
        ("methylthioninium chloride", ["methylene blue"]),
        ("Liposomal amphotericin B", ["amphotericin b"]),
        ("omeprazole and simvastatin", ["omeprazole", "simvastatin"]),
        ("escitalopram", ["escitalopram"]),
        ("Triumeq", ["abacavir", "dolutegravir", "lamivudine"]),
        ("Glibenclamide 5 mg tablets", ["glyburide"]),
        ("amifampridine phosphate", ["amifampridine phosphate"]),
        ("St. John’s Wort capsules", ["st john's wort"]),
        ("Epilim Chrono 500", ["valproic acid"]),
        ("Rifinah 300", ["isoniazid", "rifampicin"]),
        ("co-fluampicil 250/250", ["flucloxacillin", "ampicillin"]),
        ("paracetamol 500 mg", ["paracetamol"]),
        ("famotidine", ["famotidine"]),
        ("dihydrocodeine", ["dihydrocodeine"]),
        ("Co-amoxiclav 500/125 tablets", ["amoxicillin", "clavulanic acid"]),
        ("co-beneldopa 12.5/50", ["levodopa", "benserazide"]),
        ("Fostair 100/6 inhaler", ["beclometasone", "formoterol"]),
        ("Seretide 250 Evohaler", ["fluticasone", "salmeterol"]),
        ("Trelegy Ellipta", ["fluticasone", "vilanterol", "umeclidinium"]),
        ("Losartan potassium 50 mg", ["losartan"]),
        ("sodium valproate 200 mg", ["valproic acid"]),
        ("levothyroxine sodium 25 micrograms", ["levothyroxine"]),
        ("Calcium carbonate with colecalciferol", ["calcium carbonate", "colecalciferol"]),
        ("insulin aspart 100 units/ml", ["insulin aspart"]),
        ("insulin", ["insulin"]),
        ("Losec 20mg, Zestril 10 mg", ["omeprazole", "lisinopril"]),
    ],
)
def test_text_names_its_ingredients(text: str, expected: list[str]) -> None:
    assert [m.drug for m in MEDICINES.find_all(text)] == expected


@pytest.mark.parametrize(
    "text", ["", "mg", "iron", "calcium", "sodium", "potassium", "phosphate", "zinc", "penicillin"]
)
def test_text_without_known_name_finds_nothing(text: str) -> None:
    assert MEDICINES.find(text) is None


def test_find_returns_the_first_of_several() -> None:
    found = MEDICINES.find("warfarin, then clopidogrel")
    assert found is not None
    assert found.drug == "warfarin"


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        ("http://www.whocc.no/atc", "B01AC04", "clopidogrel"),
        ("ATC", "b01ac04 ", "clopidogrel"),
        ("http://www.nlm.nih.gov/research/umls/rxnorm", "11289", "warfarin"),
        ("RxNorm", "36567", "simvastatin"),
    ],
)
def test_code_gives_the_ingredient(system: str, code: str, expected: str) -> None:
    found = MEDICINES.by_code(system, code)
    assert found is not None
    assert found.drug == expected


def test_code_of_unknown_system_or_value_gives_nothing() -> None:
    assert MEDICINES.by_code("http://snomed.info/sct", "11289") is None
    assert MEDICINES.by_code("ATC", "Z99ZZ99") is None


def test_misspelt_name_is_suggested_by_its_british_name() -> None:
    assert MEDICINES.suggest("clopidogral") == ("clopidogrel",)
    assert "suxamethonium" in MEDICINES.suggest("succinylcholin")
    assert MEDICINES.suggest("xyzzy") == ()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Clopidogrell 75mg tablets one daily", "clopidogrel"),
        ("amitryptiline 10mg", "amitriptyline"),
        ("co-codomol 30/500", "codeine"),
        ("codiene phosphate", "codeine"),
        ("Bisoprolal 5 mg", "bisoprolol"),
        ("Tegretoll", "carbamazepine"),
    ],
)
def test_misspelt_line_of_a_list_is_suggested_by_its_name(written: str, meant: str) -> None:
    assert MEDICINES.find_all(written) == ()
    assert MEDICINES.suggest(written) == (meant,)


@pytest.mark.parametrize(
    "other",
    [
        *("clofibrate 500 mg", "Levamlodipine", "lomitapide", "isoconazole 1%", "ethionamide"),
        *("fimasartan", "nalorphine", "pirenzepine"),
    ],
)
def test_another_medicine_is_not_taken_for_a_misspelling(other: str) -> None:
    assert MEDICINES.suggest(other) == ()


@pytest.mark.parametrize(
    ("line", "remark"),
    [
        ("Clopidogrel 75mg tabs - STOPPED", "stopped"),
        ("no longer takes codeine", "no longer"),
        ("codeine 30 mg when needed", ""),
    ],
)
def test_words_that_say_a_line_may_not_be_taken_are_found(line: str, remark: str) -> None:
    assert MEDICINES.remark_in(line) == remark


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tacrolimus 0.1% ointment", True),
        ("gentamicin 40 mg/ml injection", False),
        ("gentamicin 0.3% eye/ear drops", True),
        ("tacrolimus 1 mg capsules", False),
        ("fentanyl 25 micrograms/hour patch", False),
        ("Ketoconazole 2% shampoo", True),
        ("terbinafine 250 mg tablets", False),
        ("Azarga eye drops", True),
        ("Canesten HC", True),
        ("Oestrogel Pump-Pack 0.06% gel", False),
        ("testosterone gel 50 mg sachets", False),
    ],
)
def test_local_form_is_told_from_words(text: str, expected: bool) -> None:
    assert MEDICINES.is_local(text) is expected


def test_every_medicine_has_a_class_with_words_and_evidence() -> None:
    shelf = load_shelf()
    for medicine in MEDICINES.by_drug.values():
        assert MEDICINES.classes[medicine.drug_class]
        assert shelf.evidence("drugs", medicine.evidence).source


def test_atc_codes_have_the_shape_of_a_substance_or_group() -> None:
    codes = [code for m in MEDICINES.by_drug.values() for code in m.atc]
    assert all(code[0].isalpha() and code[1:3].isdigit() for code in codes)


def test_a_name_left_out_has_a_reason_and_is_no_ingredient() -> None:
    left_out = load_shelf().rows("drugs", "left_out")
    assert len(left_out) > 40
    for row in left_out:
        assert row["reason"]
        assert MEDICINES.by_id(row["name"]) is None


@pytest.mark.shared
def test_every_drug_that_a_source_names_is_an_ingredient_or_left_out(shared: Path) -> None:
    report = shared / "pgx" / "full_report_example" / "pharmcat.example.report.json.gz"
    by_source = json.loads(gzip.decompress(report.read_bytes()))["drugs"]
    pairs = csv_rows(shared / "pgx" / "knowledge" / "pypgx_tables" / "cpic-table.csv")
    inhibitors = csv_rows(shared / "decide" / "phenoconversion" / "cyp_inhibitors.csv")
    named = {
        *(drug for drugs in by_source.values() for drug in drugs),
        *(row["Drug"] for row in pairs if row["CPICLevel"] in ("A", "A/B")),
        *(row["drug"] for row in inhibitors),
    }
    left_out = {row["name"] for row in load_shelf().rows("drugs", "left_out")}
    assert named - MEDICINES.by_drug.keys() - left_out == set()


def test_every_medicine_that_a_pack_names_is_an_ingredient() -> None:
    shelf = load_shelf()
    named = {
        (pack, drug)
        for pack in shelf.names()
        for table in shelf.pack(pack).tables.values()
        for row in table
        for column in ("drug", "drugs", "alternatives", "taking")
        for drug in row.get(column, "").split("|")
        if drug not in ("", "*") and ":" not in drug  # ":" is in a class, or an inhibitor's mark
    }
    assert {pair for pair in named if pair[1] not in MEDICINES.by_drug} == set()


@pytest.mark.parametrize("drug", sorted(MEDICINES.by_drug))
def test_every_name_finds_its_own_medicine(drug: str) -> None:
    medicine = MEDICINES.by_drug[drug]
    lost = [n for n in medicine.names if medicine not in MEDICINES.find_all(f"{n} 10 mg daily")]
    assert lost == []


def test_no_code_stands_for_two_medicines() -> None:
    medicines = MEDICINES.by_drug.values()
    atc = [code for m in medicines for code in m.atc]
    rxnorm = [m.rxnorm for m in medicines if m.rxnorm]
    assert sorted(code for code in set(atc) if atc.count(code) > 1) == []
    assert sorted(code for code in set(rxnorm) if rxnorm.count(code) > 1) == []


def test_a_name_of_several_ingredients_is_a_product_and_stands_for_all_of_them() -> None:
    products = {
        words_of(row["words"]): set(row["drugs"].split("|"))
        for row in load_shelf().rows("drugs", "products")
    }
    for words, found in MEDICINES.by_words.items():
        if len(found) > 1 or words in products:
            assert {m.drug for m in found} == products[words], words


def test_a_spelling_of_another_list_leads_to_an_ingredient_and_is_no_name() -> None:
    for row in load_shelf().rows("drugs", "spellings"):
        assert MEDICINES.by_id(row["drug"]) is not None
        assert words_of(row["words"]) not in MEDICINES.by_words


def test_a_medicine_sold_no_longer_or_not_here_says_so() -> None:
    standing = {row["drug"]: row["standing"] for row in load_shelf().rows("drugs", "standing")}
    assert set(standing) <= MEDICINES.by_drug.keys()
    assert set(standing.values()) == {"withdrawn", "not-uk"}
    assert standing["astemizole"] == "withdrawn"
    assert standing["triazolam"] == "not-uk"


@pytest.mark.shared
@pytest.mark.parametrize("list_name", ["onc_high_priority_pairs", "onc_non_interruptive_pairs"])
def test_every_medicine_of_the_interaction_lists_is_known(shared: Path, list_name: str) -> None:
    pairs = csv_rows(shared / "decide" / "ddi" / f"{list_name}.csv")
    names = {row[side] for row in pairs for side in ("drug_a", "drug_b")}
    assert [name for name in sorted(names) if not MEDICINES.find_all(name)] == []


@pytest.mark.shared
def test_every_medicine_of_the_burden_table_is_known_or_left_out(shared: Path) -> None:
    shelf = load_shelf()
    left_out = {row["name"] for row in shelf.rows("drugs", "left_out")}
    spelt = {row["words"] for row in shelf.rows("drugs", "spellings")}
    table = csv_rows(shared / "decide" / "polypharmacy" / "ACB_table.csv")
    names = {LISTED_ROUTE.sub("", row["Name"].strip()).lower() for row in table} - {""}
    assert len(names) > 600
    lost = [n for n in names - left_out - spelt if not MEDICINES.find_all(n)]
    assert lost == []


@pytest.mark.shared
@pytest.mark.parametrize(
    ("codelist", "of"),
    [
        ("acei", {"ace-inhibitor", "arb"}),
        ("anticoag", {"anticoagulant-oral"}),
        ("antiplat", {"antiplatelet"}),
        ("diur", {"loop-diuretic", "k-sparing-any", "thiazide"}),
        ("lith", {"lithium"}),
        ("nsaid", {"nsaid", "salicylate"}),
        ("nsbb", {"beta-blocker"}),
        ("ppi", {"ppi", "h2ra"}),
    ],
)
def test_products_of_pincer_resolve_to_a_member_of_the_set(
    shared: Path, codelist: str, of: set[str]
) -> None:
    members = {r["drug"] for r in load_shelf().rows("drug-sets", "drug_set_members")
               if r["set"] in of}  # fmt: skip
    rows = csv_rows(shared / "decide" / "pincer" / "codelists" / f"pincer-{codelist}.csv")
    terms = [row["term"].split(" (")[0] for row in rows]
    named = [{m.drug for m in MEDICINES.find_all(term)} for term in terms]
    assert sum(bool(found) for found in named) / len(named) > 0.97
    assert sum(bool(found & members) for found in named) / len(named) > 0.95


def test_long_text_is_split_as_a_short_one_is() -> None:
    assert words_of("Co-codamol 30/500 " * 40) == ("co", "codamol", "30", "500") * 40
    assert words_of("Co-codamol 30/500 ") == ("co", "codamol", "30", "500")
