"""Whatever is written, deleted and asked at random: each store answers as the plain oracle does."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garrod.adapters.store import open_store
from garrod.adapters.store.memory import MemoryStore
from garrod.care.record.ports import HistoryOf, Store
from garrod.care.record.query import (
    Amount,
    Chain,
    Clause,
    Criterion,
    Flag,
    Has,
    Include,
    Modifier,
    OfPatients,
    Pair,
    ParamType,
    Prefix,
    Query,
    Reference,
    Sort,
    Span,
    Text,
    Token,
    Value,
)
from garrod.core.resource import (
    CompositeRow,
    DateRow,
    Draft,
    NumberRow,
    ReferenceRow,
    Rows,
    StringRow,
    TokenRow,
    UriRow,
)
from tests.contract import servers
from tests.contract.drafts import Clock, delete, draft, put_all

P, M = ParamType, Modifier
KINDS = st.sampled_from(["Patient", "Observation"])
IDS = st.sampled_from("abcd")
WORDS = st.text("ab%_é😀\U0010ffff'", max_size=3)
SYSTEMS = st.sampled_from(["", "s", "t"])
TIMES = st.integers(0, 6)
NUMBERS = st.sampled_from([-1.0, 0.0, 0.1, 1.0, 2.5])
LETTERS = {P.QUANTITY: "n"} | {of: of.value[0] for of in ParamType if of is not P.QUANTITY}


def params(of: ParamType) -> st.SearchStrategy[str]:
    """Draw a parameter of a type: none has two types."""
    return st.sampled_from([f"{LETTERS[of]}1", f"{LETTERS[of]}2"])


REFERENCES = params(P.REFERENCE)
ROWS = (
    st.builds(TokenRow, params(P.TOKEN), SYSTEMS, WORDS, WORDS),
    st.builds(lambda p, w: StringRow(p, w.casefold(), w), params(P.STRING), WORDS),
    st.builds(lambda p, low, n: DateRow(p, low, low + 1 + n), params(P.DATE), TIMES, TIMES),
    st.builds(lambda p, kind, id: ReferenceRow(p, kind, id), REFERENCES, KINDS, IDS)
    | st.builds(
        lambda p, u, s, v: ReferenceRow(p, "", "", u, s, v), REFERENCES, WORDS, SYSTEMS, WORDS
    ),
    st.builds(
        lambda p, a, b, s: NumberRow(p, min(a, b), max(a, b), s, s),
        params(P.NUMBER),
        NUMBERS,
        NUMBERS,
        SYSTEMS,
    ),
    st.builds(UriRow, params(P.URI), WORDS),
    st.builds(
        lambda p, s, c, a, w: CompositeRow(p, s, c, s, c, a, a, w),
        params(P.COMPOSITE),
        SYSTEMS,
        WORDS,
        NUMBERS,
        WORDS,
    ),
)


@st.composite
def rows(draw: st.DrawFn) -> Rows:
    """Draw the search rows of a resource."""
    return Rows(*(tuple(draw(st.lists(of, max_size=2))) for of in ROWS))


DRAFTS = st.builds(
    lambda kind, id, of, who: draft(id, kind, rows=of, patients=tuple(who)),
    KINDS,
    IDS,
    rows(),
    st.sets(st.sampled_from(["p", "q"]), max_size=2),
)
TOKENS = st.builds(Token, st.none() | SYSTEMS, st.none() | WORDS)
SPANS = st.builds(
    lambda p, low, n: Span(p, low, low + 1 + n), st.sampled_from(Prefix), TIMES, TIMES
)
AMOUNTS = st.builds(
    lambda p, v, half, s: Amount(p, v, v - half, v + half, s, s),
    st.sampled_from(Prefix),
    NUMBERS,
    st.sampled_from([0.05, 0.5, 2.0]),
    st.none() | SYSTEMS,
)
TEXTS = WORDS.map(lambda w: Text(w.casefold(), w))
TARGETS = st.builds(Reference, st.just("") | KINDS, IDS) | st.builds(
    lambda u: Reference(url=u), WORDS.filter(bool)
)
NAMED = st.builds(lambda s, v: Reference(system=s, value=v), st.none() | SYSTEMS, WORDS)
PAIRS = st.builds(Pair, TOKENS, st.one_of(TOKENS, AMOUNTS, TEXTS))
TOKEN_MODIFIERS = st.sampled_from([M.NONE, M.NOT, M.IN, M.NOT_IN, M.ABOVE, M.BELOW])
STRING_MODIFIERS = st.sampled_from([M.NONE, M.EXACT, M.CONTAINS])
URI_MODIFIERS = st.sampled_from([M.NONE, M.ABOVE, M.BELOW, M.NOT])
PLAIN = st.sampled_from([M.NONE, M.NOT])


def criteria(
    of: ParamType, values: st.SearchStrategy[Value], modifiers: st.SearchStrategy[Modifier]
) -> st.SearchStrategy[Criterion]:
    listed = st.lists(values, min_size=1, max_size=3).map(tuple)
    return st.builds(Criterion, params(of), st.just(of), listed, modifiers)


CRITERIA = st.one_of(
    criteria(P.TOKEN, TOKENS, TOKEN_MODIFIERS),
    criteria(P.TOKEN, TEXTS, st.just(M.TEXT)),
    criteria(P.STRING, TEXTS, STRING_MODIFIERS),
    criteria(P.DATE, SPANS, PLAIN),
    criteria(P.NUMBER, AMOUNTS, PLAIN),
    criteria(P.QUANTITY, AMOUNTS, PLAIN),
    criteria(P.REFERENCE, TARGETS, PLAIN),
    criteria(P.REFERENCE, NAMED, st.just(M.IDENTIFIER)),
    criteria(P.URI, TEXTS, URI_MODIFIERS),
    criteria(P.COMPOSITE, PAIRS, PLAIN),
    st.builds(
        lambda of, flag: Criterion(f"{LETTERS[of]}1", of, (Flag(flag),), M.MISSING),
        st.sampled_from(ParamType),
        st.booleans(),
    ),
    st.lists(IDS, min_size=1, max_size=2).map(
        lambda ids: Criterion("_id", P.TOKEN, tuple(Token(None, id) for id in ids))
    ),
    st.builds(OfPatients, st.frozensets(st.sampled_from(["p", "q", "r"]), max_size=2)),
)
CLAUSES: st.SearchStrategy[Clause] = st.recursive(
    CRITERIA,
    lambda inner: (
        st.builds(Chain, REFERENCES, KINDS, inner) | st.builds(Has, KINDS, REFERENCES, inner)
    ),
    max_leaves=3,
)
SORTED = st.sampled_from([P.TOKEN, P.STRING, P.DATE, P.REFERENCE, P.NUMBER, P.QUANTITY, P.URI])
SORTS = st.builds(
    lambda of, back: Sort(f"{LETTERS[of]}1", of, back), SORTED, st.booleans()
) | st.builds(Sort, st.sampled_from(["_id", "_lastUpdated"]), st.just(P.TOKEN), st.booleans())
QUERIES = st.builds(
    lambda kinds, clauses, sort, count: Query(
        tuple(sorted(kinds)), tuple(clauses), tuple(sort), count, wants_total=True
    ),
    st.sets(KINDS, min_size=1),
    st.lists(CLAUSES, max_size=3),
    st.lists(SORTS, max_size=2),
    st.integers(1, 4),
)
INCLUDES = st.builds(Include, KINDS, REFERENCES, st.just("") | KINDS, st.booleans(), st.booleans())
WRITES = st.lists(st.lists(DRAFTS, min_size=1, max_size=4) | st.tuples(KINDS, IDS), max_size=6)


async def written(store: Store, writes: list[list[Draft] | tuple[str, str]]) -> None:
    """Do what was drawn."""
    for one in writes:
        if isinstance(one, tuple):
            await delete(store, one[1], one[0])
        else:
            await put_all(store, *one)


async def seen(store: Store, query: Query) -> list[object]:
    """Return all that a query shows, page by page."""
    found: list[object] = []
    while True:
        page = await store.search(query)
        found.append((page.versions, page.total))
        if page.cursor is None:
            return found
        query = replace(query, cursor=page.cursor)


async def included(store: Store, query: Query, include: list[Include]) -> set[object]:
    """Return what comes with the first page."""
    hits = (await store.search(query)).versions
    return set((await store.included(hits, include)).versions)


async def alike(url: str, writes, queries, include) -> None:  # type: ignore[no-untyped-def]
    """Fail where a store differs from the oracle."""
    store = await open_store(url, clock=Clock())
    oracle = MemoryStore(Clock())
    try:
        await written(store, writes)
        await written(oracle, writes)
        for query in queries:
            assert await seen(store, query) == await seen(oracle, query), query
            both = [await included(s, query, include) for s in (store, oracle)]
            assert both[0] == both[1], (query, include)
        assert await store.events(0) == await oracle.events(0)
        everything = HistoryOf(count=1000)
        assert await store.history(everything) == await oracle.history(everything)
    finally:
        await store.close()


SOME = st.lists(QUERIES, min_size=1, max_size=6)
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(WRITES, SOME, st.lists(INCLUDES, max_size=2))
@settings(UNHURRIED, max_examples=60)
def test_sqlite_answers_as_the_oracle_does(writes, queries, include) -> None:  # type: ignore[no-untyped-def]
    asyncio.run(alike("sqlite:///:memory:", writes, queries, include))


@pytest.fixture(scope="module")
def emptied(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of a database for this module."""
    name = f"garrod_random_{Path(tmp_path_factory.getbasetemp()).name.replace('-', '_')}"
    servers.run(postgres, f"CREATE DATABASE {name}")
    yield servers.named(postgres, name)
    servers.run(postgres, f"DROP DATABASE {name} WITH (FORCE)")


def test_postgresql_answers_as_the_oracle_does(emptied: str) -> None:
    @given(WRITES, SOME, st.lists(INCLUDES, max_size=2))
    @settings(UNHURRIED, max_examples=40)
    def check(writes, queries, include) -> None:  # type: ignore[no-untyped-def]
        servers.run(emptied, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        asyncio.run(alike(emptied, writes, queries, include))

    check()
