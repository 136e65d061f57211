"""Conditions, measures and sets, joined over every pack that has them."""

import pytest

from garrod.core.errors import KnowledgeError
from garrod.core.medicine import Coding
from garrod.knowledge.clinical import load_clinical
from garrod.knowledge.shelf import Shelf
from tests.making.safety import TERMS, clinical, pack

MORE = {"condition": "gi_bleed", "name": "bleed", "words": "melaena", "snomed": "2901004"}


def test_condition_is_known_by_code_by_beginning_or_by_the_longest_words() -> None:
    known = clinical()

    def names(*codings: Coding) -> list[str]:
        return [c.id for c in known.conditions_of(codings)]

    assert names(Coding("http://snomed.info/sct", "84114007")) == ["heart_failure"]
    assert names(Coding("http://hl7.org/fhir/sid/icd-10", "I50")) == ["heart_failure"]
    assert names(Coding("http://hl7.org/fhir/sid/icd-10", "K92")) == []
    assert names(Coding("http://hl7.org/fhir/sid/icd-10", "X", "GI bleed")) == ["gi_bleed"]
    assert names(Coding("", "", "chronic cardiac failure, gi bleed")) == [
        "heart_failure",
        "gi_bleed",
    ]
    assert names(Coding("http://snomed.info/sct", "84114007", "Family history of it")) == []


def test_what_is_remembered_is_bounded() -> None:
    known = clinical()
    for n in range(20_050):
        known.conditions_of((Coding("x", str(n)),))
        known.measure_of((), f"sodium {n}")
    assert len(known._seen) < 100
    assert len(known._measured) < 100


def test_measure_is_known_by_code_or_by_all_of_its_words() -> None:
    known = clinical()
    found = known.measure_of([Coding("http://loinc.org", "2823-3")])
    assert found is not None
    assert found.id == "potassium"
    assert known.measure_of([], "Serum creatinine") is known.measures["creatinine"]
    assert known.measure_of([Coding("", "", "potassium")]) is known.measures["potassium"]
    assert known.measure_of([], "potassium in urine") is None
    assert known.measure_of([], "potassium in urine") is None


def test_packs_add_to_one_another() -> None:
    other = {
        "term_conditions": [{**MORE, "icd10": "K92.1", "lasting": "no"}],
        "drug_sets": [{"set": "nsaid", "name": "other words"}],
        "drug_set_members": [{"set": "nsaid", "drug": "ketoprofen"}],
    }
    known = load_clinical(Shelf([pack("terms", TERMS), pack("ztra", other)]))
    assert known.conditions["gi_bleed"].snomed == {"74474003", "2901004"}
    assert known.conditions["gi_bleed"].name == "gastrointestinal bleeding"
    assert known.members("@nsaid") == {"ibuprofen", "naproxen", "ketoprofen"}
    assert known.members("warfarin") == {"warfarin"}
    assert known.references == ("terms@1", "ztra@1")


@pytest.mark.parametrize(
    "tables",
    [
        {"term_conditions": [{**MORE, "icd10": "", "lasting": "yes"}]},
        {"term_measures": TERMS["term_measures"], "term_units": []},
    ],
)
def test_packs_that_contradict_each_other_are_refused(tables: dict) -> None:  # type: ignore[type-arg]
    with pytest.raises(KnowledgeError) as raised:
        load_clinical(Shelf([pack("terms", TERMS), pack("ztra", tables)]))
    assert raised.value.code == "KNO010"


def test_packs_of_names_are_those_that_say_what_they_are() -> None:
    other = {
        "term_conditions": [{**MORE, "icd10": "", "lasting": "no"}],
        "drug_sets": [{"set": "statin", "name": "statins"}],
        "drug_set_members": [{"set": "statin", "drug": "simvastatin"}],
    }
    known = load_clinical(Shelf([pack("terms", TERMS), pack("ztra", other)]))
    (terms,) = known.packs_of(["potassium"])
    (more,) = known.packs_of(["@statin"])
    assert (terms.partition("@")[0], more.partition("@")[0]) == ("terms", "ztra")
    assert known.packs_of(["gi_bleed"]) == {terms, more}, "both say how it is recognised"
    assert known.packs_of(["statin", "nobody"]) == frozenset()
