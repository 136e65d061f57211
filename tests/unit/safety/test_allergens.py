"""What recorded allergies are read as, and what PEN-FAST makes of them."""

from datetime import date

import pytest

from garrod.adapters.packs.load import load_shelf
from garrod.core.advice import Action, Tier
from garrod.core.errors import KnowledgeError
from garrod.core.medicine import Coding
from garrod.core.person import Allergy
from garrod.knowledge.clinical import load_clinical
from garrod.knowledge.medicines import load_medicines
from garrod.knowledge.shelf import Shelf
from garrod.science.safety.allergens import Allergens, Recognised, Weight, load_allergens
from garrod.science.safety.allergy import PenFast, clashes, may_be_none, pen_fast, unread
from tests.making.safety import SNOMED, pack

SHELF = load_shelf()
MEDICINES = load_medicines(SHELF)
KNOWN = load_allergens(SHELF, load_clinical(SHELF), MEDICINES)
BARE = Allergens(MEDICINES)
TODAY = date(2026, 6, 1)


def read(allergy: Allergy, known: Allergens = KNOWN) -> Recognised:
    (found,) = known.recognised((allergy,))
    return found


def test_codes_of_medicines_and_classes_are_read() -> None:
    by_drug = read(Allergy("", (Coding("http://www.whocc.no/atc", "J01CA04"),)))
    assert (by_drug.drugs, by_drug.words) == (frozenset({"amoxicillin"}), "J01CA04")
    by_class = read(Allergy("", (Coding(SNOMED, "91936005", "Allergy to penicillin"),)))
    assert by_class.classes == {"penicillin"}
    assert by_class.words == "Allergy to penicillin"


@pytest.mark.parametrize(
    ("allergy", "is_read", "substances"),
    [
        (Allergy("Lactose"), True, ("excipient:lactose",)),
        (Allergy("peanuts and latex"), True, ("food:peanut", "device:latex")),
        (Allergy("Cat dander"), True, ()),
        (Allergy("purple tablets"), False, ()),
        (Allergy(""), False, ()),
    ],
)
def test_other_substances_and_what_cannot_be_read(
    allergy: Allergy, is_read: bool, substances: tuple[str, ...]
) -> None:
    found = read(allergy)
    assert (found.is_read, found.substances) == (is_read, substances)
    assert unread((found,)) == (() if is_read else (found,))


@pytest.mark.parametrize(
    "allergy",
    [
        Allergy("penicillin", is_active=False),
        Allergy("", (Coding(SNOMED, "716186003", "No known allergy"),)),
        Allergy("", (Coding(SNOMED, "716186003"),)),
        Allergy("NKDA (checked)"),
        Allergy("No known drug allergies"),
        Allergy("Family history of penicillin allergy"),
    ],
)
def test_what_is_over_or_denied_is_left_out(allergy: Allergy) -> None:
    assert KNOWN.recognised((allergy,)) == ()


def test_denial_beside_a_coding_that_names_a_medicine_does_not_hide_it() -> None:
    found = read(Allergy("no allergy", (Coding("urn:local", "1", "Amoxicillin"),)))
    assert found.drugs == {"amoxicillin"}


@pytest.mark.parametrize(
    ("fields", "weight"),
    [
        ({"reactions": ("Anaphylaxis",)}, Weight.SEVERE),
        ({"kind": "intolerance", "criticality": "high"}, Weight.SEVERE),
        ({"reactions": ("Anaphylaxis", "DRESS")}, Weight.DELAYED),
        ({"kind": "intolerance"}, Weight.INTOLERANCE),
        ({"kind": "intolerance", "reactions": ("rash",)}, Weight.ALLERGY),
        ({"reactions": ("nausea",)}, Weight.INTOLERANCE),
        ({"reactions": ("nausea", "turned green")}, Weight.ALLERGY),
        ({}, Weight.ALLERGY),
    ],
)
def test_weight_follows_what_happened(fields: dict[str, object], weight: Weight) -> None:
    assert read(Allergy("codeine", **fields)).weight is weight  # type: ignore[arg-type]


def test_words_of_a_reaction_within_the_allergy_count() -> None:
    assert read(Allergy("Penicillin: anaphylaxis")).weight is Weight.SEVERE


def test_without_the_pack_the_medicine_itself_is_still_loud() -> None:
    found = BARE.recognised((Allergy("codeine", reactions=("Anaphylaxis",)), Allergy("penicillin")))
    (clash,) = clashes(BARE, found, "codeine")
    assert (clash.action, clash.tier, clash.is_against) == (Action.AVOID, Tier.T2, True)
    assert clashes(BARE, found, "amoxicillin") == ()
    assert may_be_none(BARE, found[0], TODAY, 50) is None
    assert load_allergens(Shelf([]), load_clinical(SHELF), MEDICINES).reference == ""


def test_class_that_was_named_as_a_whole_speaks_of_its_members_alone() -> None:
    found = KNOWN.recognised((Allergy("benzodiazepines and statins"),))
    (clash,) = clashes(KNOWN, found, "simvastatin")
    assert (clash.grade, clash.of_class, clash.is_against) == ("class", "statin", True)
    assert clashes(KNOWN, found, "amoxicillin") == ()


def test_loudest_of_several_allergies_comes_first() -> None:
    found = KNOWN.recognised((Allergy("penicillin"), Allergy("amoxicillin anaphylaxis")))
    assert [c.tier for c in clashes(KNOWN, found, "amoxicillin")] == [Tier.T1, Tier.T2]


OLD, NEW = date(2001, 1, 1), date(2025, 1, 1)


@pytest.mark.parametrize(
    ("since", "reactions", "low", "high"),
    [  # points of Trubiano 2020: 5 years 2, anaphylaxis, angioedema or severe skin 2, treated 1
        (OLD, ("rash",), 0, 1),
        (NEW, ("rash",), 2, 3),
        (None, ("rash",), 0, 3),
        (OLD, (), 0, 3),
        (OLD, ("anaphylaxis",), 2, 3),
        (NEW, ("Stevens-Johnson syndrome",), 4, 5),
        (None, (), 0, 5),
        (date(2021, 6, 2), ("rash",), 2, 3),
        (date(2021, 5, 31), ("rash",), 0, 1),
    ],
)
def test_pen_fast_counts_what_is_known(
    since: date | None, reactions: tuple[str, ...], low: int, high: int
) -> None:
    one = read(Allergy("Penicillin", reactions=reactions, since=since))
    score = pen_fast(KNOWN, one, TODAY)
    assert (score.low, score.high) == (low, high)
    is_low = high < 3 and not set(reactions) & {"anaphylaxis"}
    assert (may_be_none(KNOWN, one, TODAY, 50) is not None) == is_low


@pytest.mark.parametrize("age", [None, 15])
def test_pen_fast_is_for_adults(age: int | None) -> None:
    one = read(Allergy("Penicillin", reactions=("rash",), since=OLD))
    assert may_be_none(KNOWN, one, TODAY, age) is None
    assert isinstance(may_be_none(KNOWN, one, TODAY, 16), PenFast)


@pytest.mark.parametrize("text", ["codeine", "penicillin and codeine", "lactose"])
def test_pen_fast_is_for_penicillins_alone(text: str) -> None:
    one = read(Allergy(text, reactions=("rash",), since=OLD))
    assert may_be_none(KNOWN, one, TODAY, 50) is None


def test_row_with_a_set_that_is_not_there_is_refused() -> None:
    class_row = {
        **{"allergen": "x", "name": "x", "words": "x", "snomed": "", "members": "@nothing"},
        "evidence": "own",
    }
    empty = dict.fromkeys(
        ("substances", "none_known", "reactions", "crossings", "grades", "phrases", "pen_fast"), ()
    )
    shelf = Shelf([pack("allergy-classes", {"allergens": [class_row], **empty})])
    with pytest.raises(KnowledgeError, match="no set of medicines"):
        load_allergens(shelf, load_clinical(SHELF), MEDICINES)


def test_allergies_are_read_once_and_forgotten_when_there_are_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = load_allergens(SHELF, load_clinical(SHELF), MEDICINES)
    penicillin, denied = Allergy("Penicillin", reactions=("rash",)), Allergy("No known allergies")
    first = read(penicillin, known)
    assert read(Allergy("Penicillin", reactions=("rash",)), known) is first
    assert read(Allergy("Penicillin", reactions=("anaphylaxis",)), known).weight is Weight.SEVERE
    assert known.recognised((denied,)) == known.recognised((denied,)) == ()
    monkeypatch.setattr("garrod.science.safety.allergens.KEPT", 3)
    assert read(Allergy("Latex"), known).substances == ("device:latex",)
    assert len(known.memory) == 1
    assert read(penicillin, known) == first
