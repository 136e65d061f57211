"""Strict parsing: what cannot be trusted is refused with the place and what was expected."""

from decimal import Decimal

import pytest

from garrod.adapters.fhir.record.parse import DEEPEST, parse
from garrod.core.errors import FhirError

HEAD = '{"resourceType":"Basic",'


def test_decimals_stay_as_they_were_written() -> None:
    found = parse(b'{"resourceType":"Basic","a":1.50,"b":1e2,"c":3,"d":123456789012345678901.10}')
    assert [str(found[k]) for k in "abcd"] == ["1.50", "1E+2", "3", "123456789012345678901.10"]
    assert type(found["c"]) is int
    assert type(found["a"]) is Decimal


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ('{"resourceType":"Basic"\n "a":1}', "FHR100", "line 2, column 2: expected a comma"),
        (HEAD + '\n"a":1,\n}', "FHR100", "line 3, column 1: expected a member name"),
        (HEAD + '"a" 1}', "FHR100", "column 29: expected a colon"),
        (HEAD + '"a":}', "FHR100", "column 29: expected a value"),
        (HEAD + '"a":"x', "FHR100", "column 29: the text that begins here"),
        (HEAD + '"a":"\n"}', "FHR100", "column 30: a line break"),
        (HEAD + '"a":"\\q"}', "FHR100", "no such escape"),
        (HEAD + '"a":NaN}', "FHR100", "column 29: NaN is no JSON number"),
        (HEAD + '"a":1} {}', "FHR100", "column 32: expected the end here"),
        (HEAD + '"a":"\\ud800"}', "FHR100", "half a character"),
        (HEAD + '"a":1e99999999999999999999}', "FHR100", "larger or finer"),
        (HEAD + '"a":' + "9" * 5000 + "}", "FHR100", "more digits"),
        ("\ufeff" + HEAD + '"a":1}', "FHR100", "byte order mark"),
        ("", "FHR100", "nothing was sent"),
        ("[]", "FHR105", "no FHIR resource"),
        ('{"id":"x"}', "FHR105", "resourceType"),
        ('{"resourceType":null}', "FHR105", "resourceType"),
        (HEAD + '"a":' + "[" * 2000 + "]" * 2000 + "}", "FHR103", "deep"),
        (HEAD + '"a":' + "[" * DEEPEST + "]" * DEEPEST + "}", "FHR103", "deep"),
    ],
)
def test_broken_json_is_refused_with_place_and_expectation(body: str, code: str, said: str) -> None:
    with pytest.raises(FhirError) as told:
        parse(body.encode())
    assert told.value.code == code
    assert said in told.value.message


def test_depth_below_the_limit_is_read() -> None:
    depth = DEEPEST - 1
    assert parse((HEAD + '"a":' + "[" * depth + "]" * depth + "}").encode())


def test_bytes_that_are_not_utf8_are_refused_with_their_place() -> None:
    with pytest.raises(FhirError, match=r"line 2, column 6: byte 0xff") as told:
        parse(b'{"resourceType":"Basic",\n"a":"\xff"}')
    assert told.value.code == "FHR101"


@pytest.mark.parametrize(
    "inside",
    [
        '"a":1,"a":1',
        '"a" :1,"b":2,"a" : 3',
        '"a":{"b":[{"c":1,\n"c":2}]}',
        '"ab":1,"a\\u0062":2',
        '"t":"\\u0022:","a":1,"a":2',
        '"t":"\\": \\":","a":1,"a":"\\":"',
        '"a":123456789012345678901234567890,"a":1',
    ],
)
def test_a_key_that_is_there_twice_is_refused(inside: str) -> None:
    with pytest.raises(FhirError, match="twice") as told:
        parse((HEAD + inside + "}").encode())
    assert told.value.code == "FHR102"


@pytest.mark.parametrize(
    "inside",
    ['"t":"\\u0022:"', '"t":"\\":\\" :"', '"a":{"a":{"a":1}}', '"t":": x","u" : "\\u003a"',
     '"a":123456789012345678901234567890', '"a":1.50,"b":-0.0,"c":1E400'],
)  # fmt: skip
def test_a_key_in_different_objects_or_a_text_like_one_is_read(inside: str) -> None:
    assert parse((HEAD + inside + "}").encode())["resourceType"] == "Basic"


def test_more_bytes_than_allowed_are_refused() -> None:
    with pytest.raises(FhirError, match="at most") as told:
        parse(b'{"resourceType":"Basic"}', largest=10)
    assert told.value.code == "FHR104"
