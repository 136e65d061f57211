"""The signed card: what was signed is read back, and anything else is refused."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from garrod.adapters.audit.keys import SigningKey
from garrod.core.errors import InputError
from garrod.core.medicine import MedicineLine
from garrod.core.person import Person
from garrod.entry.wallet import GOOD, MARK, Facts, base45, checked, signed, unbase45
from garrod.entry.wallet_keys import publics_of, publics_text, ring_of, rotated
from garrod.entry.web.card.making import WIDEST, fitted, taken_now
from garrod.entry.web.card.presenter import Part, shown, words_of

KEY, OTHER = SigningKey(bytes(32)), SigningKey(bytes([1]) * 32)
MADE = date(2026, 5, 2)
OLD = b'{"name":"A","born":"b","made":"2026-05-02","until":"2026-10-29"}'
FACTS = Facts(
    "Ada Šč مثال", "1 May 1960", MADE, MADE + GOOD, ("Penicillin",), ("CYP2C19 poor",), ("x",)
)


def fault(text: str, public: bytes = KEY.public) -> str:
    with pytest.raises(InputError) as found:
        checked(text, public)
    return found.value.code


def test_card_is_read_back() -> None:
    found = checked(signed(FACTS, KEY) + "\n", KEY.public)
    assert (found.facts, found.key) == (FACTS, KEY.id)


def test_every_changed_letter_is_found() -> None:
    text = signed(FACTS, KEY)
    for at in range(len(text)):
        other = "A" if text[at] != "A" else "B"
        assert fault(text[:at] + other + text[at + 1 :]) in ("CRD001", "CRD002", "CRD003")


def test_card_of_another_key_says_so() -> None:
    assert fault(signed(FACTS, KEY), OTHER.public) == "CRD002"


def test_forged_key_id_is_no_way_in() -> None:
    whole = unbase45(signed(FACTS, OTHER).removeprefix(MARK))
    assert fault(MARK + base45(bytes.fromhex(KEY.id) + whole[8:])) == "CRD003"


@pytest.mark.parametrize(
    "text", ["", MARK, "GARROD2:00", MARK + "é", MARK + "0" * 9000, MARK + "A"]
)
def test_what_is_no_card_is_refused(text: str) -> None:
    assert fault(text) in ("CRD001", "CRD002")


def test_base45_is_that_of_its_standard() -> None:
    assert base45(b"Hello!!") == "%69 VD92EX0"
    assert unbase45("QED8WEX0") == b"ietf!"
    with pytest.raises(InputError):
        unbase45(":::")


@given(st.binary(max_size=300))
def test_base45_there_and_back(data: bytes) -> None:
    assert unbase45(base45(data)) == data


def test_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first, second = ring_of(tmp_path), ring_of(tmp_path)
    assert first.key.seed == second.key.seed
    assert (tmp_path / "card.key").stat().st_mode & 0o077 == 0
    assert publics_of(publics_text(first.publics)) == (first.key.public,)


@pytest.mark.parametrize("text", ["", "no key", "AAAA", "é"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(InputError) as found:
        publics_of(text)
    assert found.value.code == "CRD004"


def test_cards_of_older_keys_are_good_after_a_new_key_and_say_so(tmp_path: Path) -> None:
    texts = []
    for _ in range(3):
        texts.append(signed(FACTS, ring_of(tmp_path).key))
        rotated(tmp_path)
    texts.append(signed(FACTS, ring_of(tmp_path).key))
    publics = ring_of(tmp_path).publics
    assert len(set(publics)) == 4
    found = [checked(text, *publics) for text in texts]
    assert [one.is_former for one in found] == [True, True, True, False]
    assert len({one.key for one in found}) == 4
    assert "older key of ours" in shown(found[0], MADE).told
    assert "older key of ours" not in shown(found[-1], MADE).told


def test_key_that_was_lost_signs_nothing_that_is_good(tmp_path: Path) -> None:
    old = signed(FACTS, ring_of(tmp_path).key)
    rotated(tmp_path)
    older = signed(FACTS, ring_of(tmp_path).key)
    ring = rotated(tmp_path, is_lost=True)
    assert len(ring.publics) == 1
    for text in (old, older):
        with pytest.raises(InputError) as found:
            checked(text, *ring.publics)
        assert found.value.code == "CRD002"


def test_rotation_that_was_broken_off_loses_nothing(tmp_path: Path) -> None:
    key = ring_of(tmp_path).key
    (tmp_path / "card.key.next").write_text("half a k")  # as a power cut leaves it
    (tmp_path / "card-former.pub").write_text(publics_text((key.public,)))
    assert ring_of(tmp_path).publics == (key.public,)
    assert rotated(tmp_path).publics[1:] == (key.public,)
    assert not (tmp_path / "card.key.next").exists()
    assert (tmp_path / "card.key").stat().st_mode & 0o077 == 0


def test_former_keys_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    ring_of(tmp_path)
    (tmp_path / "card-former.pub").write_text("rubbish")
    with pytest.raises(InputError) as found:
        ring_of(tmp_path)
    assert found.value.code == "CRD004"


def part(facts: Facts) -> Part:
    (found,) = (p for p in words_of(facts).parts if p.title == "Medicines now")
    return found


def test_card_names_what_is_taken_and_counts_what_its_code_has_no_room_for() -> None:
    few = fitted(FACTS, ["Ramipril 5 mg capsules (on hold)", "Codeine 30 mg tablets"], KEY)
    assert few.medicines == ("Ramipril 5 mg capsules (on hold)", "Codeine 30 mg tablets")
    assert (few.more_medicines, part(few).lines) == (0, few.medicines)
    wide = [hashlib.sha256(bytes([n])).hexdigest()[:60] for n in range(52)]  # nothing to pack
    many = fitted(replace(FACTS, avoid=tuple(wide[40:])), wide[:40], KEY)
    assert 0 < len(many.medicines or ()) < 12
    assert len(many.medicines or ()) + many.more_medicines == 40
    assert part(many).lines[-1] == f"{many.more_medicines} more that did not fit: ask for the list"
    text = signed(many, KEY)
    assert segno.make(text, error="m", micro=False).version <= 22
    assert checked(text, KEY.public).facts == many


def test_what_is_taken_never_keeps_a_card_from_being_made() -> None:
    wide = tuple(hashlib.sha256(bytes([n])).hexdigest()[:60] for n in range(36))
    full = replace(FACTS, allergies=wide[:12], genes=wide[12:24], avoid=wide[24:])
    found = fitted(full, ["Codeine 30 mg tablets"], KEY)
    assert part(found).lines == ("1 more that did not fit: ask for the list",)


def test_card_without_medicines_never_says_that_there_are_none() -> None:
    assert part(FACTS).lines == ()
    assert part(FACTS).none == "This card does not say. Ask for the list."
    none = fitted(FACTS, [], KEY)
    assert "not the same as none" in part(none).none
    old = msgspec.json.decode(OLD, type=Facts)
    assert old.medicines is None  # a card of before medicines stood on it


def test_what_is_on_hold_says_so_however_long_its_name_is() -> None:
    person = Person(
        "Patient/p", medicines=(MedicineLine("x" * 5000, is_held=True), MedicineLine(""))
    )
    held, unnamed = taken_now(person)
    assert held.endswith("… (on hold)")
    assert len(held) == WIDEST
    assert unnamed == "Unnamed"


def test_card_says_of_which_day_it_is_and_when_it_is_too_old() -> None:
    found = checked(signed(FACTS, KEY), KEY.public)
    assert not found.facts.is_past(MADE + GOOD)
    assert found.facts.is_past(MADE + GOOD + timedelta(days=1))
    card = shown(found, MADE)
    assert (card.made, card.until, card.old) == ("2 May 2026", "29 October 2026", "")
    assert "too old" in shown(found, date(2027, 1, 1)).old


def test_command_tells_the_day_and_refuses_what_is_too_old(tmp_path: Path) -> None:
    made = datetime.now(UTC).date()
    (tmp_path / "card.pub").write_text(publics_text((OTHER.public, KEY.public)))
    for age, ends in ((timedelta(0), 0), (GOOD + timedelta(days=1), 10)):
        facts = Facts("Ada", "1 May 1960", made - age, made - age + GOOD)
        (tmp_path / "card.txt").write_text(signed(facts, KEY))
        command = [str(Path(sys.executable).with_name("garrod")), "card", "check"]
        files = [str(tmp_path / "card.txt"), "--key", str(tmp_path / "card.pub")]
        done = subprocess.run([*command, *files], capture_output=True, text=True, check=False)
        assert done.returncode == ends, done.stderr
        assert f"good until {facts.until}" in done.stderr
        assert "signs no more" in done.stderr
        assert f'"made":"{facts.made}"' in done.stdout


def test_command_puts_a_new_key_in_force(tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("garrod")), "card"]

    def said(*words: str) -> list[str]:
        more = [*words, "--data", str(tmp_path)]
        done = subprocess.run([*command, *more], capture_output=True, text=True, check=True)
        return done.stdout.split()

    (first,) = said("key")
    both = said("rotate")
    assert both[1:] == [first]
    assert said("key") == both
    (last,) = said("rotate", "--lost")
    assert last not in both
