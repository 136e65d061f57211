"""One reason is said once, and nothing of its proof is lost."""

from datetime import date

from garrod.care.decide.causes import without_doubles
from garrod.core.advice import Action, Advice, Because, Option, Target, Tier
from garrod.core.evidence import Evidence
from tests.making.decisions import ADULT, KNOWLEDGE, TODAY, ask_all

CODEINE = Target("codeine")


def advice(id: str, *because: Because, tier: Tier = Tier.T2, **more: object) -> Advice:
    given = {"action": Action.AVOID, "target": CODEINE, "title": f"Avoid codeine: {id}", **more}
    source = Evidence(id, "1", "", "CC0-1.0")
    return Advice(
        id=id, tier=tier, strength="n/a", summary="", because=because, evidence=(source,),
        packs=(f"{id.split(':')[0]}@1",), **given,  # type: ignore[arg-type]
    )  # fmt: skip


CHILD = Because("person", "the person's age is 9", "record")
AGED = Because("person", "the age is 9", "record")


def test_policy_and_rule_with_one_cause_are_one_piece_with_the_proof_of_both() -> None:
    limit = advice("limit:codeine:avoid", CHILD, tier=Tier.T1)
    rule = advice(
        "age:codeine-child:codeine", AGED, options=(Option("paracetamol", "usual alternative"),),
        monitoring=("breathing",),
    )  # fmt: skip
    (one,) = without_doubles((rule, limit))
    assert (one.id, one.tier) == ("limit:codeine:avoid", Tier.T1)
    assert {b.text for b in one.because} == {CHILD.text, AGED.text}
    assert one.packs == ("age@1", "limit@1")
    assert [o.name for o in one.options] == ["paracetamol"]
    assert (len(one.evidence), one.monitoring) == (2, ("breathing",))


def test_other_cause_other_medicine_or_another_kind_of_act_stays_apart() -> None:
    limit = advice("limit:codeine:avoid", CHILD)
    nursing = Because("person", "breastfeeding", "record")
    feeding = advice("pregnancy:codeine-milk:codeine", nursing)
    other = advice("age:tramadol-child:tramadol", AGED, target=Target("tramadol"))
    watch = advice("age:codeine-watch:codeine", AGED, action=Action.MONITOR)
    assert len(without_doubles((limit, feeding, other, watch))) == 4


def test_gene_of_a_guideline_and_of_a_rule_are_one() -> None:
    result = Because("diplotype", "CYP2D6 *1/*1xN", "CYP2D6")
    both = (advice("pgx:codeine:1", result), advice("variants:cyp2d6:codeine", result))
    assert len(without_doubles(both)) == 1


def test_conditions_pregnancy_and_sex_are_told_apart() -> None:
    facts = ("on record: stroke", "pregnant", "sex: male")
    found = [
        advice("limit:codeine:avoid", Because("person", facts[0], "")),
        *(advice(f"contraindication:{n}:codeine", Because("person", f, "")) for n, f in
          enumerate(facts)),
    ]  # fmt: skip
    assert [a.id for a in without_doubles(found)] == [
        "limit:codeine:avoid", "contraindication:1:codeine", "contraindication:2:codeine",
    ]  # fmt: skip


def test_two_rules_with_the_same_effect_of_the_same_pair_are_one() -> None:
    warfarin = Target("warfarin")
    first = advice("interactions:a:warfarin+ibuprofen", title="Avoid warfarin: bleeding")
    second = advice(
        "bleeding:b:ibuprofen+warfarin", title="Watch ibuprofen: bleeding", target=warfarin,
        tier=Tier.T3,
    )  # fmt: skip
    third = advice("qt:c:warfarin+ibuprofen", title="Avoid warfarin: arrhythmia", target=warfarin)
    assert len(without_doubles((first, second, third))) == 2


def test_child_hears_of_codeine_once() -> None:
    child = ADULT.__class__("Patient/1", sex="male", birth_date=date(2017, 1, 1))
    against = [a for a in ask_all(KNOWLEDGE, child, "codeine").advice if a.action is Action.AVOID]
    assert len(against) == 1
    assert against[0].tier is Tier.T1
    assert KNOWLEDGE.policy.contraindicated("codeine")
    assert child.age_on(TODAY) == 9


MADE = Because(
    "behaves-as", "CYP2D6 (no result) behaves as poor metaboliser while paroxetine is taken: …", ""
)


def of_tamoxifen(*because: Because) -> Advice:
    return advice(
        "pgx:tamoxifen:cpic", *because, tier=Tier.T3, target=Target("tamoxifen"),
        options=(Option("anastrozole", "named by the guideline"),),
    )  # fmt: skip


def of_paroxetine(id: str, **more: object) -> Advice:
    return advice(id, target=Target("paroxetine"), **more)  # type: ignore[arg-type]


def test_what_a_gene_does_only_beside_the_refused_medicine_is_part_of_the_refusal() -> None:
    refused = of_paroxetine("interactions:tamoxifen-2d6:tamoxifen+paroxetine")
    (one,) = without_doubles((of_tamoxifen(MADE), refused))
    assert (one.target.name, one.options) == ("paroxetine", ())
    assert MADE in one.because


def test_what_a_gene_does_of_itself_or_beside_what_may_stay_is_said_apart() -> None:
    refused = of_paroxetine("interactions:tamoxifen-2d6:tamoxifen+paroxetine")
    watched = of_paroxetine(refused.id, action=Action.MONITOR)
    others = of_paroxetine("interactions:codeine-2d6:codeine+paroxetine")
    assert len(without_doubles((of_tamoxifen(), refused))) == 2
    assert len(without_doubles((of_tamoxifen(MADE), watched))) == 2
    assert len(without_doubles((of_tamoxifen(MADE), others))) == 2


OLD = Because("person", "the age is 70", "record")
KIDNEY = Because("person", "eGFR 25 mL/min/1.73 m²", "Observation/1")


def test_indicator_of_what_is_said_already_adds_its_proof_alone_at_an_order() -> None:
    rule = advice("renal:nsaid-egfr-30:codeine", KIDNEY, tier=Tier.T3)
    indicator = advice("pincer:k:codeine", OLD, KIDNEY, tier=Tier.T3)
    (one,) = without_doubles((indicator, rule), is_order=True)
    assert (one.id, one.because) == (rule.id, (KIDNEY, OLD))
    assert len(without_doubles((indicator, rule))) == 2
    pair = [
        advice(f"{rule}:aspirin+warfarin", tier=Tier.T3, action=act, title=f"{rule}: {rule}")
        for rule, act in (("interactions:bleeds", Action.MONITOR), ("pincer:e", Action.ASK))
    ]
    assert [a.id for a in without_doubles(pair, is_order=True)] == [pair[0].id]
    refused = advice("interactions:doac-nsaid:apixaban+codeine")
    assert without_doubles((refused, indicator), is_order=True)[0].tier is Tier.T2
    assert len(without_doubles((refused, indicator), is_order=True)) == 1


def test_indicator_of_something_else_is_said_beside() -> None:
    indicator = advice("pincer:a:codeine", OLD, tier=Tier.T3)
    apart = (
        advice("renal:nsaid-egfr-30:codeine", KIDNEY, tier=Tier.T3),  # other facts; age is none
        advice("renal:other:codeine", KIDNEY, OLD, tier=Tier.T3),
        advice("pincer:k:codeine", KIDNEY, tier=Tier.T3),  # another indicator
        advice("renal:watch:codeine", tier=Tier.T2, action=Action.MONITOR),  # no refusal
        advice("renal:tramadol:tramadol", target=Target("tramadol")),
    )
    pair = advice("pincer:f:aspirin+codeine", action=Action.ASK)
    allowed = advice("duplicates:allowed:aspirin+codeine", tier=Tier.T5, action=Action.STANDARD)
    assert len(without_doubles((pair, allowed), is_order=True)) == 2
    for other in apart:
        assert len(without_doubles((indicator, other), is_order=True)) == 2


def test_indicator_of_the_same_topic_adds_nothing_at_an_order_and_a_review_counts_it() -> None:
    aged = Because("person", "the age is 70", "")
    indicator = advice("pincer:a:naproxen", aged, tier=Tier.T3, target=Target("naproxen"))
    ulcer = advice(
        "contraindication:nsaid-ulcer:naproxen", Because("person", "on record: ulcer", ""),
        tier=Tier.T3, target=Target("naproxen"),
    )  # fmt: skip
    topics = KNOWLEDGE.review.topic_ids
    (one,) = without_doubles((indicator, ulcer), is_order=True, topics=topics)
    assert one.id == ulcer.id
    assert {b.text for b in one.because} == {"the age is 70", "on record: ulcer"}
    assert len(without_doubles((indicator, ulcer), topics=topics)) == 2
    other = advice("pincer:i:naproxen", aged, tier=Tier.T3, target=Target("naproxen"))
    assert len(without_doubles((other, ulcer), is_order=True, topics=topics)) == 2
