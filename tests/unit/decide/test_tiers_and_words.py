"""Where one answer ends and the next begins: tiers, thresholds, populations, figures in words."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from garrod.care.decide.context import context_of
from garrod.care.decide.service import decide
from garrod.care.decide.setting import setting_of
from garrod.care.decide.wording import Said, act_of, dose_in_words, one_of
from garrod.care.decide.words import likelihood, percent
from garrod.core.advice import Action, Tier
from garrod.core.finding import Origin, Proof, Status
from garrod.core.medicine import REVIEW, Act, Coding, MedicineLine, Proposal
from garrod.core.person import Allergy
from tests.making.decisions import (
    ACS,
    ADULT,
    CYP2C19_PM,
    IM,
    KNOWLEDGE,
    NM,
    PM,
    TODAY,
    ask,
    candidate,
    finding,
    hla,
)

POLICY = KNOWLEDGE.policy
ABACAVIR_POSITIVE = {"HLA-B": ("*57:01 positive",)}


def test_result_that_is_no_hard_stop_does_not_speak_at_tier_one() -> None:
    (advice,) = ask(ADULT, "capecitabine", finding("DPYD", candidate("a/b", 1.0, IM, "1.0"))).advice
    assert advice.tier is Tier.T2


@pytest.mark.parametrize(
    ("drug", "action", "tier"),
    [
        ("abacavir", Action.AVOID, Tier.T1),
        ("abacavir", Action.START_LOWER, Tier.T1),
        ("abacavir", Action.MONITOR, Tier.T3),
        ("warfarin", Action.AVOID, Tier.T2),
    ],
)
def test_hard_stop_needs_its_drug_and_an_act_that_forbids(
    drug: str, action: Action, tier: Tier
) -> None:
    assert POLICY.tier_of(drug, action, "Strong", ABACAVIR_POSITIVE) is tier


@pytest.mark.parametrize(
    ("strength", "tier"), [("Strong", Tier.T2), ("Moderate", Tier.T2), ("Optional", Tier.T3)]
)
def test_strength_chooses_the_tier_of_an_alternative(strength: str, tier: Tier) -> None:
    assert POLICY.tier_of("codeine", Action.PREFER_ALTERNATIVE, strength, {}) is tier


@pytest.mark.parametrize(
    ("strength", "tier"), [("Strong", Tier.T2), ("Moderate", Tier.T2), ("Optional", Tier.T3)]
)
def test_optional_advice_to_avoid_does_not_interrupt(strength: str, tier: Tier) -> None:
    assert POLICY.tier_of("doxepin", Action.AVOID, strength, {}) is tier


def test_slower_titration_after_a_usual_start_does_not_interrupt() -> None:
    slower = finding("CYP2C19", candidate("*1/*2", 1.0, IM))
    (advice,) = ask(ADULT, "citalopram", slower).advice
    assert (advice.action, advice.tier) == (Action.ADJUST, Tier.T4)
    assert "The usual starting dose may be given." in advice.summary


def test_carbamazepine_of_unknown_duration_is_judged_as_new_and_asked_about() -> None:
    person = replace(
        ADULT,
        medicines=(MedicineLine("carbamazepine"),),
        findings=(hla("HLA-B", "*15:02 positive"),),
    )
    (advice,) = decide(KNOWLEDGE, person, REVIEW, today=TODAY).advice
    assert (advice.action, advice.population) == (Action.AVOID, "cbz-naive")
    assert advice.stable is False
    assert "for more than three months without a skin reaction?" in advice.summary


@pytest.mark.parametrize(
    ("started", "population"),
    [(date(2026, 8, 27), "cbz-naive"), (date(2026, 8, 26), "cbz-exposed")],
)
def test_carbamazepine_counts_as_tolerated_after_ninety_days(
    started: date, population: str
) -> None:
    line = MedicineLine("carbamazepine", started=started)
    person = replace(ADULT, medicines=(line,), findings=(hla("HLA-B", "*15:02 positive"),))
    (advice,) = decide(KNOWLEDGE, person, REVIEW, today=TODAY).advice
    assert advice.population == population


@pytest.mark.parametrize(("weight_kg", "source"), [("40", "DPWG"), ("40.5", "CPIC")])
def test_child_is_judged_as_an_adult_above_forty_kilograms(weight_kg: str, source: str) -> None:
    child = replace(ADULT, birth_date=date(2013, 1, 1), weight_kg=Decimal(weight_kg))
    decision = ask(child, "efavirenz", finding("CYP2B6", candidate("*6/*6", 1.0, PM)))
    assert decision.advice[0].evidence[0].source.startswith(source)
    assert not any("no weight is on record" in n.reason for n in decision.not_assessed)


@pytest.mark.parametrize(
    ("born", "population"),
    [(date(2008, 11, 25), "adults"), (date(2008, 11, 26), "paediatrics")],
)
def test_eighteenth_birthday_makes_an_adult(born: date, population: str) -> None:
    (advice,) = ask(replace(ADULT, birth_date=born), "voriconazole", CYP2C19_PM).advice
    assert advice.population == population


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        ("", ""),
        ("0.5", "50 % of the usual dose"),
        ("0.25-0.5", "25–50 % of the usual dose"),
        ("1.5-2", "1.5 to 2 times the usual dose"),
        ("2", "twice the usual dose"),
    ],
)
def test_dose_factor_is_said_in_words(factor: str, words: str) -> None:
    assert dose_in_words(factor) == words


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.999, "over 99 %"),
        (0.98, "98 %"),
        (0.4, "40 %"),
        (0.006, "1 %"),
        (0.004, "under 1 %"),
    ],
)
def test_probability_is_said_as_a_share_of_a_hundred(probability: float, words: str) -> None:
    assert percent(probability) == words


@pytest.mark.parametrize(
    ("probability", "word"),
    [(0.95, "almost certain"), (0.94, "likely"), (0.7, "likely"), (0.69, "uncertain")],
)
def test_likelihood_is_worded_by_its_threshold(probability: float, word: str) -> None:
    assert likelihood(probability).startswith(f"{word} (")


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ((), ""),
        (("a",), "a"),
        (("a", "b"), "a or b"),
        (("a", "b", "c"), "a, b or c"),
        (("a", "", "a"), "a"),
    ],
)
def test_choice_is_said_in_words(names: tuple[str, ...], words: str) -> None:
    assert one_of(names) == words


def test_medicine_to_avoid_without_an_alternative_names_none() -> None:
    row = next(r for r in KNOWLEDGE.guidance.rows_of("capecitabine") if r.action is Action.AVOID)
    said = Said(KNOWLEDGE.guidance, KNOWLEDGE.medicines)
    assert act_of(said, replace(row, alternatives=())) == "Do not use it."


def test_limit_of_a_dose_is_not_said_of_a_medicine_to_avoid() -> None:
    row = next(r for r in KNOWLEDGE.guidance.rows_of("capecitabine") if r.action is Action.AVOID)
    said = Said(KNOWLEDGE.guidance, KNOWLEDGE.medicines)
    limited = replace(row, dose_limit="20 mg/day")
    assert "20 mg/day" not in act_of(said, limited)
    assert "20 mg/day" in act_of(said, replace(limited, action=Action.START_LOWER))


def test_chain_names_the_guideline_and_the_gene_without_a_result() -> None:
    others = hla("HLA-B", "*57:01 negative"), hla("HLA-A", "*31:01 positive")
    (advice,) = ask(ADULT, "carbamazepine", *others).advice
    steps = {(b.step, b.ref) for b in advice.because}
    assert ("not-tested", "HLA-B") in steps
    assert ("phenotype", "HLA-A") in steps
    (guideline,) = [b.text for b in advice.because if b.step == "guidance"]
    assert "says: avoid carbamazepine (strength Strong)" in guideline


def test_ultra_rapid_result_is_spelled_in_british_english() -> None:
    fast = finding("CYP2D6", candidate("*1/*1x2", 1.0, "Ultrarapid Metabolizer", "≥3.0"))
    (advice,) = ask(ADULT, "codeine", fast).advice
    assert (advice.tier, advice.title) == (
        Tier.T1,
        "Avoid codeine: CYP2D6 ultra-rapid metaboliser",
    )


def test_code_that_nothing_is_known_of_leaves_the_words_to_speak() -> None:
    strange = (Coding("http://www.whocc.no/atc", "Z99"), Coding("urn:local", "1"))
    (advice,) = ask(
        replace(ADULT, conditions=(ACS,)), "clopidogrel", CYP2C19_PM, codings=strange
    ).advice
    assert advice.target.name == "clopidogrel"


def test_gene_beside_an_hla_gene_is_shown_by_its_phenotype_alone() -> None:
    slow = finding("CYP2C9", candidate("*2/*3", 1.0, IM, "0.5"))
    (advice,) = ask(ADULT, "phenytoin", slow, hla("HLA-B", "*15:02 negative")).advice
    assert "CYP2C9 intermediate metaboliser" in advice.title
    assert "0.5" not in advice.title


@pytest.mark.parametrize(("unlikely", "is_clear"), [(0.04, True), (0.06, False)])
def test_change_of_course_from_five_in_a_hundred_on_is_shown(
    unlikely: float, is_clear: bool
) -> None:
    either = finding(
        "CYP2C19",
        candidate("*1/*1", 1 - unlikely, NM),
        candidate("*2/*2", unlikely, PM),
        status=Status.AMBIGUOUS,
    )
    decision = ask(ADULT, "voriconazole", either)
    assert (bool(decision.clear), bool(decision.advice)) == (is_clear, not is_clear)


@pytest.mark.parametrize(("unsuitable", "is_offered"), [(0.04, True), (0.06, False)])
def test_option_that_may_not_suit_is_held_back_from_five_in_a_hundred_on(
    unsuitable: float, is_offered: bool
) -> None:
    cyp2d6 = finding(
        "CYP2D6",
        candidate("*1/*4", 1 - unsuitable, IM, "1.0"),
        candidate("*4/*4", unsuitable, PM, "0.0"),
        status=Status.AMBIGUOUS,
    )
    fast = finding("CYP2C19", candidate("*17/*17", 1.0, "Ultrarapid Metabolizer"))
    (advice,) = ask(ADULT, "amitriptyline", fast, cyp2d6).advice
    assert ("nortriptyline" in [o.name for o in advice.options]) is is_offered


def test_code_and_words_that_agree_raise_no_doubt() -> None:
    coding = (Coding("http://www.whocc.no/atc", "J02AC03", "voriconazole"),)
    decision = ask(ADULT, "voriconazole", CYP2C19_PM, codings=coding)
    assert [a.target.name for a in decision.advice] == ["voriconazole"]
    assert decision.not_assessed == ()


def test_medicine_named_only_by_the_words_of_a_code_is_judged() -> None:
    coding = (Coding("urn:local", "1", "Voriconazole 200 mg tablets"),)
    (advice,) = ask(ADULT, "as on the chart", CYP2C19_PM, codings=coding).advice
    assert advice.target.name == "voriconazole"


def test_untested_genes_that_only_modify_are_not_asked_for() -> None:
    assert [n.subject for n in ask(ADULT, "warfarin").not_assessed] == ["CYP2C9", "VKORC1"]


def test_allergy_named_only_by_the_words_of_its_code_holds_an_option_back() -> None:
    allergy = Allergy("", (Coding("urn:local", "1", "Ticagrelor"),))
    person = replace(ADULT, conditions=(ACS,), allergies=(allergy,))
    (advice,) = ask(person, "clopidogrel", CYP2C19_PM).advice
    assert [o.name for o in advice.options] == ["prasugrel"]


def test_group_of_alternatives_is_named_in_the_pack_s_words() -> None:
    (advice,) = ask(ADULT, "citalopram", CYP2C19_PM).advice
    words = KNOWLEDGE.guidance.phrases["class:antidepressant-not-2c19"].text
    assert f"Use {words}" in advice.summary
    assert [o.name for o in advice.options] == [words]


def test_usual_dose_that_no_unread_position_can_change_leaves_nothing_open() -> None:
    lost = replace(finding("CYP2C19", candidate("*1/*1", 1.0, NM)), missing=("CYP2C19:1",))
    decision = ask(ADULT, "voriconazole", lost)
    assert (len(decision.clear), decision.not_assessed) == (1, ())


def test_gene_that_only_modifies_adds_its_row_to_the_chain() -> None:
    genes = (
        finding("CYP2C9", candidate("*1/*2", 1.0, IM, "1.5")),
        finding("VKORC1", candidate("a/b", 1.0, "-1639 AG")),
        finding("CYP4F2", candidate("*3/*3", 1.0, "n/a")),
    )
    (advice,) = ask(ADULT, "warfarin", *genes).advice
    rows = [b.text for b in advice.because if b.step == "guidance"]
    assert len(rows) == 2
    assert rows[1].startswith("and by CYP4F2: ")


@pytest.mark.parametrize(("read", "shown", "last"), [(6, 6, "rs5"), (8, 7, "and 2 more positions")])
def test_chain_shows_six_lines_of_the_file_and_counts_the_rest(
    read: int, shown: int, last: str
) -> None:
    proofs = tuple(
        Proof(f"CYP2C19:{n}", f"rs{n}", "g.1", "called", ("G", "A"), n, "a record")
        for n in range(read)
    )
    (advice,) = ask(ADULT, "voriconazole", replace(CYP2C19_PM, proofs=proofs)).advice
    lines = [b.text for b in advice.because if b.step == "variant"]
    assert len(lines) == shown
    assert lines[-1].startswith(last)


def test_code_beside_words_that_nothing_is_known_of_raises_no_doubt() -> None:
    coding = (Coding("http://www.whocc.no/atc", "J02AC03"),)
    decision = ask(ADULT, "as on the chart", CYP2C19_PM, codings=coding)
    assert [a.target.name for a in decision.advice] == ["voriconazole"]
    assert decision.not_assessed == ()


def test_unknown_duration_leaves_the_new_and_the_tolerating_and_no_other_group() -> None:
    codes = ("cbz-naive", "cbz-exposed", "cbz-no-alternatives")
    line = MedicineLine("carbamazepine")
    setting = setting_of(POLICY, ADULT, line, is_new=False, today=TODAY)
    assert context_of(KNOWLEDGE.guidance, codes, setting.circumstances).populations == codes[:2]
    ordered = setting_of(POLICY, ADULT, line, is_new=True, today=TODAY)
    assert context_of(KNOWLEDGE.guidance, codes, ordered.circumstances).populations == codes[:1]


@pytest.mark.parametrize(
    ("system", "code", "named"),
    [
        ("http://hl7.org/fhir/sid/icd-10", "I21.4", {"acs"}),
        ("http://hl7.org/fhir/sid/icd-10-uk", "I21.4", {"acs"}),
        ("http://hl7.org/fhir/sid/icd-10", "K52.9", set()),
        ("http://hl7.org/fhir/sid/icd-10", "", set()),
        ("http://snomed.info/sct", "22298006", {"acs"}),
        ("http://snomed.info/sct", "I21.4", set()),
        ("urn:local", "I21.4", set()),
    ],
)
def test_condition_is_known_by_a_code_of_its_own_system(
    system: str, code: str, named: set[str]
) -> None:
    assert POLICY.indications_of((Coding(system, code),)) == named


@pytest.mark.parametrize(
    ("origin", "text"),
    [
        (Origin.VARIANTS, "CYP2C19 *2/*2. Ancestry is unknown: "),
        (Origin.OUTSIDE, "CYP2C19 *2/*2, as reported"),
    ],
)
def test_chain_says_from_where_the_diplotype_comes(origin: Origin, text: str) -> None:
    told = replace(CYP2C19_PM, origin=origin, prior="population:pooled")
    (advice,) = ask(ADULT, "voriconazole", told).advice
    (step,) = [b.text for b in advice.because if b.step == "diplotype"]
    assert step.startswith(text)


def test_advice_by_two_genes_is_not_stable_where_one_of_them_is_open_elsewhere() -> None:
    uncounted = finding("CYP2D6", candidate("*1/*1", 1.0, NM, "2.0"), status=Status.AMBIGUOUS)
    counted = replace(uncounted, status=Status.CALLED)
    (advice,) = ask(ADULT, "amitriptyline", CYP2C19_PM, uncounted).advice
    assert advice.stable is False
    (advice,) = ask(ADULT, "amitriptyline", CYP2C19_PM, counted).advice
    assert advice.stable is True


@pytest.mark.parametrize(
    ("drug", "title"),
    [
        ("capecitabine", "Test DPYD before giving capecitabine"),
        ("clopidogrel", "Consider testing CYP2C19 for clopidogrel"),
    ],
)
def test_offer_of_a_test_says_whether_it_comes_first(drug: str, title: str) -> None:
    (advice,) = ask(ADULT, drug).advice
    assert advice.title == title


def test_one_gene_of_two_to_be_tested_before_makes_the_test_come_first() -> None:
    pairs = [("azathioprine", gene) for gene in ("TPMT", "NUDT15")]
    assert [POLICY.tests[pair].offer for pair in pairs] == ["before", "before"]
    mixed = {**POLICY.tests, pairs[1]: replace(POLICY.tests[pairs[1]], offer="consider")}
    knowledge = replace(KNOWLEDGE, policy=replace(POLICY, tests=mixed))
    assert knowledge.is_tested_before("azathioprine")
    order = Proposal(Act.ORDER, MedicineLine("azathioprine"))
    (advice,) = decide(knowledge, ADULT, order, today=TODAY).advice
    assert (advice.action, advice.tier) == (Action.TEST_FIRST, Tier.T2)
    assert advice.title == "Test TPMT before giving azathioprine"


def test_question_is_asked_where_its_answer_could_choose_or_rule_out() -> None:
    ageless = replace(ADULT, birth_date=None)
    setting = setting_of(POLICY, ageless, MedicineLine("x"), is_new=True, today=TODAY)
    alone = context_of(KNOWLEDGE.guidance, ("adults",), setting.circumstances)
    both = context_of(KNOWLEDGE.guidance, ("adults", "paediatrics"), setting.circumstances)
    assert (alone.populations, alone.is_open) == (("adults",), True)
    assert both.is_open is False
    assert alone.question == both.question == "How old is the person?"
    known = context_of(
        KNOWLEDGE.guidance, ("adults",), replace(setting, person=ADULT).circumstances
    )
    assert (known.populations, known.question, known.is_open) == (("adults",), "", False)


def test_option_that_nothing_speaks_against_says_no_more() -> None:
    (advice,) = ask(replace(ADULT, conditions=(ACS,)), "clopidogrel", CYP2C19_PM).advice
    (ticagrelor,) = [o for o in advice.options if o.name == "ticagrelor"]
    assert ticagrelor.reason == "named by the guideline; no result at hand speaks against it"
