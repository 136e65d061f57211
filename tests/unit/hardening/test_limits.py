"""Limits are read from the environment, and a wrong one is said rather than ignored."""

import pytest

from garrod.core.errors import InputError
from garrod.entry.hardening.limits import Limits, Rate, limits_of


def test_nothing_said_is_the_usual() -> None:
    assert limits_of({}) == Limits() == limits_of({"GARROD_RATE": " "})


def test_what_is_said_is_taken() -> None:
    said = {
        "GARROD_RATE": "5/10",
        "GARROD_RATE_UNKNOWN": "off",
        "GARROD_RATE_FAILED": "0.5/2",
        "GARROD_HEAD_SECONDS": "1.5",
        "GARROD_BODY_SECONDS": "2",
    }
    assert limits_of(said) == Limits(Rate(5, 10), None, Rate(0.5, 2), 1.5, 2)


@pytest.mark.parametrize("said", ["5", "0/5", "5/0", "a/b", "-1/5", "nan/5", "inf/5", "5/nan", "/"])
def test_rate_that_is_none_is_refused(said: str) -> None:
    with pytest.raises(InputError) as refused:
        limits_of({"GARROD_RATE": said})
    assert refused.value.code == "LIM001"
    assert "GARROD_RATE" in refused.value.message


@pytest.mark.parametrize("said", ["0", "-1", "nan", "inf", "soon", "3601"])
def test_time_that_is_none_is_refused(said: str) -> None:
    with pytest.raises(InputError, match="GARROD_HEAD_SECONDS"):
        limits_of({"GARROD_HEAD_SECONDS": said})
