"""Pairs of lines for one purpose: how alike, in words, and with whose reason both stay."""

from dataclasses import replace

import pytest

from garrod.adapters.packs.load import load_shelf
from garrod.care.record.medication.duplicates import Override, duplicates_in
from garrod.care.record.medication.likeness import Likeness, PackFormulary, likeness_of
from garrod.care.record.medication.line import Act, Content, Line, MedicineOf, State
from garrod.care.record.medication.transitions import applied, superseded
from garrod.core.errors import InputError
from garrod.core.medicine import Coding
from garrod.knowledge.clinical import load_clinical
from garrod.knowledge.medicines import load_medicines
from garrod.science.safety.duplicate_rules import load_duplicate_rules
from tests.unit.record.formulary import FORMULARY
from tests.unit.record.making import GP, HOLD, HOSPITAL, content, day, line, step

A = line("a")


def likeness(*lines: Line) -> list[Likeness]:
    return [d.likened.likeness for d in duplicates_in(lines, FORMULARY)]


def of(name: str, **more: object) -> Line:
    return line("b", content=content(name, **more))


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (of("ramipril"), Likeness.PRODUCT),
        (of("ramipril", form="Capsule", strength="5mg"), Likeness.PRODUCT),
        (of("ramipril", form="tablet"), Likeness.INGREDIENT),
        (of("ramipril", strength="10 mg"), Likeness.INGREDIENT),
        (of("ramipril", strength=""), Likeness.INGREDIENT),
        (of("x", ingredients=("ramipril", "felodipine")), Likeness.SHARED_INGREDIENT),
        (of("lisinopril"), Likeness.CLASS),
    ],
)
def test_pair_is_as_alike_as_it_is(other: Line, expected: Likeness) -> None:
    assert likeness(A, other) == [expected]
    assert likeness(other, A) == [expected]


def test_other_medicines_are_no_duplicates() -> None:
    assert likeness(A, of("aspirin")) == []


def test_unknown_medicines_are_compared_by_their_words() -> None:
    unknown = of("", ingredients=(), text="Mystery  Drops")
    assert likeness(unknown, replace(unknown, id="c")) == [Likeness.PRODUCT]
    assert likeness(unknown, of("", ingredients=(), text="Other drops")) == []


def test_drafts_and_held_lines_count_and_closed_or_superseded_do_not() -> None:
    held = applied(line("h"), step(Act.HOLD, hold=HOLD))
    draft = line("d", State.DRAFT)
    assert likeness(A, held, draft) == [Likeness.PRODUCT] * 3
    stopped = applied(line("s"), step(Act.STOP, reason="cough"))
    assert likeness(A, stopped) == []
    old, new = superseded(
        line("o"), "n", step(Act.CHANGE, 1, HOSPITAL, reason="r", content=content())
    )
    assert likeness(old, new) == []


def test_most_alike_comes_first_and_is_explained() -> None:
    draft = line("d", State.DRAFT)
    found = duplicates_in([of("lisinopril"), A, draft], FORMULARY)
    assert found[0].words() == (
        "ramipril 5 mg capsules (gp) and ramipril 5 mg capsules (gp, draft): "
        "the same medicine twice (ramipril, same form and strength)"
    )
    assert found[1].words().endswith("two medicines of one class (C09AA)")
    tablets = duplicates_in([A, of("ramipril", form="tablet")], FORMULARY)
    assert tablets[0].words().endswith("(ramipril) in two forms, strengths or brands")
    both = duplicates_in([A, of("x", ingredients=("ramipril", "y"))], FORMULARY)
    assert both[0].words().endswith("both contain ramipril")


def test_override_keeps_its_reason_and_holds_for_what_was_overridden() -> None:
    other = of("ramipril", strength="2.5 mg")
    pair = frozenset({"a", "b"})
    reason = Override(pair, Likeness.INGREDIENT, "dose of 7.5 mg", GP, day(1))
    later = replace(reason, reason="still 7.5 mg", at=day(2))
    (found,) = duplicates_in([A, other], FORMULARY, [later, reason])
    assert not found.is_open
    assert found.override == later
    (again,) = duplicates_in([A, of("ramipril")], FORMULARY, [reason])
    assert again.is_open


def test_override_without_reason_or_pair_is_refused() -> None:
    with pytest.raises(InputError, match="say why both are wanted"):
        Override(frozenset({"a", "b"}), Likeness.CLASS, " ", GP, day(1))
    with pytest.raises(InputError, match="needs two lines"):
        Override(frozenset({"a"}), Likeness.CLASS, "r", GP, day(1))


@pytest.fixture(scope="module")
def pack() -> PackFormulary:
    shelf = load_shelf()
    rules = load_duplicate_rules(shelf, load_clinical(shelf))
    return PackFormulary(load_medicines(shelf), rules)


def written(text: str, directions: str = "", **more: str) -> Content:
    return Content(MedicineOf(text, **more), directions=directions)


def doubled(pack: PackFormulary, *contents: Content) -> list[tuple[Likeness, tuple[str, ...]]]:
    lines = [line(str(n), content=said) for n, said in enumerate(contents)]
    return [(d.likened.likeness, d.likened.by) for d in duplicates_in(lines, pack)]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (written("Naproxen 500 mg tablets"), written("Ibuprofen 400 mg tablets"),
         [(Likeness.CLASS, ("NSAIDs",))]),
        (written("Naproxen 500 mg tablets"), written("Ibuprofen 5% gel"), []),
        (written("Ramipril 5 mg capsules"), written("Candesartan 8 mg tablets"),
         [(Likeness.CLASS, ("medicines of the renin system (ACE inhibitor, ARB)",))]),
        (written("Insulin glargine"), written("Insulin aspart"), []),
        (written("Olanzapine 5 mg tablets"), written("Quetiapine 25 mg tablets"), []),
        (written("Warfarin", form="tablet", strength="3 mg"),
         written("Warfarin", form="tablet", strength="1 mg"), []),
        (written("Ramipril 5 mg capsules", form="capsule", strength="5 mg"),
         written("Ramipril 5 mg capsules", form="capsule", strength="5 mg"),
         [(Likeness.PRODUCT, ("ramipril",))]),
        (written("Ibuprofen 400 mg tablets"), written("Ibuprofen 5% gel"), []),
        (written("MST Continus 10 mg tablets"), written("Morphine 10 mg/5 ml oral solution"), []),
        (written("Oxycodone 5 mg capsules"), written("Morphine 5 mg tablets", "when required"), []),
        (written("Oxycodone 5 mg capsules"), written("Morphine 5 mg tablets"),
         [(Likeness.CLASS, ("strong opioids",))]),
        (written("Co-codamol 8/500 tablets"), written("Paracetamol 500 mg tablets"),
         [(Likeness.SHARED_INGREDIENT, ("paracetamol",))]),
    ],
)  # fmt: skip
def test_list_says_of_two_medicines_what_is_said_when_one_is_ordered(
    pack: PackFormulary, one: Content, other: Content, expected: list[object]
) -> None:
    assert doubled(pack, one, other) == expected
    assert doubled(pack, other, one) == expected


def test_shelf_without_rules_knows_no_classes_and_still_knows_ingredients() -> None:
    bare = PackFormulary(load_medicines(load_shelf()))
    naproxen, ibuprofen = written("Naproxen 500 mg"), written("Ibuprofen 400 mg")
    assert doubled(bare, naproxen, ibuprofen) == []
    assert doubled(bare, naproxen, naproxen) == [(Likeness.INGREDIENT, ("naproxen",))]


def test_drugs_pack_is_a_formulary(pack: PackFormulary) -> None:
    by_id = MedicineOf("Plavix", ingredients=("clopidogrel",))
    by_code = MedicineOf("?", codings=(Coding("http://www.whocc.no/atc", "B01AC04"),))
    by_words = MedicineOf("Clopidogrel 75 mg tablets")
    found = pack.makeup(by_id)
    assert found.ingredients == {"clopidogrel"}
    assert found.classes == {"B01AC"}
    assert pack.makeup(by_code) == pack.makeup(by_words) == found
    assert likeness_of(by_code, MedicineOf("prasugrel"), pack).likeness is Likeness.CLASS
    assert not pack.makeup(MedicineOf("Mystery drops")).ingredients
    assert pack.makeup(MedicineOf("x", ingredients=("unheard-of",))).classes == frozenset()
