"""The shipped terms and sets: every member known, every code sound, every word telling."""

import re
from decimal import Decimal

import pytest

from garrod.adapters.packs.load import load_shelf
from garrod.core.identifiers import Snomed, is_verhoeff
from garrod.core.medicine import Coding
from garrod.core.quantity import Quantity, read_unit
from garrod.knowledge.clinical import LOINC, SNOMED, load_clinical
from garrod.knowledge.medicines import load_medicines

SHELF = load_shelf()
CLINICAL = load_clinical(SHELF)
MEDICINES = load_medicines(SHELF)
CONDITION = re.compile(r"[a-z][a-z0-9_]*")
SET = re.compile(r"[a-z0-9][a-z0-9-]*")


def test_every_member_of_a_set_is_an_ingredient_and_stands_there_once() -> None:
    rows = SHELF.rows("drug-sets", "drug_set_members")
    pairs = [(row["set"], row["drug"]) for row in rows]
    assert len(pairs) == len(set(pairs))
    assert {drug for _, drug in pairs} <= MEDICINES.by_drug.keys()
    assert {name for name, _ in pairs} == {r["set"] for r in SHELF.rows("drug-sets", "drug_sets")}


def test_a_set_and_a_member_cite_what_says_so() -> None:
    for table in ("drug_sets", "drug_set_members"):
        for row in SHELF.rows("drug-sets", table):
            assert SHELF.evidence("drug-sets", row["evidence"]).source
    for table in ("term_conditions", "term_measures", "term_units"):
        for row in SHELF.rows("clinical-terms", table):
            assert SHELF.evidence("clinical-terms", row["evidence"]).source


def test_names_of_sets_conditions_and_measures_are_unique_and_can_be_asked_for() -> None:
    sets = [row["set"] for row in SHELF.rows("drug-sets", "drug_sets")]
    conditions = [row["condition"] for row in SHELF.rows("clinical-terms", "term_conditions")]
    measures = [row["measure"] for row in SHELF.rows("clinical-terms", "term_measures")]
    for found, shape in ((sets, SET), (conditions, CONDITION), (measures, CONDITION)):
        assert len(found) == len(set(found))
        assert all(shape.fullmatch(name) for name in found)


@pytest.mark.parametrize("name", sorted(CLINICAL.conditions))
def test_a_condition_is_found_by_its_codes_and_its_own_words(name: str) -> None:
    condition = CLINICAL.conditions[name]
    assert condition.words
    for code in condition.snomed:
        assert is_verhoeff(code)
        assert condition in CLINICAL.conditions_of((Coding(SNOMED, Snomed(code).value, ""),))
    for words in condition.words:
        assert condition in CLINICAL.conditions_of((Coding("", "", " ".join(words)),))
    for start in condition.icd10:
        system = "http://hl7.org/fhir/sid/icd-10"
        assert condition in CLINICAL.conditions_of((Coding(system, start, ""),))


@pytest.mark.parametrize("name", sorted(CLINICAL.measures))
def test_a_measure_is_found_by_its_codes_and_words_and_its_unit_is_ucum(name: str) -> None:
    measure = CLINICAL.measures[name]
    assert read_unit(measure.unit)
    assert measure.low < measure.high
    assert 1 <= measure.lasts_days <= 3650
    for system, code in measure.codes:
        assert CLINICAL.measure_of((Coding(system, code, ""),)) is measure
        assert system == LOINC or is_verhoeff(code)
    for words in measure.words:
        assert CLINICAL.measure_of((), " ".join(words)) is measure
    for unit, factor in measure.factors.items():
        assert Quantity(Decimal(1), unit)
        assert factor > 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Congestive cardiac failure", {"heart_failure"}),
        ("Chronic kidney disease stage 3", {"ckd", "ckd_3"}),
        ("Chronic kidney disease stage 4", {"ckd", "ckd_4_5"}),
        ("Migraine with aura", {"migraine", "migraine_aura"}),
        ("Migraine", {"migraine"}),
        ("Type 2 diabetes mellitus", {"diabetes", "diabetes_2"}),
        ("Angle closure glaucoma", {"glaucoma", "angle_closure_glaucoma"}),
        ("Upper GI bleed 2019", {"gi_bleed"}),
        ("Parkinson's disease", {"parkinsons"}),
        ("Family history of stroke", set()),
        ("Suspected pulmonary embolism", set()),
        ("Emergency department attendance", set()),
        ("Factor V Leiden", {"factor_v_leiden", "thrombophilia"}),
        ("Benign prostatic hyperplasia", {"bph"}),
        ("Hay fever", {"allergic_rhinitis"}),
    ],
)
def test_words_of_a_problem_list_name_the_condition(text: str, expected: set[str]) -> None:
    found = CLINICAL.conditions_of((Coding("", "", text),))
    assert {condition.id for condition in found} == expected


@pytest.mark.parametrize(
    ("larger", "smaller"),
    [
        ("nsaid", "coxib"),
        ("nsaid", "nsaid-nonselective"),
        ("anticoagulant", "doac"),
        ("anticoagulant", "vka"),
        ("opioid", "opioid-strong"),
        ("opioid", "opioid-weak"),
        ("beta-blocker", "beta-blocker-nonselective"),
        ("beta-blocker", "beta-blocker-cardioselective"),
        ("statin", "statin-3a4"),
        ("diuretic", "loop-diuretic"),
        ("raas", "ace-inhibitor"),
        ("sedative", "benzodiazepine"),
        ("bleeding-risk", "antiplatelet"),
        ("antiepileptic", "valproate"),
    ],
)
def test_a_set_contains_the_sets_within_it(larger: str, smaller: str) -> None:
    assert CLINICAL.sets[smaller].drugs < CLINICAL.sets[larger].drugs


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("coxib", "nsaid-nonselective"),
        ("beta-blocker-nonselective", "beta-blocker-cardioselective"),
        ("opioid-strong", "opioid-weak"),
        ("ppi", "h2ra"),
        ("ace-inhibitor", "arb"),
        ("ssri", "snri"),
        ("ccb-dhp", "ccb-nondhp"),
        ("doac", "vka"),
    ],
)
def test_sets_that_exclude_each_other_share_no_member(one: str, other: str) -> None:
    assert not CLINICAL.sets[one].drugs & CLINICAL.sets[other].drugs


def test_aspirin_is_an_antiplatelet_and_no_nsaid() -> None:
    assert "antiplatelet" in CLINICAL.sets_of("aspirin")
    assert "nsaid" not in CLINICAL.sets_of("aspirin")
