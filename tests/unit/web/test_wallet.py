"""The signed card: what was signed is read back, and anything else is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrod.adapters.audit.keys import SigningKey
from garrod.core.errors import InputError
from garrod.entry.wallet import (
    MARK,
    Facts,
    base45,
    card_key,
    checked,
    public_of,
    public_text,
    signed,
    unbase45,
)

KEY, OTHER = SigningKey(bytes(32)), SigningKey(bytes([1]) * 32)
FACTS = Facts("Ada Šč مثال", "1 May 1960", "2 May 2026", ("Penicillin",), ("CYP2C19 poor",), ("x",))


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
    first, second = card_key(tmp_path), card_key(tmp_path)
    assert first.seed == second.seed
    assert (tmp_path / "card.key").stat().st_mode & 0o077 == 0
    assert public_of(public_text(first)) == first.public
    with pytest.raises(InputError):
        public_of("no key")
