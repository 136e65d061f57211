"""Every inhibitor and inducer that a source at hand names has its row, or a reason to have none."""

import csv
import gzip
import re
from pathlib import Path

import pytest

from garrod.core.identifiers import is_verhoeff
from garrod.knowledge.medicines import load_medicines
from garrod.science.pgx.modulators import PACK
from tests.making.conversions import FACTS, SHELF

MEDICINES = load_medicines(SHELF)
ROWS = FACTS.modulators.by_drug
LEFT_OUT = {row["name"]: row["reason"] for row in SHELF.rows(PACK, "left_out")}
ENZYMES = {"CYP3A4": "CYP3A"}
NAMED = re.compile(
    r"(STRONG|MODERATE|WEAK) (CYP3A|CYP2D6) (INHIBITOR|INDUCER)s? "
    r"\((?:for example|e\.g\.) ([^)]*)\)",
    re.IGNORECASE,
)
LISTED = re.compile(
    r"(STRONG|MODERATE|WEAK) (CYP3A|CYP2D6) (INHIBITOR|INDUCER): for example ([^.]*)\.",
    re.IGNORECASE,
)
# Spellings of DPWG's English text that no medicine list would hold.
SPELLED = {
    "bupropione": "bupropion",
    "amlopidine": "amlodipine",
    "cilostazole": "cilostazol",
    "isoniazide": "isoniazid",
    "rifabutine": "rifabutin",
}
EFFECTS = {"inhibitor": "inhibits", "inducer": "induces"}


def drug_of(name: str) -> str:
    """Return the id of a medicine by a name of a source, or nothing."""
    found = MEDICINES.find_all(SPELLED.get(name, name))
    return found[0].drug if len(found) == 1 else ""


def dpwg_texts(shared: Path) -> str:
    path = shared / "pgx" / "knowledge" / "recommendations_flat.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["drugs"] == "eliglustat"]
    return "\n".join(row["recommendation"] for row in rows)


@pytest.mark.shared
def test_every_medicine_of_the_shared_table_has_a_row_or_a_reason(shared: Path) -> None:
    path = shared / "decide" / "phenoconversion" / "cyp_inhibitors.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lost = [
        row["drug"]
        for row in rows
        if row["drug"] not in LEFT_OUT
        and not any(
            (m.enzyme, m.effect) == (ENZYMES.get(row["enzyme"], row["enzyme"]), "inhibits")
            for m in ROWS.get(drug_of(row["drug"]), ())
        )
    ]
    assert rows
    assert lost == []


@pytest.mark.shared
def test_every_example_of_dpwg_has_its_own_row_of_that_strength(shared: Path) -> None:
    texts = dpwg_texts(shared)
    said = {
        (drug_of(name.strip()) or name.strip(), enzyme, EFFECTS[effect.lower()], strength.lower())
        for found in (NAMED, LISTED)
        for strength, enzyme, effect, names in found.findall(texts)
        for name in names.split(",")
    }
    restated = {
        (m.drug, m.enzyme, m.effect, m.strength)
        for rows in ROWS.values()
        for m in rows
        if m.source == "dpwg" and m.drug != "modafinil"  # of its text on siponimod
    }
    assert len(said) > 40
    assert said == restated


def test_what_is_left_out_has_a_reason_and_no_row() -> None:
    assert all(LEFT_OUT.values())
    assert [name for name in LEFT_OUT if drug_of(name) in ROWS] == []


@pytest.mark.parametrize(
    ("line", "enzyme"),
    [
        ("Erythromycin 250mg gastro-resistant tablets", "CYP3A"),
        ("Ciproxin 500 mg", "CYP3A"),
        ("Stribild tablets", "CYP3A"),
        ("Darunavir 800 mg", "CYP2D6"),
        ("Kaletra 200mg/50mg", "CYP3A"),
        ("Multaq 400 mg", "CYP2D6"),
        ("isavuconazole 200 mg capsules", "CYP3A"),
        ("nefazodone", "CYP3A"),
        ("letermovir 480 mg", "CYP3A"),
        ("Ciclosporin 100 mg capsules (Neoral)", "CYP3A"),
        ("IVEMEND 150 mg powder for infusion", "CYP3A"),
        ("Priftin 150 mg", "CYP3A"),
        ("Orkambi 200 mg/125 mg", "CYP3A"),
    ],
)
def test_line_of_a_list_names_what_acts_on_the_enzyme(line: str, enzyme: str) -> None:
    found = [m for medicine in MEDICINES.find_all(line) for m in ROWS.get(medicine.drug, ())]
    assert enzyme in {m.enzyme for m in found}


@pytest.mark.parametrize(
    "line",
    ["Ciprofloxacin 0.3% eye drops", "Ciloxan", "Zineryt lotion", "Ikervis", "Stiemycin 2%"],
)
def test_form_for_local_use_is_known_as_such(line: str) -> None:
    assert MEDICINES.find_all(line)
    assert MEDICINES.is_local(line)


@pytest.mark.parametrize("nation", ["england", "netherlands", "us"])
def test_snomed_codes_of_a_policy_have_their_check_digit(nation: str) -> None:
    codes = [
        code
        for row in SHELF.rows(f"policy-{nation}", "indications")
        for code in row["snomed"].split("|")
        if code
    ]
    assert codes
    assert [code for code in codes if not is_verhoeff(code)] == []
