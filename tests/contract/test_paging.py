"""Pages: each order, missing values last, no row twice and none skipped while others write."""

import base64
import re
from dataclasses import replace

import pytest

from garrod.care.record.ports import Store
from garrod.care.record.query import Criterion, OfPatients, ParamType, Query, Sort, Token
from garrod.core.errors import InputError
from garrod.core.resource import (
    DateRow,
    NumberRow,
    ReferenceRow,
    Rows,
    StringRow,
    TokenRow,
    UriRow,
)
from tests.contract.conftest import Run
from tests.contract.drafts import coded, delete, draft, put, put_all, token

KIND = "Observation"
P = ParamType
ROWS = {
    "a": Rows(
        tokens=(TokenRow("code", "z", "b"), TokenRow("code", "", "", "words alone")),
        strings=(StringRow("name", "émile", "Émile"), StringRow("name", "zoe", "Zoe")),
        dates=(DateRow("date", 20, 30), DateRow("date", 90, 91)),
        numbers=(NumberRow("value", 10.0, 10.0),),
        references=(
            ReferenceRow("subject", "Patient", "p2"),
            ReferenceRow("subject", "", "", "https://elsewhere.example/Patient/p0"),
        ),
        uris=(UriRow("url", "urn:b"),),
    ),
    "b": Rows(),
    "c": Rows(
        tokens=(TokenRow("code", "a", "a"),),
        strings=(StringRow("name", "Zed", "Zed"),),
        dates=(DateRow("date", 20, 25),),
        numbers=(NumberRow("value", 9.5, 9.5),),
        references=(ReferenceRow("subject", "Patient", "p1"),),
        uris=(UriRow("url", "urn:a"),),
    ),
    "d": Rows(dates=(DateRow("date", 50, 60),), numbers=(NumberRow("value", -3.0, -3.0),)),
}
ORDERS = [
    ("date", P.DATE, False, "acdb"),
    ("date", P.DATE, True, "adcb"),
    ("value", P.NUMBER, False, "dcab"),
    ("value", P.QUANTITY, True, "acdb"),
    ("code", P.TOKEN, False, "cabd"),
    ("code", P.TOKEN, True, "acbd"),
    ("name", P.STRING, False, "cabd"),  # code points decide: Z stands before z and é
    ("name", P.STRING, True, "acbd"),
    ("subject", P.REFERENCE, False, "cabd"),
    ("url", P.URI, True, "acbd"),
    ("_id", P.TOKEN, True, "dcba"),
    ("_lastUpdated", P.DATE, True, "dcba"),
    ("_lastUpdated", P.DATE, False, "abcd"),
]


async def walk(store: Store, query: Query) -> list[str]:
    """Return the ids of all pages."""
    seen = []
    while True:
        page = await store.search(query)
        seen += [version.id for version in page.versions]
        if page.cursor is None:
            return seen
        assert len(page.versions) == query.count
        query = replace(query, cursor=page.cursor)


@pytest.mark.parametrize("count", [1, 2, 3, 50])
def test_every_order_is_kept_over_pages_of_any_size(run: Run, count: int) -> None:
    async def check(store: Store) -> None:
        for id, rows in ROWS.items():
            await put(store, draft(id, KIND, rows=rows))
        wrong = {}
        for param, of, is_descending, expected in ORDERS:
            sort = (Sort(param, of, is_descending),)
            found = "".join(await walk(store, Query((KIND,), sort=sort, count=count)))
            if found != expected:
                wrong[param, is_descending] = (expected, found)
        assert wrong == {}

    run(check)


def test_several_keys_decide_in_turn(run: Run) -> None:
    async def check(store: Store) -> None:
        days = {"a": (1, 5), "b": (2, 5), "c": (1, 7), "d": (2, None), "e": (None, 7), "f": (1, 5)}
        for id, (date, value) in days.items():
            dates = (DateRow("date", date, date + 1),) if date else ()
            numbers = (NumberRow("value", value, value),) if value else ()
            await put(store, draft(id, KIND, rows=Rows(dates=dates, numbers=numbers)))
        sort = (Sort("date", P.DATE, is_descending=True), Sort("value", P.NUMBER))
        for count in (1, 2, 4, 50):
            query = Query((KIND,), (), sort, count)
            assert "".join(await walk(store, query)) == "bdafce"

    run(check)


def test_with_no_order_the_first_written_comes_first_and_stays_there(run: Run) -> None:
    async def check(store: Store) -> None:
        for id in "dbca":
            await put(store, draft(id, KIND))
        await put(store, draft("d", KIND))
        await delete(store, "b", KIND)
        assert await walk(store, Query((KIND,), count=2)) == ["d", "c", "a"]
        await put(store, draft("b", KIND))
        assert await walk(store, Query((KIND,), count=2)) == ["d", "b", "c", "a"]

    run(check)


@pytest.mark.parametrize("sort", [(), (Sort("date", P.DATE),), (Sort("date", P.DATE, True),)])
def test_pages_stay_stable_while_others_write(run: Run, sort: tuple[Sort, ...]) -> None:
    def dated(id: str, date: int) -> Rows:
        return Rows(dates=(DateRow("date", date, date + 1),), tokens=token("code", "x").tokens)

    async def check(store: Store) -> None:
        old = [f"{n:02}" for n in range(20)]
        await put_all(store, *[draft(i, KIND, rows=dated(i, int(i) // 3)) for i in old])
        query, seen, pages = Query((KIND,), (coded("code", "x"),), sort, 4), [], 0
        while True:
            page = await store.search(query)
            seen += [version.id for version in page.versions]
            if page.cursor is None:
                break
            query = replace(query, cursor=page.cursor)
            pages += 1
            if pages > 4:
                continue
            await put_all(store, *[
                draft(f"new{pages}-{n}", KIND, rows=dated("", n)) for n in range(8)
            ])  # fmt: skip
            await delete(store, f"new{pages}-0", KIND)
        assert len(seen) == len(set(seen))
        assert [id for id in seen if id in old] == sorted(old, key=lambda i: place(i, sort))

    def place(id: str, sort: tuple[Sort, ...]) -> tuple[int, str]:
        key = int(id) // 3
        return (0 if not sort else -key if sort[0].is_descending else key), id

    run(check)


def test_a_cursor_serves_its_own_search_alone(run: Run) -> None:
    async def check(store: Store) -> None:
        for n in range(5):
            await put(store, draft(f"{n}", KIND, rows=token("code", "x")))
        query = Query((KIND,), (coded("code", "x"), OfPatients(frozenset("ab"))), count=2)
        query = replace(query, clauses=query.clauses[:1])
        page = await store.search(query)
        assert page.cursor is not None
        others = [
            replace(query, clauses=(coded("code", "y"),)),
            replace(query, kinds=("Condition",)),
            replace(query, sort=(Sort("_id", P.TOKEN),)),
            replace(query, clauses=()),
        ]
        for other in others:
            with pytest.raises(InputError) as refused:
                await store.search(replace(other, cursor=page.cursor))
            assert refused.value.code == "REC003"
        for bad in ("", "x", page.cursor[:-3], page.cursor + "AAAA", "W10", "🙂", "bnVsbA"):
            with pytest.raises(InputError) as refused:
                await store.search(replace(query, cursor=bad))
            assert refused.value.code == "REC003"
        wider = replace(query, count=50, cursor=page.cursor)
        assert [version.id for version in (await store.search(wider)).versions] == ["2", "3", "4"]

    run(check)


def test_the_total_is_that_of_all_pages(run: Run) -> None:
    async def check(store: Store) -> None:
        for n in range(7):
            await put(store, draft(f"{n}", KIND, rows=token("code", "x" if n else "y")))
        query = Query((KIND,), (coded("code", "x"),), count=2, wants_total=True)
        page = await store.search(query)
        assert page.total == 6
        again = await store.search(replace(query, cursor=page.cursor))
        assert (len(again.versions), again.total) == (2, 6)
        assert (await store.search(replace(query, wants_total=False))).total is None

    run(check)


def test_a_cursor_is_safe_in_a_url_and_names_nobody(run: Run) -> None:
    async def check(store: Store) -> None:
        for n in range(3):
            rows = Rows(tokens=(TokenRow("identifier", "nhs", f"900000000{n}"),))
            await put(store, draft(f"{n}", KIND, rows=rows))
        values = tuple(Token("nhs", f"900000000{n}") for n in range(3))
        clause = Criterion("identifier", P.TOKEN, values)
        page = await store.search(Query((KIND,), (clause,), count=1))
        assert page.cursor is not None
        assert re.fullmatch(r"[A-Za-z0-9_-]+", page.cursor)
        assert b"900000000" not in base64.urlsafe_b64decode(page.cursor + "==")

    run(check)
