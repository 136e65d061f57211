"""What no adviser has a rule for is said once an order, and once a review."""

from dataclasses import replace

from garrod.adapters.packs.load import load_shelf
from garrod.care.decide.asking import question_of
from garrod.care.decide.case import case_of
from garrod.care.decide.coverage import (
    GENES,
    checked,
    coverage_lines,
    covered_by,
    covered_in,
    uncovered,
)
from garrod.care.decide.model import NOTHING
from garrod.care.decide.service import decide
from garrod.core.advice import Tier
from garrod.core.medicine import REVIEW, MedicineLine
from garrod.core.person import Person
from garrod.knowledge.medicines import Medicine
from tests.making.decisions import ADULT, GENETIC, KNOWLEDGE, TODAY, ask_all

COVERED = {
    "interactions": frozenset(("warfarin", "ibuprofen")),
    GENES: frozenset(("warfarin",)),
    "renal": frozenset(("ibuprofen",)),
}


def medicine(drug: str) -> Medicine:
    return Medicine(drug, drug, (), (), "", "", "own")


PARACETAMOL = MedicineLine("paracetamol 500 mg tablets")
WARFARIN, IBUPROFEN, SENNA = (medicine(d) for d in ("warfarin", "ibuprofen", "senna"))


def test_order_names_the_advisers_without_a_rule_but_not_genes() -> None:
    (entry,) = uncovered(COVERED, (WARFARIN,), is_order=True)
    assert (entry.target.name, entry.subject, entry.code) == ("warfarin", "coverage", "no-guidance")
    assert entry.reason == "no rule here speaks of it for: kidneys"
    assert uncovered(COVERED, (IBUPROFEN,), is_order=True) == ()
    assert uncovered(COVERED, (), is_order=True) == ()


def test_review_has_one_entry_for_all() -> None:
    (entry,) = uncovered(COVERED, (WARFARIN, IBUPROFEN, SENNA), is_order=False)
    assert entry.target.name == "medicines"
    assert entry.reason == (
        "no rule here speaks of senna; of 3 medicines, these have no rule: "
        "interactions 1, kidneys 2"
    )
    (named,) = uncovered(COVERED, (WARFARIN,), is_order=False)
    assert named.reason == "of 1 medicine, these have no rule: kidneys 1"


def test_functions_are_counted_and_what_covers_nothing_is_left_out() -> None:
    covers = {"allergy": lambda k: frozenset(("senna",)), "empty": lambda k: frozenset()}
    found = covered_by(KNOWLEDGE, covers)
    assert found["allergy"] == {"senna"}
    assert "empty" not in found
    assert "clopidogrel" in found[GENES]
    assert covered_by(KNOWLEDGE, covers) is found


def test_lines_for_people_count_what_there_is_and_is_not() -> None:
    assert coverage_lines(COVERED, ("warfarin", "ibuprofen", "senna"))[0] == (
        "adviser interactions: rules for 2 of 3 ingredients; none for 1"
    )


def test_decisions_carry_at_most_one_entry() -> None:
    for found in (
        ask_all(KNOWLEDGE, ADULT, "co-codamol"),
        ask_all(KNOWLEDGE, ADULT, "xyzzymab"),
        decide(
            KNOWLEDGE,
            replace(ADULT, medicines=(MedicineLine("senna"), MedicineLine("ramipril"))),
            REVIEW,
            today=TODAY,
        ),
    ):
        assert sum(n.subject == "coverage" for n in found.not_assessed) <= 1


def test_pack_of_rules_says_which_ingredients_its_advisers_know() -> None:
    shelf = load_shelf()
    covered = covered_in(shelf, "interactions")
    assert covered
    assert "warfarin" in frozenset().union(*covered.values())
    assert covered_in(shelf, "drugs") == {}


def with_list(*names: str, **more: object) -> Person:
    lines = tuple(MedicineLine(name) for name in names)
    return replace(ADULT, medicines=lines, **more)  # type: ignore[arg-type]


def test_order_that_nothing_speaks_against_says_what_was_checked_with_what() -> None:
    found = ask_all(KNOWLEDGE, with_list("warfarin", "bisoprolol"), "paracetamol 500 mg tablets")
    (clear,) = found.clear
    assert clear.target.name == "paracetamol"
    assert {"allergy", "duplicates", "interactions"} <= set(clear.genes)
    start = "Nothing speaks against it in what the rules here check with warfarin and bisoprolol: "
    assert clear.reason.startswith(start)
    assert "interactions" in clear.reason
    assert {"allergy-classes", "interactions", "duplicate-rules"} <= {
        pack.partition("@")[0] for pack in clear.packs
    }
    lacking = next(n for n in found.not_assessed if n.subject == "coverage").reason
    assert not {*lacking.partition(": ")[2].split(", ")} & set(clear.genes)


def test_medicines_of_a_long_list_are_counted() -> None:
    names = ("bisoprolol", "ramipril", "amlodipine", "metformin", "senna", "levothyroxine")
    (clear,) = ask_all(KNOWLEDGE, with_list(*names), "paracetamol 500 mg tablets").clear
    assert " check with the 6 medicines of the list: " in clear.reason
    (alone,) = ask_all(KNOWLEDGE, ADULT, "paracetamol 500 mg tablets").clear
    assert "what the rules here check: " in alone.reason


def test_nothing_is_clear_where_something_that_is_shown_stands() -> None:
    found = ask_all(KNOWLEDGE, with_list("warfarin"), "naproxen 500 mg tablets")
    assert any(a.tier <= Tier.T3 for a in found.advice)
    assert found.clear == ()


def test_nothing_is_clear_of_a_form_for_local_use_nor_of_an_unknown_name_nor_in_a_review() -> None:
    who = with_list("bisoprolol")
    assert ask_all(KNOWLEDGE, who, "hydrocortisone 1% cream").clear == ()
    assert ask_all(KNOWLEDGE, who, "xyzzymab").clear == ()
    found = decide(KNOWLEDGE, with_list("paracetamol"), REVIEW, today=TODAY)
    assert not any("rules here check" in c.reason for c in found.clear)


def test_adviser_without_its_facts_is_not_among_those_that_checked() -> None:
    unseen = with_list(unseen=frozenset(("allergies", "medicines")))
    (found,) = ask_all(KNOWLEDGE, unseen, "paracetamol 500 mg tablets").clear
    assert not {"allergy", "interactions", "duplicates", "burden"} & set(found.genes)
    ageless = replace(ADULT, birth_date=None)
    (found,) = ask_all(KNOWLEDGE, ageless, "metformin 500 mg tablets").clear
    assert "renal" not in found.genes  # no creatinine, no age: its rules cannot be told


def test_only_genes_are_clear_where_no_adviser_knows_the_medicine() -> None:
    case = case_of(KNOWLEDGE, ADULT, today=TODAY, order=PARACETAMOL)
    question = question_of(KNOWLEDGE, case, PARACETAMOL)
    assert checked(question, {GENES: frozenset(("paracetamol",))}, NOTHING) == ()
    assert checked(question, {"renal": frozenset(("senna",))}, NOTHING) == ()
    (clear,) = checked(question, {"allergy": frozenset(("paracetamol",))}, NOTHING)
    assert clear.genes == ("allergy",)


def test_line_that_names_nothing_known_is_said_and_not_checked_with() -> None:
    found = ask_all(KNOWLEDGE, with_list("xyzzymab 5 mg", "bisoprolol"), "paracetamol")
    (gap,) = [n for n in found.not_assessed if n.code == "unread"]
    assert (gap.target.name, gap.subject) == ("xyzzymab 5 mg", "medicine")
    assert "not checked with it" in gap.reason
    (clear,) = found.clear
    assert not {"interactions", "duplicates", "burden"} & set(clear.genes)
    assert "allergy" in clear.genes
    review = decide(KNOWLEDGE, with_list("xyzzymab 5 mg"), REVIEW, today=TODAY)
    assert not any("not checked with it" in n.reason for n in review.not_assessed)


def test_adviser_whose_pack_is_not_on_the_shelf_checked_nothing() -> None:
    found = ask_all(GENETIC, with_list("bisoprolol"), "paracetamol 500 mg tablets")
    assert found.clear == ()


def test_what_could_not_be_told_for_want_of_facts_is_named_beside_what_is_fine() -> None:
    found = ask_all(KNOWLEDGE, ADULT, "paracetamol 250 mg/5 ml oral suspension")
    (clear,) = (c for c in found.clear if "allergy" in c.genes)
    assert "dose-range" not in clear.genes
    assert clear.reason.endswith(" Not told for want of facts: doses.")


def named(*, order: str, taken: str, adviser: str) -> set[str]:
    """Return the packs that the advice of an adviser rests on."""
    found = ask_all(KNOWLEDGE, with_list(taken), order)
    told = [a for a in found.advice if a.id.startswith(f"{adviser}:")]
    assert told
    return {pack.partition("@")[0] for advice in told for pack in advice.packs}


def test_advice_names_the_packs_of_the_words_that_its_rule_is_put_in_and_no_others() -> None:
    assert named(order="ibuprofen 400 mg", taken="naproxen 500 mg", adviser="duplicates") == {
        "duplicate-rules", "drug-sets",
    }  # fmt: skip
    assert named(order="Zocor 20 mg", taken="simvastatin 20 mg", adviser="duplicates") == {
        "duplicate-rules"
    }
    every = set(KNOWLEDGE.clinical.references)
    for one in ask_all(KNOWLEDGE, with_list("warfarin"), "naproxen 500 mg tablets").advice:
        assert not every <= set(one.packs), one.id


def test_rule_names_its_own_pack_and_those_of_what_it_asks() -> None:
    of = {r.id: r for mine in KNOWLEDGE.rules.by_drug.values() for r in mine}
    for rule in of.values():
        assert rule.pack in rule.packs
        if "@" in rule.when_text:
            assert len(rule.vocabulary) > 0, rule.id
        if rule.when_text == "always" and len(rule.subjects) == 1:
            assert rule.packs == (rule.pack,), rule.id
    computed = [r for r in of.values() if r.when_text.startswith("measure crcl")]
    assert computed
    assert all("clinical-terms@2026.11.0" in r.packs for r in computed)
