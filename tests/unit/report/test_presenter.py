"""The presenter words a report; nothing that could not be told may read as normal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from garrod.adapters.report.presenter import page_of
from garrod.core.advice import Action, Because, NotAssessed, Target, Tier
from garrod.core.finding import Origin, Status
from tests.unit.report.synthetic import (
    POOR_2C19,
    POOR_2D6,
    advice,
    ahead,
    called,
    clopidogrel,
    codeine,
    person,
    simvastatin,
    untold,
)


def test_headline_two_changes_counts_medicines_not_advice() -> None:
    assert page_of(person()).headline == "2 of 5 medicines need a change"


def test_headline_two_cards_for_one_medicine_count_once() -> None:
    page = page_of(person(now=(clopidogrel(), clopidogrel())))
    assert page.headline == "1 of 5 medicines needs a change"


def test_headline_one_medicine_changed_speaks_in_the_singular() -> None:
    page = page_of(person(medicines=("Clopidogrel 75 mg",), now=(clopidogrel(),), clear=()))
    assert page.headline == "A change is advised for the one medicine"


def test_headline_no_medicines_says_that_none_was_listed() -> None:
    page = page_of(person(medicines=(), now=(), clear=()))
    assert page.headline == "No medicines were listed"
    assert page.no_cards == "No medicines were listed, so none was checked."


def test_headline_unassessed_medicine_stands_beside_no_change() -> None:
    page = page_of(person(medicines=("Levothyroxine",), now=(), clear=(), next=()))
    assert page.headline == "No change is advised for the one medicine"
    assert "1 could not be assessed" in page.headline_more
    assert "4 genes not tested or not callable" in page.headline_more


def test_glance_every_medicine_has_a_line_and_a_status() -> None:
    glance = page_of(person()).glance
    assert [g.medicine for g in glance] == list(person().medicines)
    assert [g.tag.text for g in glance] == [
        "Choose another",
        "Choose another",
        "Watch closely",
        "No change",
        "Not assessed",
    ]


def test_glance_medicine_that_no_answer_names_is_not_read_as_clear() -> None:
    glance = page_of(person(medicines=("Plavix 75 mg",), now=(), clear=())).glance
    assert [(g.tag.kind, g.text) for g in glance] == [
        ("unknown", "No answer carries this name: check it by hand")
    ]


def test_glance_name_inside_a_longer_name_does_not_match() -> None:
    page = page_of(person(medicines=("Dihydrocodeine 30 mg",), now=(codeine(),), clear=()))
    assert [(g.medicine, g.tag.kind) for g in page.glance] == [
        ("Codeine", "check"),
        ("Dihydrocodeine 30 mg", "unknown"),
    ]


@pytest.mark.parametrize("action", [Action.CONSIDER_TEST, Action.TEST_FIRST])
def test_glance_of_a_wanted_test_says_that_a_result_is_not_excluded(action: Action) -> None:
    maybe = advice("fluorouracil", action, ("DPYD", "intermediate metaboliser", "?"),
                   p=0.14)  # fmt: skip
    line = page_of(person(now=(maybe,))).glance[0]
    assert line.text == "Not excluded: DPYD: intermediate metaboliser (14 %)"


def test_clear_that_rests_on_a_gene_beyond_its_candidates_is_less_sure() -> None:
    clear = ("tramadol: CYP2D6 intermediate metaboliser: usual dosing.",)
    page = page_of(person(medicines=("Tramadol 50 mg",), now=(), clear=clear, next=()))
    assert page.clear[0].tag.text == "No change, less sure"
    assert page.clear[0].doubts[0].startswith("CYP2D6 is ambiguous: SNV only")
    assert page.glance[0].tag.kind == "ambiguous"
    assert page.headline_more[0] == "1 needs no change, but that is less sure"


def test_clear_says_a_doubt_about_a_gene_once() -> None:
    clear = ("tramadol: CYP2D6 intermediate metaboliser: usual dosing.",)
    gap = NotAssessed(Target("tramadol"), "CYP2D6", "SNV only", "ambiguous")
    page = page_of(person(medicines=("Tramadol 50 mg",), clear=clear, not_assessed=(gap,)))
    assert page.clear[0].tag.text == "No change, less sure"
    assert [("CYP2D6" in doubt) for doubt in page.clear[0].doubts] == [True]


def test_clear_with_an_unlikely_enough_phenotype_is_less_sure() -> None:
    clear = ("pitavastatin: SLCO1B1 decreased function: usual dosing.",)
    assert page_of(person(clear=clear)).clear[0].doubts == ("SLCO1B1 is likely (87 %)",)


def test_clear_with_a_gene_untested_is_less_sure() -> None:
    clear = ("warfarin: CYP2C9 normal metaboliser: usual dosing.",)
    gap = NotAssessed(Target("warfarin"), "VKORC1", "not tested", "not-tested")
    row = page_of(person(clear=clear, not_assessed=(gap,))).clear[0]
    assert row.doubts == ("VKORC1: not tested",)


def test_clear_that_rests_on_called_genes_is_plain() -> None:
    row = page_of(person()).clear[0]
    assert (row.tag.text, row.doubts) == ("No change", ())


def test_glance_links_to_the_card_that_explains_it() -> None:
    page = page_of(person())
    assert [g.anchor for g in page.glance[:3]] == [c.anchor for c in page.cards]


@pytest.mark.parametrize("action", list(Action))
def test_card_every_action_has_a_word_and_a_shape(action: Action) -> None:
    card = page_of(person(now=(advice("x", action, POOR_2C19),))).cards[0]
    assert card.tag.text
    assert card.tag.kind in {"stop", "change", "check", "clear", "unknown"}


def test_card_hard_stop_has_the_shape_of_one_whatever_the_action() -> None:
    stop = advice("codeine", Action.PREFER_ALTERNATIVE, POOR_2D6, tier=Tier.T1)
    card = page_of(person(now=(stop,))).cards[0]
    assert (card.tag.kind, card.tag.text) == ("stop", "Hard stop: choose another")
    assert card.urgency.startswith("Hard stop (tier 1 of 5)")


def test_card_stable_advice_says_that_every_candidate_agrees() -> None:
    card = page_of(person(now=(clopidogrel(),))).cards[0]
    assert card.certainty == (
        "Almost certain (over 99 %). The advice is the same under every candidate."
    )
    assert card.percent == 100


def test_card_unstable_advice_says_what_to_test_next() -> None:
    card = page_of(person(now=(simvastatin(),))).cards[0]
    assert card.certainty == (
        "Likely (87 %). Other possibilities would change the advice. "
        "Test next: SLCO1B1, position 21178615 (GRCh38)."
    )
    assert card.doubts == ("SLCO1B1: 7 of 35 positions were not read",)


def test_card_without_probability_draws_no_bar() -> None:
    card = page_of(person(now=(advice("x", Action.ASK, POOR_2C19, p=None),))).cards[0]
    assert card.percent is None
    assert card.certainty.startswith("No probability is stated")


def test_card_options_of_one_reason_share_a_line() -> None:
    card = page_of(person(now=(clopidogrel(),))).cards[0]
    assert card.options == (
        (
            "Prasugrel or ticagrelor",
            "named by the guideline; not affected by the results at hand",
        ),
    )


def test_card_chain_runs_from_the_line_of_the_file_to_the_packs() -> None:
    steps = page_of(person(now=(clopidogrel(),))).cards[0].steps
    assert [s.label for s in steps] == [
        "Line of the file",
        "Diplotype",
        "Phenotype",
        "Guideline row",
        "Who it is for",
        "Knowledge packs",
    ]
    assert (steps[0].text[:9], steps[0].ref) == ("rs4244285", "line 291")
    assert "pgx-guidance@2026.11.0" in steps[-1].text


def test_card_sources_link_only_to_addresses_of_the_web() -> None:
    base = clopidogrel()
    odd = replace(base.evidence[0], url="javascript:alert(1)", pmid="1'onclick")
    card = page_of(person(now=(replace(base, evidence=(odd,)),))).cards[0]
    assert card.citations[0].links == ()


def test_next_sixty_pieces_of_advice_merge_into_rows_by_class() -> None:
    groups = page_of(person()).next_groups
    names = [g.title for g in groups]
    rows = [r for g in groups for r in g.rows]
    assert names == [
        "Digestion and metabolism",
        "Infections and vaccines",
        "Cancer and the immune system",
        "Brain, nerves and pain",
    ]
    assert len(rows) == 10
    for a in ahead():
        assert any(a.target.name in r.medicines for r in rows), a.target.name


def test_next_rows_with_other_doses_stay_apart() -> None:
    half = advice("a", Action.START_LOWER, POOR_2C19, dose_factor="0.5")
    third = advice("b", Action.START_LOWER, POOR_2C19, dose_factor="0.3-0.5")
    rows = page_of(person(next=(half, third))).next_groups[0].rows
    assert [r.act for r in rows] == ["50 % of the usual dose", "30–50 % of the usual dose"]


def test_next_uncertain_advice_says_so_beside_its_result() -> None:
    doubtful = advice("a", Action.START_LOWER, POOR_2C19, p=0.8, stable=False)
    row = page_of(person(next=(doubtful,))).next_groups[0].rows[0]
    assert row.why == ("CYP2C19: poor metaboliser, likely (80 %)",)
    assert row.certainty == "Other possibilities would change it"


def test_genes_phenotype_is_spelled_in_british_english() -> None:
    genes = {g.gene: g for g in page_of(person()).genes}
    assert genes["CYP2C19"].phenotype == "Poor metaboliser"
    assert genes["CYP4F2"].phenotype == "No phenotype defined"
    assert genes["SLCO1B1"].phenotype == "Decreased function, 87 %"


def test_genes_ambiguous_beyond_its_candidates_shows_no_probability() -> None:
    genes = {g.gene: g for g in page_of(person()).genes}
    assert genes["CYP2D6"].diplotypes == (("*4/*41", "best fit; see the note"),)
    assert genes["CYP2D6"].notes[0].startswith("SNV only")


def test_genes_many_candidates_show_three_and_count_the_rest() -> None:
    genes = {g.gene: g for g in page_of(person()).genes}
    assert [p for _, p in genes["CYP2B6"].diplotypes] == ["63 %", "18 %", "18 %"]
    assert genes["CYP2B6"].more == "and 1 less likely"
    assert genes["CYP2B6"].notes == ("Test next: CYP2B6, position 41009358 (GRCh38)",)


def test_genes_outside_call_is_named_as_one() -> None:
    outside = replace(called("CYP2D6", "*1/*4x2", "Normal Metabolizer"), origin=Origin.OUTSIDE)
    row = page_of(person(findings=(outside,))).genes[0]
    assert row.notes == ("Reported by another laboratory or tool, not read from this file",)


def test_gaps_genes_without_a_result_stand_apart_with_reason_and_medicines() -> None:
    page = page_of(person())
    assert [(g.subject, g.tag.text, g.touches) for g in page.gene_gaps] == [
        ("F5", "No call", ""),
        ("HLA-A", "Not tested", "carbamazepine"),
        ("HLA-B", "Not tested", "allopurinol and carbamazepine"),
        ("MT-RNR1", "No call", "gentamicin"),
    ]
    assert not {g.subject for g in page.gene_gaps} & {g.gene for g in page.genes}


def test_gaps_gene_named_as_its_own_target_waits_for_nothing() -> None:
    bare = NotAssessed(Target("F5"), "F5", "no defining position was read", "no-call")
    page = page_of(person(not_assessed=(bare,)))
    assert page.gene_gaps[0].touches == ""
    assert page.medicine_gaps == ()


def test_gaps_medicine_without_guidance_is_listed() -> None:
    gap = page_of(person()).medicine_gaps[0]
    assert (gap.subject, gap.tag.text) == ("Levothyroxine", "No guidance")


def test_gaps_gene_without_a_recorded_reason_still_shows() -> None:
    bare = replace(untold("F5", Status.NO_CALL, ""), reasons=())
    assert page_of(person(findings=(bare,))).gene_gaps[0].reasons == ("No reason was recorded",)


def test_gaps_every_not_assessed_medicine_appears_somewhere() -> None:
    extra = NotAssessed(Target("warfarin"), "CYP2C9", "ambiguous: two phenotypes", "ambiguous")
    page = page_of(person(not_assessed=(extra,)))
    assert [(g.subject, g.reasons) for g in page.medicine_gaps] == [
        ("Warfarin", ("CYP2C9: ambiguous: two phenotypes",))
    ]


def test_gaps_nothing_missing_says_so() -> None:
    page = page_of(person(findings=(called("TPMT", "*1/*1", "Normal Metabolizer"),),
                          not_assessed=()))  # fmt: skip
    assert page.gaps_intro == "Every gene had a result, and every medicine could be assessed."


def test_part_read_genes_are_counted_by_position() -> None:
    assert page_of(person()).part_read == (
        ("CFTR", "56 defining positions not read"),
        ("CYP2C19", "3 defining positions not read"),
    )


def test_method_names_every_pack_source_and_licence() -> None:
    page = page_of(person())
    assert ("pgx-definitions", "2025.11.5") in page.packs
    assert {c.licence for c in page.citations} == {"CC0-1.0"}
    assert len(page.citations) == 7


def test_method_two_kinds_of_starting_frequencies_name_their_genes() -> None:
    flat = replace(called("RYR1", "Reference/Reference", "Uncertain Susceptibility"), prior="flat")
    pooled = called("TPMT", "*1/*1", "Normal Metabolizer")
    told = [t for label, t in page_of(person(findings=(pooled, flat))).method
            if label == "Starting frequencies"]  # fmt: skip
    assert [t.partition(":")[0] for t in told] == ["RYR1", "TPMT"]


def test_safety_synthetic_person_is_named_as_one() -> None:
    assert len(page_of(person()).safety) == 2
    assert len(page_of(person(subject_note="")).safety) == 1


def test_limit_by_age_or_condition_says_itself_at_a_glance() -> None:
    limit = replace(
        clopidogrel(),
        because=(),
        options=(),
        p_recommendation=None,
        summary="Is she breastfeeding?",
    )
    page = page_of(person(now=(limit,)))
    assert "Is she breastfeeding?" in [g.text for g in page.glance]


def test_limit_by_age_or_condition_rests_on_no_gene() -> None:
    step = Because("contraindication", "not under 12 years of age", "policy")
    limit = replace(clopidogrel(), because=(step,), options=(), p_recommendation=None)
    (card,) = page_of(person(now=(limit,))).cards
    assert card.certainty.startswith("This rests on no gene")
    assert [s.label for s in card.steps][:1] == ["Must not be used"]


def test_rule_of_no_gene_never_says_that_a_result_is_awaited() -> None:
    steps = (
        Because("medicine", "naproxen: proposed", "x"),
        Because("rule", "interactions rule nsaid-warfarin: when always", "interactions@1"),
    )
    ruled = replace(clopidogrel(), because=steps, p_recommendation=None, stable=True)
    (card,) = page_of(person(now=(ruled,))).cards
    assert card.certainty == (
        "This rests on no gene, but on the person and what else is known: a rule, not a "
        "probability."
    )
    untested = replace(ruled, because=(Because("not-tested", "CYP2C19 has no result", "CYP2C19"),))
    (card,) = page_of(person(now=(untested,))).cards
    assert card.certainty.startswith("There is no result yet.")
    read = replace(ruled, because=(Because("phenotype", "CYP2C19: poor", "CYP2C19"),))
    (card,) = page_of(person(now=(read,))).cards
    assert card.certainty.startswith("No probability is stated.")
