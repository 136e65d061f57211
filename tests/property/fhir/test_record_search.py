"""Dates, escapes and links of search URLs, against plain oracles."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from garrod.adapters.fhir.record.dates import span
from garrod.adapters.fhir.record.escapes import cut, plain
from garrod.adapters.fhir.record.facts import SearchFacts
from garrod.adapters.fhir.record.fold import fold
from garrod.adapters.fhir.record.numbers import half_step
from garrod.adapters.fhir.record.refusal import BadSearch
from garrod.adapters.fhir.record.url import UrlReader, link
from garrod.adapters.fhir.record.url_values import number
from garrod.adapters.packs.load import load_pack
from garrod.knowledge.shelf import Shelf
from tests.house.source_tree import PACKS

FACTS = SearchFacts(Shelf([load_pack(next((PACKS / "fhir-r4-search").iterdir()))]))
READER = UrlReader(FACTS)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICRO = timedelta(microseconds=1)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
MOMENTS = st.datetimes(
    datetime(2, 1, 1), datetime(9998, 12, 31), timezones=ZONES  # noqa: DTZ001 - zones are drawn
)  # fmt: skip
TEXTS = st.text(min_size=1, max_size=8)


@given(MOMENTS)
def test_a_moment_spans_itself_to_its_last_digit(moment: datetime) -> None:
    low = (moment - EPOCH) // MICRO
    assert span(moment.isoformat(timespec="microseconds")) == (low, low + 1)
    second = low - moment.microsecond
    assert span(moment.isoformat(timespec="seconds")) == (second, second + 1_000_000)


@given(st.dates(date(2, 1, 1), date(9998, 12, 31)))
def test_a_day_lies_in_its_month_and_year(day: date) -> None:
    low, high = span(day.isoformat()) or (0, 0)
    assert low == (datetime(day.year, day.month, day.day, tzinfo=UTC) - EPOCH) // MICRO
    assert high - low == timedelta(days=1) // MICRO
    for shorter in (day.isoformat()[:7], day.isoformat()[:4]):
        first, last = span(shorter) or (0, 0)
        assert first <= low
        assert high <= last


@given(st.lists(TEXTS, min_size=1, max_size=4), st.sampled_from(",|$"))
def test_what_was_escaped_comes_back(parts: list[str], sign: str) -> None:
    def escaped(text: str) -> str:
        return "".join(f"\\{letter}" if letter in "\\,|$" else letter for letter in text)

    joined = sign.join(escaped(part) for part in parts)
    assert [plain(part) for part in cut(joined, sign)] == parts


@given(st.text(max_size=12))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.decimals(-(10**6), 10**6, places=3) | st.integers(-1000, 1000).map(Decimal))
def test_a_number_lies_within_its_span(value: Decimal) -> None:
    found = number(str(value))
    assert found.low < found.value < found.high
    assert half_step(value) * 2 == Decimal(1).scaleb(value.as_tuple().exponent)


NAMES = ("name", "birthdate", "identifier", "gender", "_id", "_count", "_sort", "active:missing",
         "organization.name", "_has:Observation:patient:code", "_include", "nonsense")  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(NAMES), TEXTS | st.sampled_from(
    ["true", "2020-01", "5", "a,b", "s|1", "name", "Patient:link"])), max_size=4))  # fmt: skip
def test_a_search_is_refused_or_its_own_link_asks_the_same(asked: list[tuple[str, str]]) -> None:
    try:
        search = READER.read(("Patient",), urlencode(asked), is_lenient=True)
    except BadSearch:
        return
    again = READER.read(("Patient",), link("", search).partition("?")[2])
    assert (again.query, again.includes) == (search.query, search.includes)
    assert {key for key, _ in asked} == {key for key, _ in search.used} | {
        issue.path.removeprefix("http.") for issue in search.ignored
    }


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_with_our_own_error(question: str) -> None:
    with suppress(BadSearch):
        assert READER.read(("Observation",), question).query.kinds == ("Observation",)
