"""Whatever stands on a line: no error, no dose that the words do not fix, the same in any case."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from garrod.core.dosage import ROUTES, daily_mg_in, dosage_in

WORDS = st.sampled_from(
    (
        *("75", "2.5", "mg", "75 mg", "1 g", "100 micrograms", "od", "bd", "tds", "qds", "daily"),
        *("nocte", "tablets", "one", "2", "tablet", "prn", "or", "-", "/", "5 ml", "iv", "weekly"),
        *("in the morning", "every 6 hours", "for 5 days", "clopidogrel", ",", "0 mg", "cream"),
    )
)
LINES = st.lists(WORDS, max_size=7).map(" ".join)
TIMES = st.sampled_from([("od", 1), ("once daily", 1), ("bd", 2), ("tds", 3), ("qds", 4)])


@given(st.text(max_size=60) | LINES)
def test_any_line_is_read_as_a_known_route_and_a_positive_total_or_neither(line: str) -> None:
    found = dosage_in(line)
    assert found.route in ("", *ROUTES)
    assert found.daily_mg is None or found.daily_mg > 0
    assert dosage_in(line.upper()) == dosage_in(line.lower())


@given(st.integers(1, 4000), TIMES)
def test_dose_and_times_give_their_product(dose: int, times: tuple[str, int]) -> None:
    words, count = times
    assert daily_mg_in(f"medicine {dose} mg {words}") == Decimal(dose * count)
    assert daily_mg_in(f"medicine {dose} mg tablets, 2 tablets {words}") == Decimal(
        2 * dose * count
    )


@given(LINES, st.sampled_from(["prn", "when required", "as directed", "on alternate days"]))
def test_open_words_anywhere_leave_no_total(line: str, words: str) -> None:
    assert daily_mg_in(f"{line} {words}") is None
    assert daily_mg_in(f"{words} {line}") is None
