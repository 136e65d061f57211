"""What cannot be judged has a card of its own, and a review has few."""

from garrod.care.decide.model import Decision
from garrod.care.decide.notices import cancel_words, notice_of, unread_order, unseen_facts
from garrod.care.decide.reviewing import review_cards
from garrod.core.advice import Action, Advice, NotAssessed, Target, Tier

CODEINE = Target("codeine 30 mg")


def advice(name: str, tier: Tier, title: str = "", **more: object) -> Advice:
    said = {"summary": "", "because": (), "evidence": (), "packs": ("p@1",), **more}
    words = title or f"Avoid {name}"
    return Advice(f"x:{name}", Action.AVOID, Target(name), tier, "strong", words, **said)  # type: ignore[arg-type]


def test_notice_says_why_and_interrupts_nobody() -> None:
    gap = unread_order(CODEINE, "it names no medicine")
    card = notice_of(CODEINE, (gap, unseen_facts(CODEINE, ["genetics"])), because=gap)
    assert card.headline == "Not fully checked: codeine 30 mg. It names no medicine"
    assert not card.is_interruptive
    assert card.advice == ()
    assert card.reasons == ()
    assert [n.subject for n in card.not_assessed] == ["order", "sources"]


def test_nameless_order_has_a_name_on_its_notice() -> None:
    gap = unread_order(Target(""), "it names no medicine")
    assert notice_of(Target(""), (), because=gap).target.name == "this order"
    assert cancel_words(Target("")) == "Do not prescribe this order"


def test_long_reason_still_fits() -> None:
    gap = NotAssessed(CODEINE, "order", "x " * 200)
    assert len(notice_of(CODEINE, (), because=gap).headline) < 140


def test_same_gap_has_the_same_card_and_another_gap_another() -> None:
    first, other = unread_order(CODEINE, "one"), unread_order(CODEINE, "two")
    ids = [notice_of(CODEINE, (), because=gap).id for gap in (first, first, other)]
    assert ids[0] == ids[1] != ids[2]


def test_unseen_kinds_are_named_in_words() -> None:
    said = unseen_facts(CODEINE, ["results", "allergies", "other"]).reason
    assert said.endswith("allergies, other, test results")


def test_review_has_a_card_for_each_medicine_the_loudest_first() -> None:
    gap = NotAssessed(Target("B"), "kidneys", "no weight")
    decision = Decision(
        (
            advice("A", Tier.T3),
            advice("B", Tier.T2),
            advice("b", Tier.T3, "Watch b"),
            advice("C", Tier.T4),
        ),
        (),
        (gap, NotAssessed(Target("A"), "age", "not known")),
    )
    first, second = review_cards(decision)
    assert (first.target.name, second.target.name) == ("B", "A")
    assert [a.title for a in first.advice] == ["Avoid B", "Watch b"]
    assert first.not_assessed == (gap,)


def test_review_leaves_out_what_was_acknowledged_and_what_is_too_much() -> None:
    many = Decision(tuple(advice(f"m{n}", Tier.T3) for n in range(9)))
    assert len(review_cards(many)) == 5
    first = review_cards(many)[0]
    assert first.id not in {c.id for c in review_cards(many, [first.id])}
    assert len(review_cards(many, most=1)) == 1
