"""An entry as one person may have it."""

import base64
import json
from dataclasses import replace

import pytest

from garrod.care.govern.audit import AuditEntry, canonical, entry_read, placed
from garrod.care.govern.audit_own import hash_of, only, own_line
from garrod.care.govern.merkle import leaf_hash

ENTRY = AuditEntry(at="2026-11-28T10:00:00.000000+00:00", who="Practitioner/d", deed="search")


def content(*patients: str, index: int = 7) -> bytes:
    return placed(canonical(replace(ENTRY, patients=patients)), index)


@pytest.mark.parametrize("patients", [("p1",), ()])
def test_entry_that_names_nobody_else_is_given_as_it_stands(patients: tuple[str, ...]) -> None:
    assert own_line(content(*patients), "p1") == content(*patients)


def test_entry_that_names_others_is_given_without_them_and_with_its_hash() -> None:
    whole = content("p0", "p1", "p2")
    told = json.loads(own_line(whole, "p1"))
    assert told.pop("leafHash") == base64.b64encode(leaf_hash(whole)).decode() == hash_of(whole)
    assert told == {**json.loads(content("p1"))}
    assert told["index"] == 7


def test_what_is_no_entry_is_refused() -> None:
    with pytest.raises(ValueError, match="no audit entry"):
        own_line(b"{}", "p1")


def test_those_alone_are_named_who_are_wanted_in_their_order() -> None:
    entry = entry_read(content("c", "a", "b"))
    assert only(entry, {"b", "c", "x"}).patients == ("c", "b")
    assert only(entry, ()).patients == ()
