"""Interactions that belong together are one piece of advice, and offer only what is fit."""

from datetime import date

from garrod.adapters.packs.load import load_shelf
from garrod.care.decide.interactions import STEP
from garrod.care.decide.service import decide, load_knowledge
from garrod.core.advice import Action, Advice
from garrod.core.medicine import REVIEW, Act, MedicineLine, Proposal
from garrod.core.person import Allergy, Person

KNOWLEDGE = load_knowledge(load_shelf())
TODAY = date(2026, 6, 1)


def said(*taken: str, order: str = "", allergies: tuple[str, ...] = ()) -> list[Advice]:
    """Return what interactions say to an adult of 50, of an order or of all that is taken."""
    person = Person(
        "Patient/x",
        sex="male",
        birth_date=date(1976, 1, 1),
        medicines=tuple(
            MedicineLine(t, reference=f"MedicationRequest/{n}") for n, t in enumerate(taken)
        ),
        allergies=tuple(map(Allergy, allergies)),
    )
    proposal = Proposal(Act.ORDER, MedicineLine(order)) if order else REVIEW
    found = decide(KNOWLEDGE, person, proposal, today=TODAY).advice
    return [a for a in found if a.id.startswith("interactions:")]


def steps(advice: Advice, step: str) -> list[str]:
    return [b.text for b in advice.because if b.step == step]


def names(advice: Advice) -> list[str]:
    return [o.name for o in advice.options]


def test_three_serotonergic_medicines_are_one_piece_of_advice_at_a_review_too() -> None:
    (one,) = said("phenelzine", "sertraline", "tramadol")
    assert one.title == "Avoid sertraline with phenelzine and tramadol: serotonin toxicity"
    assert one.id == "interactions:serotonergic:phenelzine+sertraline+tramadol"
    assert steps(one, STEP).count("warning: serotonin toxicity") == 2  # each pair by its own rule
    assert len(steps(one, "medicine")) == 3


def test_interactions_of_other_medicines_stay_apart() -> None:
    found = said("phenelzine", "sertraline", "methotrexate", "trimethoprim")
    assert sorted(a.id for a in found) == [
        "interactions:maoi-antidepressant:sertraline+phenelzine",
        "interactions:methotrexate-trimethoprim:methotrexate+trimethoprim",
    ]


def test_medicines_that_are_linked_through_others_are_one_group() -> None:
    (one,) = said("citalopram", "domperidone", "haloperidol", "sotalol")
    assert one.id == "interactions:qt:citalopram+domperidone+haloperidol+sotalol"
    assert steps(one, STEP) == ["warning: QT prolongation and torsades de pointes"]


def test_a_third_pair_joins_two_that_stood_apart() -> None:
    found = said("warfarin", "ibuprofen", "apixaban", "naproxen")
    (one,) = (a for a in found if "bleeding" in a.id)
    assert len(steps(one, "medicine")) == 4
    assert one.title.startswith("Avoid ibuprofen with warfarin and apixaban: bleeding")


def test_ordered_medicine_is_named_first_where_either_may_be_changed() -> None:
    (one,) = said("simvastatin", order="clarithromycin")
    assert one.target.name == "clarithromycin"
    assert one.title.startswith("Avoid clarithromycin with simvastatin")


def test_dose_to_adjust_is_named_first_whichever_is_ordered() -> None:
    (one,) = said("simvastatin 40 mg", order="verapamil")
    assert (one.action, one.target.name) == (Action.ADJUST, "simvastatin")


def test_duplicate_lines_double_nothing() -> None:
    assert said("warfarin", "warfarin", order="ibuprofen") == said("warfarin", order="ibuprofen")


def test_brand_salt_and_combination_are_their_ingredients() -> None:
    for line in ("Zocor", "simvastatin sodium"):
        assert said(line, order="Klaricid")[0].title.startswith("Avoid clarithromycin with simva")
    (one,) = said("methotrexate", order="Septrin")
    assert "trimethoprim" in one.title


def test_pair_that_need_not_interrupt_is_left_out_where_another_rule_speaks_of_it() -> None:
    (one,) = said("ramipril", order="ibuprofen")
    assert one.tier == "T5"
    assert [a.tier for a in said("sotalol", order="escitalopram")] == ["T2"]


def test_option_is_no_medicine_that_is_taken_reacted_to_or_interacts_itself() -> None:
    assert names(said("simvastatin", order="clarithromycin")[0]) == ["azithromycin", "doxycycline"]
    with_allergy = said("simvastatin", order="clarithromycin", allergies=("doxycycline",))
    assert names(with_allergy[0]) == ["azithromycin"]
    with_qt = said("simvastatin", "sotalol", "amiodarone", order="clarithromycin")
    offered = [name for a in with_qt for name in names(a)]
    assert "azithromycin" not in offered  # it interrupts with amiodarone
    taken = said("ibuprofen", "warfarin", "paracetamol")
    assert all("paracetamol" not in names(a) for a in taken)


def test_review_offers_for_either_side_and_an_order_for_its_own() -> None:
    at_review = said("simvastatin", "clarithromycin")
    assert names(at_review[0]) == ["pravastatin", "rosuvastatin", "azithromycin", "doxycycline"]
    assert [o.reason for o in at_review[0].options][::2] == [
        "instead of simvastatin",
        "instead of clarithromycin",
    ]


def test_chain_says_how_loud_how_and_how_soon_before_the_rules() -> None:
    (one,) = said("warfarin", order="naproxen")
    order = list(dict.fromkeys(b.step for b in one.because))
    assert order == ["medicine", STEP, "mechanism", "onset", "person", "rule"]
    assert one.monitoring == ("INR",)
    assert any(e.source.startswith("HL7 PDDI-CDS") for e in one.evidence)
