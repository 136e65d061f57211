"""Allergies, duplicates and burdens as they are told. All people are invented."""

from dataclasses import replace
from datetime import date

from garrod.care.decide.model import Decision
from garrod.care.decide.service import decide
from garrod.core.advice import Action, Advice, Tier
from garrod.core.medicine import REVIEW, MedicineLine
from garrod.core.person import Allergy, Person
from tests.making.decisions import ADULT, KNOWLEDGE, TODAY, ask_all

ELDER = ADULT  # 66 years
RASH_OF_OLD = Allergy("Penicillin", kind="allergy", reactions=("rash",), since=date(2001, 1, 1))


def lines(*texts: str) -> tuple[MedicineLine, ...]:
    return tuple(MedicineLine(t, reference=f"MedicationRequest/{n}") for n, t in enumerate(texts))


def order(person: Person, text: str) -> Decision:
    return ask_all(KNOWLEDGE, person, text)


def review(person: Person) -> Decision:
    return decide(KNOWLEDGE, person, REVIEW, today=TODAY)


def of(found: Decision, adviser: str) -> list[Advice]:
    return [a for a in found.advice if a.id.startswith(f"{adviser}:")]


def gaps(found: Decision, subject: str) -> list[str]:
    return [n.reason for n in found.not_assessed if n.subject == subject]


def test_allergy_chain_opens_the_entry_and_names_what_happened() -> None:
    allergy = replace(RASH_OF_OLD, reference="AllergyIntolerance/1", is_confirmed=False)
    told = of(order(replace(ELDER, allergies=(allergy,)), "amoxicillin 500mg"), "allergy")
    (one,) = [a for a in told if a.tier is Tier.T2]
    assert one.title == "Avoid amoxicillin: allergy recorded to Penicillin (rash)"
    assert "the allergy is not confirmed" in one.summary
    (entry,) = [b for b in one.because if b.step == "allergy"]
    assert (entry.ref, "since 1 January 2001" in entry.text) == ("AllergyIntolerance/1", True)
    assert one.evidence
    assert one.packs == ("allergy-classes@2026.11.0",)


def test_label_that_may_be_wrong_is_for_the_pharmacist_when_an_antibacterial_is_ordered() -> None:
    person = replace(ELDER, allergies=(RASH_OF_OLD,))
    (label,) = [a for a in of(order(person, "doxycycline"), "allergy") if "label" in a.id]
    assert (label.tier, label.action) == (Tier.T4, Action.REFER)
    assert "PEN-FAST 0 to 1" in label.summary
    assert of(order(person, "ramipril 5mg"), "allergy") == []
    assert [a.tier for a in of(review(person), "allergy")] == [Tier.T4]
    child = replace(person, birth_date=date(2020, 1, 1))
    assert [a for a in of(order(child, "doxycycline"), "allergy") if "label" in a.id] == []


def test_allergy_to_what_is_taken_is_to_be_looked_into() -> None:
    person = replace(
        ELDER, allergies=(Allergy("codeine", kind="allergy"),), medicines=lines("codeine 30mg")
    )
    (one,) = of(review(person), "allergy")
    assert one.tier is Tier.T3
    assert "find out whether it is tolerated" in one.summary
    severe = replace(person, allergies=(Allergy("codeine", reactions=("anaphylaxis",)),))
    assert [a.tier for a in of(review(severe), "allergy")] == [Tier.T1]
    assert of(order(person, "ramipril 5mg"), "allergy") == []


def test_side_effect_recorded_as_an_allergy_says_so() -> None:
    person = replace(ELDER, allergies=(Allergy("codeine", kind="allergy", reactions=("nausea",)),))
    (one,) = of(order(person, "codeine 30mg"), "allergy")
    assert one.title.endswith("intolerance recorded to codeine (nausea or vomiting)")
    assert "what is written is a side effect" in one.summary


def test_allergies_that_could_not_be_read_are_said_with_their_words() -> None:
    who = replace(
        ELDER,
        allergies=(Allergy("purple tablets"), Allergy("lactose"), Allergy("pollen")),
        unseen=frozenset({"allergies"}),
    )
    for found in (order(who, "ramipril 5mg"), review(who)):
        told = gaps(found, "allergy")
        for words in ("could not be read", "“purple tablets”", "lactose"):
            assert sum(words in reason for reason in told) == 1
        assert len(told) == 3
    assert len(gaps(order(who, "something unheard of"), "allergy")) == 3


def test_order_says_a_burden_only_when_it_reaches_the_threshold() -> None:
    two = replace(ELDER, medicines=lines("sertraline 50mg", "codeine 30mg"))
    crossing = of(order(two, "amitriptyline 10mg"), "burden")
    titles = [a.title for a in crossing]
    assert any("anticholinergic burden rises from 2 to 5" in t for t in titles)
    assert any("act on the brain rises from 2 to 3" in t for t in titles)
    three = replace(ELDER, medicines=lines("oxybutynin 5mg"))
    assert of(order(three, "codeine 30mg"), "burden") == []


def test_burdens_of_one_theme_are_said_once_with_the_totals_of_both() -> None:
    taken = lines("sertraline 50mg", "codeine 30mg", "amitriptyline 10mg", "gabapentin 300mg")
    told = of(review(replace(ELDER, medicines=taken)), "burden")
    (brain,) = [a for a in told if "cns-active" in a.id]
    assert "Also number of sedating medicines 3" in brain.summary
    assert not [a for a in told if a.id.startswith("burden:sedative")]
    assert brain.target.name == "medicines"


def test_burden_of_the_young_is_a_note_and_of_unknown_age_a_gap() -> None:
    taken = lines("oxybutynin 5mg", "amitriptyline 10mg", "unknown things", "metoprolol 50mg")
    young = replace(ELDER, birth_date=date(1990, 1, 1), medicines=taken)
    (told,) = [a for a in of(review(young), "burden") if "anticholinergic" in a.id]
    assert told.tier is Tier.T4
    ageless = review(replace(young, birth_date=None))
    assert [g for g in gaps(ageless, "burden") if "age is not known" in g]
    assert not [a for a in of(ageless, "burden") if "anticholinergic" in a.id]


def test_medicines_without_a_score_are_named_and_not_nought() -> None:
    person = replace(ELDER, medicines=lines("apixaban 5mg", "oxybutynin 5mg"))
    (gap,) = gaps(review(person), "burden")
    assert gap == "no scale gives a score for anticholinergic burden to: apixaban"
    (told,) = [a for a in of(review(person), "burden") if "anticholinergic" in a.id]
    assert any("which is not nought" in b.text for b in told.because)


def test_three_serotonergic_medicines_are_one_silent_load() -> None:
    taken = lines("sertraline 50mg", "tramadol 50mg", "sumatriptan 50mg")
    told = of(review(replace(ELDER, medicines=taken)), "burden")
    (load,) = [a for a in told if a.id.startswith("burden:serotonergic")]
    assert load.tier is Tier.T5
    assert "3, from sertraline, sumatriptan and tramadol" in load.summary


def test_three_of_a_class_are_counted_and_said_once() -> None:
    taken = lines("omeprazole 20mg", "lansoprazole 30mg", "esomeprazole 20mg")
    (one,) = of(review(replace(ELDER, medicines=taken)), "duplicates")
    assert one.title.endswith(": three proton pump inhibitors")
    assert len([b for b in one.because if b.step == "medicine"]) == 3
    (ordered,) = of(order(replace(ELDER, medicines=taken[:2]), "esomeprazole"), "duplicates")
    assert ordered.target.name == "esomeprazole"


def test_option_that_the_person_reacts_to_by_class_is_not_offered() -> None:
    person = replace(
        ELDER,
        allergies=(Allergy("Macrolides", kind="allergy"),),
        medicines=lines("simvastatin 40mg"),
    )
    found = order(person, "clarithromycin 500mg")
    offered = {o.name for a in found.advice for o in a.options}
    assert not offered & {"azithromycin", "erythromycin"}
