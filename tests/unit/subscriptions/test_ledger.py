"""The ledger remembers who asked and how far was told, over a restart too."""

from pathlib import Path

import pytest

from garrod.adapters.subscriptions.ledger import Ledger, Place
from garrod.care.govern.access import Actor
from garrod.core.errors import OutsideError

ANN = Actor("ann", "pharmacist", "org", "pharmacy", "care")


def test_place_outlives_the_process_and_never_goes_back(tmp_path: Path) -> None:
    first = Ledger(tmp_path / "ledger.db")
    first.claim("s", "what", ANN, 10)
    first.tell("s", 15, 2)
    first.tell("s", 12, 1)
    first.close()
    second = Ledger(tmp_path / "ledger.db")
    assert second.place("s") == Place(ANN, "what", 10, 15, 2)
    second.forget("s")
    assert second.place("s") is None
    second.close()


def test_same_asked_again_keeps_owner_and_place_another_begins_anew() -> None:
    ledger = Ledger(None)
    ledger.claim("s", "what", ANN, 10)
    ledger.tell("s", 15, 2)
    ledger.claim("s", "what", Actor("bob"), 30)
    assert ledger.place("s") == Place(ANN, "what", 10, 15, 2)
    ledger.claim("s", "else", Actor("bob"), 31)
    assert ledger.place("s") == Place(Actor("bob"), "else", 31, 31, 0)
    ledger.close()


def test_ledger_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    with pytest.raises(OutsideError) as caught:
        Ledger(tmp_path / "nowhere" / "ledger.db")
    assert caught.value.code == "SUB011"
