"""The review: what is said once, plans and when none is offered, the load, what was not told."""

from decimal import Decimal
from fnmatch import fnmatchcase

import pytest

from garrod.adapters.packs.load import load_shelf
from garrod.adapters.report.review_text import review_text
from garrod.care.decide.review import review, said_once
from garrod.care.decide.review_facts import ReviewFacts, _plan, load_review
from garrod.care.decide.review_list import units_of
from garrod.care.decide.review_model import Do, Review
from garrod.care.decide.review_once import drugs_of
from garrod.care.decide.service import decide
from garrod.core.advice import Tier
from garrod.core.errors import KnowledgeError
from garrod.core.medicine import REVIEW, MedicineLine
from garrod.knowledge.clinical import load_clinical
from garrod.knowledge.shelf import Shelf
from tests.making.reviewed import KNOWLEDGE, TODAY, reviewed_person


def person(medicines: str, conditions: str = "", results: str = "", age: int = 70):  # type: ignore[no-untyped-def]
    return reviewed_person(
        {"age": str(age), "medicines": medicines, "conditions": conditions, "results": results}
    )


def of(medicines: str, conditions: str = "", results: str = "", age: int = 70) -> Review:
    return review(KNOWLEDGE, person(medicines, conditions, results, age), today=TODAY)


def test_a_plan_goes_down_in_shares_of_todays_dose() -> None:
    (finding,) = of("diazepam 4 mg tablets, one tablet once daily @100", "anxiety").findings
    (plan,) = finding.plans
    assert [step.daily_mg for step in plan.steps] == [
        Decimal(n) for n in ("3", "2", "1.5", "1", "0.5", "0")
    ]
    assert plan.steps[-1].dose_factor == 0
    assert plan.blocked == ""


def test_a_plan_has_no_doses_where_todays_is_not_known() -> None:
    (finding,) = of("diazepam 4 mg tablets @100", "anxiety").findings
    assert {step.daily_mg for step in finding.plans[0].steps} == {None}


def test_no_plan_is_offered_to_whom_it_is_not_meant_and_that_says_why() -> None:
    found = of("diazepam 4 mg tablets @100", "alcohol dependence|anxiety")
    (plan,) = (plan for f in found.findings for plan in f.plans)
    assert plan.steps == ()
    assert "alcohol dependence" in plan.blocked
    assert "none is offered here" in review_text(found, person("")).replace("\n      ", " ")


def test_what_adds_to_falls_is_one_finding_across_medicines() -> None:
    found = of("sertraline 50 mg tablets|doxazosin 4 mg tablets", "recurrent falls|depression")
    (falls,) = (f for f in found.findings if f.title.startswith("Falls: "))
    assert sorted(falls.medicines) == ["doxazosin", "sertraline"]
    assert {a.id.split(":")[1] for a in falls.parts} == {"k8", "k9"}


def test_a_missing_medicine_is_to_be_started_and_one_does_not_swallow_the_other() -> None:
    found = of("paracetamol 500 mg tablets", "osteoporosis")
    titles = [f.title.partition(":")[0] for f in found.of(Do.START)]
    assert titles == ["A medicine for bone", "Vitamin D"]


def test_a_medicine_without_a_reason_is_asked_about_unless_its_line_says_one() -> None:
    found = of("omeprazole 20 mg capsules|atorvastatin 20 mg tablets#cholesterol", "eczema")
    assert [f.title for f in found.of(Do.ASK)] == ["No reason on record: omeprazole"]


def test_without_any_condition_on_record_reasons_are_not_assessed() -> None:
    found = of("omeprazole 20 mg capsules")
    assert found.of(Do.ASK) == ()
    assert any(n.subject == "reasons" for n in found.not_assessed)


def test_quiet_findings_beyond_the_budget_are_listed_and_loud_ones_never_are() -> None:
    whom = person(
        "naproxen 250 mg tablets @100|warfarin 3 mg tablets @100|diazepam 5 mg tablets @100",
        "heart failure|osteoporosis|COPD|constipation",
    )
    whole, least = (review(KNOWLEDGE, whom, today=TODAY, most=most) for most in (99, 0))
    assert all(f.tier in (Tier.T4, Tier.T5) for f in least.further)
    assert least.further
    loud = [f.title for f in whole.findings if f.tier not in (Tier.T4, Tier.T5)]
    assert [f.title for f in least.findings] == loud
    assert len(whole.findings) == len(least.findings) + len(least.further)
    assert "ALSO SEEN" in review_text(least, whom)


def test_a_decision_says_each_problem_once_with_the_proof_of_all() -> None:
    whom = person("naproxen 250 mg tablets", "peptic ulcer", age=70)
    decision = decide(KNOWLEDGE, whom, REVIEW, today=TODAY)
    once = said_once(KNOWLEDGE, decision)
    assert len(once.advice) < len(decision.advice)
    cited = {e.locus.partition(";")[0] for a in once.advice for e in a.evidence}
    assert {"indicator A", "indicator B", "Appendix 1, STOPP section H criterion 1"} <= cited


def test_said_once_names_all_that_a_problem_across_medicines_concerns() -> None:
    whom = person("sertraline 50 mg tablets|doxazosin 4 mg tablets", "recurrent falls")
    once = said_once(KNOWLEDGE, decide(KNOWLEDGE, whom, REVIEW, today=TODAY))
    assert "Falls: sertraline and doxazosin" in {a.title for a in once.advice}


@pytest.mark.parametrize(
    ("text", "route", "mg", "units"),
    [
        ("furosemide 40 mg tablets", "oral", "80", "2"),
        ("furosemide 40 mg tablets", "oral", "20", "0.5"),
        ("furosemide 40 mg tablets", "oral", "33", None),
        ("furosemide 40 mg tablets", "", "80", None),
        ("furosemide 40 mg tablets", "oral", None, None),
        ("furosemide tablets", "oral", "80", None),
        ("furosemide 1 mg tablets", "oral", "80", None),
    ],
)
def test_tablets_are_counted_only_where_it_is_sure(
    text: str, route: str, mg: str | None, units: str | None
) -> None:
    line = MedicineLine(text, route=route, daily_mg=Decimal(mg) if mg else None)
    assert units_of(line) == (Decimal(units) if units else None)


def test_the_load_counts_lines_and_those_when_needed() -> None:
    load = of("codeine 30 mg tablets, one when required|ramipril 5 mg capsules", "pain").load
    assert (load.lines, load.as_needed, load.counted) == (2, 1, 0)


def test_the_text_says_that_nobody_signed_and_what_was_not_told() -> None:
    whom = person("omeprazole 20 mg capsules|clopidogrel 75 mg tablets", "stroke @900")
    text = review_text(review(KNOWLEDGE, whom, today=TODAY), whom)
    assert "No clinician has signed" in text
    assert "NOT ASSESSED" in text
    assert max(map(len, text.splitlines())) <= 92


def test_an_empty_list_has_no_finding() -> None:
    found = of("")
    assert found.findings == ()
    assert "No finding." in review_text(found, person(""))


def test_a_review_as_plain_values_has_these_keys() -> None:
    told = of("diazepam 4 mg tablets, one tablet once daily @100", "anxiety").as_json()
    assert set(told) == {"findings", "further", "load", "clear", "not_assessed"}
    (finding,) = told["findings"]
    assert set(finding) == {"do", "title", "medicines", "tier", "advice", "plans"}
    assert finding["plans"][0]["steps"][0] == {"dose_factor": "0.75", "daily_mg": "3", "days": 14}


def test_a_shelf_without_the_pack_reviews_without_it() -> None:
    shelf = load_shelf()
    rest = Shelf([shelf.pack(n) for n in shelf.names() if n != "medication-review"])
    assert load_review(rest, load_clinical(rest)) == ReviewFacts()


def test_every_topic_names_rules_that_exist() -> None:
    rules = KNOWLEDGE.rules
    known = {r for mine in (*rules.by_drug.values(), *rules.pairs.values()) for r in mine}
    ruled = {f"{r.adviser}:{r.id}" for r in (*known, *rules.about_person)}
    of_packs = ("review-stopp:", "review-start:", "pincer:", "contraindication:")
    named = [p for t in KNOWLEDGE.review.topics for p in t.rules if p.startswith(of_packs)]
    assert [p for p in named if not any(fnmatchcase(r, p) for r in ruled)] == []


def test_steps_that_do_not_go_down_to_nothing_are_refused() -> None:
    shelf = load_shelf()
    (row, *_) = shelf.rows("medication-review", "taper_plans")
    with pytest.raises(KnowledgeError):
        _plan(shelf, row, load_clinical(shelf), {})
    with pytest.raises(KnowledgeError):
        _plan(shelf, {**row, "subject": "@none"}, load_clinical(shelf), {})


def test_advice_about_the_whole_list_names_no_ingredient() -> None:
    (bone, *_) = of("paracetamol 500 mg tablets", "osteoporosis").findings
    assert drugs_of(bone.lead) == frozenset()
