"""A fact is looked up by pack and table; what is not there is said, never guessed."""

import hashlib

import pytest

from garrod.core.errors import KnowledgeError
from garrod.core.evidence import Evidence
from garrod.knowledge.pack import Manifest, Pack, check_sum
from garrod.knowledge.shelf import Shelf


def shelf() -> Shelf:
    manifest = Manifest("p", "1.0", "P", "CC0-1.0", "2026-11-24", "", "", ("GRCh38",), {})
    evidence = {"e": Evidence("CPIC", "1", "table", "CC0-1.0")}
    return Shelf([Pack(manifest, {"t": ({"a": "1"},)}, evidence)])


def test_shelf_returns_rows_evidence_and_reference() -> None:
    assert shelf().rows("p", "t") == ({"a": "1"},)
    assert shelf().evidence("p", "e").source == "CPIC"
    assert shelf().reference("p") == "p@1.0"


@pytest.mark.parametrize(
    ("look", "code"),
    [
        (lambda s: s.rows("q", "t"), "KNO002"),
        (lambda s: s.rows("p", "u"), "KNO004"),
        (lambda s: s.evidence("p", "f"), "KNO005"),
    ],
)
def test_shelf_says_what_is_missing(look, code: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(KnowledgeError) as raised:
        look(shelf())
    assert raised.value.code == code


def test_check_sum_refuses_a_changed_file() -> None:
    check_sum("f", b"x", expected=hashlib.sha256(b"x").hexdigest())
    with pytest.raises(KnowledgeError, match="changed after it was released"):
        check_sum("f", b"y", expected=hashlib.sha256(b"x").hexdigest())
