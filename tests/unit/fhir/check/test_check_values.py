"""Primitives, one by one: what R4 allows, and what it does not."""

from decimal import Decimal
from typing import Any

import pytest

from garrod.adapters.fhir.check.faults import Run
from validation.fhir_defects import checker

RIGHT: dict[str, tuple[Any, ...]] = {
    "string": ("a", " a ", "é", "a\nb", "x\u00a0y", "日本", "🙂"),
    "markdown": ("# a\n\n* b",),
    "code": ("a", "a b", "<=", "text/plain"),
    "id": ("a", "A-1.b", "x" * 64),
    "uri": ("http://x.example", "urn:oid:1.2", "a", "é"),
    "url": ("https://x.example/a?b=c",),
    "canonical": ("http://x.example|1.0",),
    "oid": ("urn:oid:2.16.840",),
    "uuid": ("urn:uuid:c757873d-ec9a-4326-a141-556f43239520",),
    "boolean": (True, False),
    "integer": (0, -1, 2**31 - 1, -(2**31)),
    "positiveInt": (1, 2**31 - 1),
    "unsignedInt": (0,),
    "decimal": (0, 1, Decimal("1.50"), Decimal("1E+2"), -1.5),
    "date": ("2026", "2026-11", "2026-11-30", "2024-02-29", "1900-02-28"),
    "dateTime": ("2026", "2026-11-30", "2026-11-30T23:59:60Z", "2026-11-30T00:00:00.123+14:00"),
    "instant": ("2026-11-30T09:30:00Z", "2026-11-30T09:30:00.123456-05:00"),
    "time": ("09:30:00", "23:59:60", "00:00:00.5"),
    "base64Binary": ("aGVsbG8=", "aGVs\nbG8="),
}
WRONG: dict[str, tuple[Any, ...]] = {
    "string": ("", " ", "\n", "a\x00", "a\x0bb", 1, True, None, [], {}, "x" * 1048577),
    "code": ("", " a", "a ", "a  b", "a\n", 1, None),
    "id": ("", "a_b", "a b", "x" * 65, "é", 1),
    "uri": ("", "a b", " a", "a\n", 1),
    "url": ("https://x.example/a b",),
    "canonical": ("",),
    "oid": ("urn:oid:3.1", "2.16.840", "urn:oid:2.016"),
    "uuid": ("urn:uuid:C757873D-EC9A-4326-A141-556F43239520", "c757873d"),
    "boolean": ("true", 1, 0, None),
    "integer": (1.0, "1", True, 2**31, Decimal(1)),
    "positiveInt": (0, -1, "1", True),
    "unsignedInt": (-1,),
    "decimal": ("1", True, None),
    "date": ("", "26", "2026-13", "2026-02-30", "2023-02-29", "2026-11-31", "1900-02-29",
             "2026-11-30T09:30:00Z", "20261130", "2026-1-1", "0000"),
    "dateTime": ("2026-11-30T09:30", "2026-11-30T09:30:00", "2026-11-30T24:00:00Z",
                 "2026-11-30 09:30:00Z", "2026-02-30T09:30:00Z", "2026-11-30T09:60:00Z"),
    "instant": ("2026", "2026-11-30", "2026-11-30T09:30:00", "2026-11-31T09:30:00Z"),
    "time": ("9:30:00", "09:30", "24:00:00", "09:30:00Z"),
    "base64Binary": ("", "  ", "a", "a===", "é", "aGVsbG8"),
}  # fmt: skip


def found(kind: str, value: Any) -> Any:
    return checker()._compiler.path(kind)(value, Run({}))


@pytest.mark.parametrize(("kind", "value"), [(k, v) for k, vs in RIGHT.items() for v in vs])
def test_right_value_is_taken(kind: str, value: Any) -> None:
    assert found(kind, value) is None


@pytest.mark.parametrize(("kind", "value"), [(k, v) for k, vs in WRONG.items() for v in vs])
def test_wrong_value_is_refused(kind: str, value: Any) -> None:
    assert found(kind, value)


def test_every_primitive_of_r4_is_asked_here() -> None:
    facts = checker()._compiler._facts
    primitives = {k for k in facts._kinds if facts.is_primitive(k)} - {"xhtml"}
    assert primitives == set(RIGHT)
    assert primitives - set(WRONG) == {"markdown"}
