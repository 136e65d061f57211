"""Security labels by codes: rows of the pack, conditions and medicines of other packs, words."""

import pytest

from garrod.care.govern.labels import ACT_CODE, CONFIDENTIALITY, Labels
from garrod.knowledge.pack import Row
from tests.making.shelves import SHELF, changed

LABELS = Labels(SHELF)
ICD, ATC, RXNORM = (
    "http://hl7.org/fhir/sid/icd-10", "http://www.whocc.no/atc",
    "http://www.nlm.nih.gov/research/umls/rxnorm",
)  # fmt: skip
SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"

CODES = [
    (ICD, "B20", {"HIV"}),
    (ICD, "B24.X", {"HIV"}),
    (f"{ICD}-uk", "Z20.6", {"HIV"}),
    (f"{ICD}-cm", "O98.711", {"HIV"}),
    (ICD, "O98.1", set()),
    (ICD, "F10.2", {"ETH", "SUD", "ETHUD"}),
    (ICD, "F11", {"ETH", "SUD", "OPIOIDUD"}),
    (ICD, "F17.2", set()),  # tobacco
    (ICD, "F20.0", {"MH", "PSY"}),
    (ICD, "F84.0", set()),
    (ICD, "A54.9", {"STD"}),
    (ICD, "A61", set()),
    (ICD, "O04.9", {"SEX"}),
    (ICD, "F64.0", {"GENDER"}),
    (ICD, "T74.1", {"SDV"}),
    (ICD, "I50", set()),
    (SNOMED, "86406008", {"HIV"}),
    (SNOMED, "58214004", {"MH", "PSY"}),
    (SNOMED, "84114007", set()),
    (LOINC, "25836-8", {"HIV"}),
    (LOINC, "74013-4", {"ETH", "SUD", "ETHUD"}),
    (LOINC, "69548-6", {"RAW-GENOME"}),
    (LOINC, "53040-2", set()),  # a phenotype: what decisions see
    (ATC, "J05AE03", {"HIV"}),
    (ATC, "J05AB01", set()),  # aciclovir
    (ATC, "N07BC02", {"ETH", "SUD", "OPIOIDUD"}),
    (ATC, "G03XB01", {"SEX"}),
    (RXNORM, "85762", {"HIV"}),
    (RXNORM, "32968", set()),
    ("http://example.org", "B20", set()),
]


@pytest.mark.parametrize(("system", "code", "labels"), CODES)
def test_codes(system: str, code: str, labels: set[str]) -> None:
    assert LABELS.of("Condition", [(system, code)]) == labels


TEXTS = [
    ("HIV infection", {"HIV"}),
    (" hiv positive ", {"HIV"}),
    ("no sign of HIV infection", set()),
    ("Ritonavir 100 mg tablets", {"HIV"}),
    ("Kaletra 200mg/50mg", {"HIV"}),
    ("Disulfiram 200 mg", {"ETH", "SUD", "ETHUD"}),
    ("Clozapine and ritonavir", {"HIV", "MH", "PSY"}),
    ("ritonavirine", set()),
    ("Paracetamol 500 mg", set()),
    ("", set()),
]


@pytest.mark.parametrize(("text", "labels"), TEXTS)
def test_words_beside_codes(text: str, labels: set[str]) -> None:
    assert LABELS.of("MedicationRequest", [], [text]) == labels
    assert LABELS.of("MedicationRequest", [], [text]) == labels  # as it is kept in mind


def test_the_pack_states_every_label_that_it_gives() -> None:
    stated = {row["label"] for row in SHELF.rows("security-labels", "labels")}
    for table in ("codes", "conditions", "medicines", "kinds"):
        for row in SHELF.rows("security-labels", table):
            assert set(row["labels"].split("|")) <= stated, row


def test_conditions_and_medicines_are_those_of_their_packs() -> None:
    conditions = {row["condition"] for row in SHELF.rows("clinical-terms", "term_conditions")}
    drugs = {row["drug"] for row in SHELF.rows("drugs", "drugs")}
    named = {row["condition"] for row in SHELF.rows("security-labels", "conditions")}
    given = {row["drug"] for row in SHELF.rows("security-labels", "medicines")}
    assert named <= conditions
    assert given <= drugs


def test_systems_of_labels() -> None:
    assert LABELS.system_of("R") == CONFIDENTIALITY
    assert LABELS.system_of("HIV") == ACT_CODE
    assert LABELS.system_of("RAW-GENOME") == "https://garrod.health/fhir/CodeSystem/security-label"
    assert LABELS.system_of("unheard of") == ACT_CODE
    assert LABELS.reference.startswith("security-labels@")


def test_the_confidentiality_that_a_label_asks_for_is_a_row() -> None:
    def very(row: Row) -> Row:
        return {**row, "confidentiality": "V"} if row["label"] == "HIV" else row

    shelf = changed("security-labels", "labels", very)
    assert Labels(shelf).completed(frozenset(), frozenset({"HIV"})) == {"HIV", "V"}
    assert Labels(shelf).completed(frozenset({"N"}), frozenset({"MH"})) == {"N", "MH", "R"}


def test_without_medicines_no_word_is_one() -> None:
    shelf = changed("security-labels", "medicines", lambda row: None)
    assert Labels(shelf).of("MedicationRequest", [], ["ritonavir"]) == frozenset()


def test_a_code_added_to_the_list_labels_what_was_not_labelled() -> None:
    added = {
        "system": LOINC, "match": "code", "code": "29463-7", "labels": "SPI", "name": "weight",
        "evidence": "own",
    }  # fmt: skip
    shelf = changed("security-labels", "codes", lambda row: row, added)
    assert LABELS.of("Observation", [(LOINC, "29463-7")]) == frozenset()
    assert Labels(shelf).of("Observation", [(LOINC, "29463-7")]) == {"SPI"}
