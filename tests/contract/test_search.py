"""Search: every sort of clause, modifier and prefix finds what the standard says, and no more."""

import pytest

from garrod.care.record.ports import Store
from garrod.care.record.query import (
    Amount,
    Chain,
    Clause,
    Criterion,
    Flag,
    Has,
    Modifier,
    OfPatients,
    Pair,
    ParamType,
    Prefix,
    Query,
    Reference,
    Span,
    Text,
    Token,
)
from garrod.core.errors import InputError, InternalFault
from garrod.core.resource import (
    EARLIEST,
    LATEST,
    CompositeRow,
    DateRow,
    NumberRow,
    ReferenceRow,
    Rows,
    StringRow,
    TokenRow,
    UriRow,
)
from tests.contract.conftest import Run
from tests.contract.drafts import delete, draft, put, put_all

P = ParamType
M = Modifier
KIND = "Observation"
BASE = "http://acme.org/fhir"
LONG = "x" * 500
ROWS = {
    "a": Rows(
        tokens=(TokenRow("code", "s1", "c1", "heart rate"), TokenRow("code", "s2", "c2")),
        strings=(StringRow("name", "naive", "Naïve"), StringRow("name", "smith", "Smith")),
        dates=(DateRow("date", 100, 200),),
        numbers=(NumberRow("value", 5.4, 5.4, "ucum", "mg"),),
        uris=(UriRow("url", f"{BASE}/ValueSet/123"),),
        references=(ReferenceRow("subject", "Patient", "p1"),),
        composites=(CompositeRow("code-value", "s1", "c1", "ucum", "mg", 5.4, 5.4),),
    ),
    "b": Rows(
        tokens=(TokenRow("code", "s2", "c1"), TokenRow("code", "", "bare")),
        strings=(StringRow("name", "smithson", "SmithSon"),),
        dates=(DateRow("date", 150, 151), DateRow("date", 900, 901)),
        numbers=(NumberRow("value", 100.0, 100.0, "ucum", "g"),),
        uris=(UriRow("url", f"{BASE}/ValueSet"),),
        references=(ReferenceRow("subject", "Group", "p1"),),
        composites=(CompositeRow("code-value", "s1", "c1", low=100.0, high=200.0),),
    ),
    "c": Rows(
        tokens=(TokenRow("code", "s1", LONG),),
        strings=(StringRow("name", LONG + "y", LONG + "Y"),),
        dates=(DateRow("date", 200, LATEST),),
        numbers=(NumberRow("value", 3.0, 7.0, "", "box"),),
        uris=(UriRow("url", "urn:oid:1.2.3"), UriRow("url", BASE + "/" + LONG)),
        references=(
            ReferenceRow("subject", "", "", f"https://else.where/{LONG}"),
            ReferenceRow("subject", "Patient", "gone"),
        ),
        composites=(CompositeRow("code-value", "s1", "c3", "s9", "c9", folded="words here"),),
    ),
    "d": Rows(
        dates=(DateRow("date", EARLIEST, 100),),
        references=(ReferenceRow("subject", "", "", "", "nhs", "123"),),
        numbers=(NumberRow("value", -1.0, -1.0),),
    ),
    "e": Rows(),
}


def tokens(*given: tuple[str | None, str | None], modifier: Modifier = M.NONE) -> Criterion:
    return Criterion("code", P.TOKEN, tuple(Token(*of) for of in given), modifier)


def text(param: str, of: ParamType, *words: str, modifier: Modifier = M.NONE) -> Criterion:
    values = tuple(Text(word.lower() if of is not P.URI else word, word) for word in words)
    return Criterion(param, of, values, modifier)


def missing(param: str, of: ParamType, is_missing: bool) -> Criterion:
    return Criterion(param, of, (Flag(is_missing),), M.MISSING)


def span(prefix: Prefix, low: int, high: int) -> Criterion:
    return Criterion("date", P.DATE, (Span(prefix, low, high),))


def amount(
    prefix: Prefix, value: float, *, unit: str | None = None, system: str | None = "ucum"
) -> Criterion:
    of = Amount(prefix, value, value - 0.5, value + 0.5, system if unit else None, unit)
    return Criterion("value", P.QUANTITY, (of,))


def to(*targets: Reference, modifier: Modifier = M.NONE) -> Criterion:
    return Criterion("subject", P.REFERENCE, targets, modifier)


def ids(*given: str, modifier: Modifier = M.NONE) -> Criterion:
    return Criterion("_id", P.TOKEN, tuple(Token(None, id) for id in given), modifier)


def sex(code: str, modifier: Modifier = M.NONE) -> Criterion:
    return Criterion("gender", P.TOKEN, (Token(None, code),), modifier)


def agent(code: str) -> Criterion:
    return Criterion("agent", P.TOKEN, (Token(None, code),))


def north() -> Criterion:
    return Criterion("name", P.STRING, (Text("north", "North"),))


def pair(code: str, second: Token | Amount | Span | Text | Reference) -> Criterion:
    return Criterion("code-value", P.COMPOSITE, (Pair(Token("s1", code), second),))


CASES: list[tuple[str, Clause, str]] = [
    ("code alone", tokens((None, "c1")), "ab"),
    ("system and code", tokens(("s1", "c1")), "a"),
    ("system alone", tokens(("s1", None)), "ac"),
    ("no system", tokens(("", "bare")), "b"),
    ("no system, but it has one", tokens(("", "c1")), ""),
    ("anything", tokens((None, None)), "abc"),
    ("several", tokens(("s1", "c1"), (None, "bare"), ("s2", "zz")), "ab"),
    ("several of one system", tokens(("s2", "c1"), ("s2", "c2"), ("s2", "c3")), "ab"),
    ("a very long code", tokens(("s1", LONG)), "c"),
    ("a very long code that differs at its end", tokens(("s1", LONG[:-1] + "z")), ""),
    ("not", tokens(("s1", "c1"), modifier=M.NOT), "bcde"),
    ("not any of several", tokens(("s1", "c1"), (None, "bare"), modifier=M.NOT), "cde"),
    ("in", tokens(("s1", "c1"), ("s2", "c2"), modifier=M.IN), "a"),
    ("in nothing", tokens(modifier=M.IN), ""),
    ("not in", tokens(("s2", "c1"), modifier=M.NOT_IN), "acde"),
    ("not in nothing", tokens(modifier=M.NOT_IN), "abcde"),
    ("above", tokens(("s1", "c1"), modifier=M.ABOVE), "a"),
    ("below", tokens(("s2", "c1"), modifier=M.BELOW), "b"),
    ("text of a code", text("code", P.TOKEN, "Heart", modifier=M.TEXT), "a"),
    ("text of a code, within", text("code", P.TOKEN, "rate", modifier=M.TEXT), ""),
    ("code is missing", missing("code", P.TOKEN, True), "de"),
    ("code is there", missing("code", P.TOKEN, False), "abc"),
    ("words begin", text("name", P.STRING, "Smith"), "ab"),
    ("words begin, all", text("name", P.STRING, ""), "abc"),
    ("words begin, very long", text("name", P.STRING, LONG), "c"),
    ("words begin, very long, differing", text("name", P.STRING, LONG + "z"), ""),
    ("several words", text("name", P.STRING, "nai", "smiths"), "ab"),
    ("exactly", text("name", P.STRING, "Smith", modifier=M.EXACT), "a"),
    ("exactly, in another case", text("name", P.STRING, "SMITH", modifier=M.EXACT), ""),
    ("exactly, very long", text("name", P.STRING, LONG + "Y", modifier=M.EXACT), "c"),
    ("contains", text("name", P.STRING, "mith", modifier=M.CONTAINS), "ab"),
    ("contains a sign of patterns", text("name", P.STRING, "%", modifier=M.CONTAINS), ""),
    ("begins with a sign of patterns", text("name", P.STRING, "sm_th"), ""),
    ("name is missing", missing("name", P.STRING, True), "de"),
    ("uri", text("url", P.URI, f"{BASE}/ValueSet"), "b"),
    ("uri, in another case", text("url", P.URI, f"{BASE}/valueset"), ""),
    ("uri, very long", text("url", P.URI, f"{BASE}/{LONG}"), "c"),
    ("uri below", text("url", P.URI, f"{BASE}/ValueSet", modifier=M.BELOW), "ab"),
    ("uri below, all", text("url", P.URI, BASE, modifier=M.BELOW), "abc"),
    ("uri above", text("url", P.URI, f"{BASE}/ValueSet/123/_history/5", modifier=M.ABOVE), "ab"),
    ("uri above, very long", text("url", P.URI, f"{BASE}/{LONG}/1", modifier=M.ABOVE), "c"),
    ("uri is missing", missing("url", P.URI, True), "de"),
    ("eq within", span(Prefix.EQ, 100, 200), "ab"),
    ("eq wider than the row", span(Prefix.EQ, 100, 199), "b"),
    ("ne", span(Prefix.NE, 100, 200), "bcd"),
    ("gt", span(Prefix.GT, 100, 200), "bc"),
    ("lt", span(Prefix.LT, 100, 200), "d"),
    ("ge", span(Prefix.GE, 150, 200), "bc"),
    ("le", span(Prefix.LE, 150, 200), "abd"),
    ("sa", span(Prefix.SA, 100, 200), "bc"),
    ("eb", span(Prefix.EB, 100, 200), "d"),
    ("ap", span(Prefix.AP, 199, 201), "ac"),
    ("ap, meeting at its end", span(Prefix.AP, 150, 200), "ab"),
    ("to the ends of time", span(Prefix.EQ, EARLIEST, LATEST), "abcd"),
    ("number eq", amount(Prefix.EQ, 5.0), "a"),
    ("number eq, open end", amount(Prefix.EQ, 4.9), ""),
    ("number ne", amount(Prefix.NE, 5.0), "bcd"),
    ("number gt itself", amount(Prefix.GT, 100.0), ""),
    ("number ge itself", amount(Prefix.GE, 100.0), "b"),
    ("number lt itself", amount(Prefix.LT, 5.4), "cd"),
    ("number le itself", amount(Prefix.LE, 5.4), "acd"),
    ("number gt, a range", amount(Prefix.GT, 6.0), "bc"),
    ("number sa", amount(Prefix.SA, 5.0), "ab"),
    ("number eb", amount(Prefix.EB, 5.0), "d"),
    ("number ap", amount(Prefix.AP, 6.0), "c"),
    ("quantity", amount(Prefix.GE, 0, unit="mg"), "a"),
    ("quantity, code alone", amount(Prefix.GT, 0, unit="box", system=None), "c"),
    ("value is missing", missing("value", P.NUMBER, True), "e"),
    ("reference of a kind", to(Reference("Patient", "p1")), "a"),
    ("reference of any kind", to(Reference("", "p1")), "ab"),
    ("references", to(Reference("Patient", "p1"), Reference("Group", "p1")), "ab"),
    ("references of one kind", to(Reference("Patient", "p1"), Reference("Patient", "p9")), "a"),
    ("reference by url", to(Reference(url=f"https://else.where/{LONG}")), "c"),
    ("identifier", to(Reference(system="nhs", value="123"), modifier=M.IDENTIFIER), "d"),
    ("identifier, any system", to(Reference(value="123"), modifier=M.IDENTIFIER), "d"),
    ("identifier, no system", to(Reference(system="", value="123"), modifier=M.IDENTIFIER), ""),
    ("reference not", to(Reference("Patient", "p1"), modifier=M.NOT), "bcde"),
    ("subject is missing", missing("subject", P.REFERENCE, True), "e"),
    ("pair of code and quantity", pair("c1", Amount(Prefix.LT, 6, 6, 6, "ucum", "mg")), "a"),
    ("pair of code and date", pair("c1", Span(Prefix.EQ, 100, 200)), "b"),
    ("pair of two codes", pair("c3", Token("s9", "c9")), "c"),
    ("pair of two codes, swapped", pair("c9", Token("s1", "c3")), ""),
    ("pair of code and words", pair("c3", Text("words", "Words")), "c"),
    ("pair of code and reference", pair("c3", Reference("s9", "c9")), "c"),
    ("pair is missing", missing("code-value", P.COMPOSITE, True), "de"),
    ("ids", ids("a", "d"), "ad"),
    ("not an id", ids("a", modifier=M.NOT), "bcde"),
    ("id is missing", missing("_id", P.TOKEN, True), ""),
    ("id is there", missing("_id", P.TOKEN, False), "abcde"),
    ("of a patient", OfPatients(frozenset({"p1"})), "ac"),
    ("of patients", OfPatients(frozenset({"p1", "p2"})), "abc"),
    ("of nobody", OfPatients(frozenset()), ""),
    ("of another", OfPatients(frozenset({"p9"})), ""),
    ("chain", Chain("subject", "Patient", sex("f")), "a"),
    ("chain to another kind", Chain("subject", "Group", sex("f")), ""),
    ("chain by id", Chain("subject", "Group", ids("p1")), "b"),
    ("chain of chains", Chain("subject", "Patient", Chain("gp", "Organization", north())), "a"),
    ("reference to what is gone", to(Reference("Patient", "gone")), "c"),
    ("chain to what is gone", Chain("subject", "Patient", ids("gone")), ""),
    ("chain with not, to what is gone", Chain("subject", "Patient", sex("m", M.NOT)), "a"),
    ("chain with not", Chain("subject", "Group", sex("f", M.NOT)), "b"),
    ("chain of a patient", Chain("subject", "Group", OfPatients(frozenset({"p1"}))), "b"),
    ("has", Has("Provenance", "target", agent("x")), "b"),
    ("has none such", Has("Provenance", "target", agent("y")), ""),
    ("chain of has", Chain("subject", "Patient", Has("Flag", "of", ids("g1"))), "a"),
    ("chain of none", Chain("subject", "Patient", Has("Flag", "of", ids("g2"))), ""),
    ("has missing", Has("Provenance", "target", missing("agent", P.TOKEN, True)), ""),
]  # fmt: skip
PATIENTS = {"a": ("p1",), "b": ("p2",), "c": ("p1", "p2")}


async def fill(store: Store) -> None:
    """Write the resources of this module, some of them over others and some to be deleted."""
    others = (
        draft("p1", "Patient", rows=Rows(
            tokens=(TokenRow("gender", "", "f"),),
            references=(ReferenceRow("gp", "Organization", "o1"),))),
        draft("gone", "Patient"),
        draft("p1", "Group", rows=Rows(tokens=(TokenRow("gender", "", "m"),))),
        draft("o1", "Organization", rows=Rows(strings=(StringRow("name", "northside", ""),))),
        draft("v1", "Provenance", rows=Rows(
            tokens=(TokenRow("agent", "", "x"),),
            references=(ReferenceRow("target", KIND, "b"),))),
        draft("v2", "Provenance", rows=Rows(
            tokens=(TokenRow("agent", "", "y"),),
            references=(ReferenceRow("target", KIND, "a"),))),
        draft("g1", "Flag", rows=Rows(references=(ReferenceRow("of", "Patient", "p1"),))),
        draft("a", "Condition", rows=ROWS["a"], patients=("p1",)),
    )  # fmt: skip
    await put_all(store, *[draft(id, KIND, rows=ROWS["a"], patients=("p9",)) for id in "xeb"])
    mine = [draft(i, KIND, rows=rows, patients=PATIENTS.get(i, ())) for i, rows in ROWS.items()]
    await put_all(store, *mine, *others)
    await delete(store, "x", KIND)
    await delete(store, "v2", "Provenance")
    await delete(store, "gone", "Patient")


def test_every_clause_finds_what_it_should_and_no_more(run: Run) -> None:
    async def check(store: Store) -> None:
        await fill(store)
        wrong = {}
        for name, clause, expected in CASES:
            page = await store.search(Query((KIND,), (clause,), wants_total=True))
            found = "".join(sorted(version.id for version in page.versions))
            if (found, page.total) != (expected, len(expected)):
                wrong[name] = (expected, found, page.total)
        assert wrong == {}

    run(check)


def test_clauses_are_joined_by_and_whatever_leads(run: Run) -> None:
    async def check(store: Store) -> None:
        await fill(store)
        wrong = {}
        for one, first, expected in CASES:
            for other, second, also in CASES[::11]:
                page = await store.search(Query((KIND,), (first, second)))
                found = {version.id for version in page.versions}
                if found != set(expected) & set(also):
                    wrong[one, other] = found
        assert wrong == {}

    run(check)


def test_several_kinds_are_searched_at_once(run: Run) -> None:
    async def check(store: Store) -> None:
        await fill(store)
        query = Query((KIND, "Condition"), (tokens(("s1", "c1")), OfPatients(frozenset({"p1"}))))
        found = (await store.search(query)).versions
        assert [(v.kind, v.id) for v in found] == [(KIND, "a"), ("Condition", "a")]

    run(check)


def test_last_updated_is_searched_like_any_date(run: Run) -> None:
    async def check(store: Store) -> None:
        made = [await put(store, draft(id, KIND)) for id in "abc"]
        at = [int(v.at.timestamp() * 1_000_000) for v in made]
        says = {
            Prefix.EQ: "b",
            Prefix.NE: "ac",
            Prefix.GT: "c",
            Prefix.LT: "a",
            Prefix.GE: "bc",
            Prefix.LE: "ab",
            Prefix.SA: "c",
            Prefix.EB: "a",
            Prefix.AP: "b",
        }
        for prefix, expected in says.items():
            clause = Criterion("_lastUpdated", P.DATE, (Span(prefix, at[1], at[1] + 1),))
            page = await store.search(Query((KIND,), (clause,)))
            assert "".join(v.id for v in page.versions) == expected, prefix

    run(check)


def test_an_updated_resource_is_found_by_its_newest_words_only(run: Run) -> None:
    async def check(store: Store) -> None:
        for rows in ROWS.values():
            await put(store, draft("z", KIND, rows=rows, patients=()))
        found = {name for name, clause, _ in CASES if await count(store, clause)}
        assert found == {name for name, clause, expected in CASES if "e" in expected}

    async def count(store: Store, clause: Clause) -> int:
        return len((await store.search(Query((KIND,), (clause,)))).versions)

    run(check)


def test_a_criterion_that_cannot_be_evaluated_is_never_ignored(run: Run, url: str) -> None:
    if url == "memory":
        pytest.skip("the oracle evaluates anything")

    async def check(store: Store) -> None:
        wrong = Criterion("code", P.TOKEN, (Token(None, "x"),), M.CONTAINS)
        with pytest.raises(InternalFault):
            await store.search(Query((KIND,), (wrong,)))
        with pytest.raises(InternalFault):
            await store.search(Query((KIND,), (Criterion("code", P.DATE, (Token(None, "x"),)),)))

    run(check)


def test_hundreds_of_values_are_searched_and_beyond_that_refused(run: Run, url: str) -> None:
    async def check(store: Store) -> None:
        await fill(store)
        many = text("name", P.STRING, "smith", *[f"w{n}" for n in range(449)])
        dated = (Span(Prefix.GE, 150, 200), *[Span(Prefix.EQ, n, n + 1) for n in range(440)])
        codes = Criterion("code", P.TOKEN, tuple(Token("s1", f"c{n}") for n in range(20_000)))
        days = Criterion("date", P.DATE, dated)
        for clauses in ((many,), (many, days), (days, many, codes)):
            page = await store.search(Query((KIND,), clauses))
            assert {version.id for version in page.versions} <= {"a", "b"}
        found = (await store.search(Query((KIND,), (codes,)))).versions
        assert [version.id for version in found] == ["a"]
        if url != "memory":
            more = text("name", P.STRING, *[f"w{n}" for n in range(451)])
            with pytest.raises(InputError) as refused:
                await store.search(Query((KIND,), (more,)))
            assert refused.value.code == "STO016"

    run(check)


def test_no_count_asks_for_the_total_alone(run: Run) -> None:
    async def check(store: Store) -> None:
        await fill(store)
        page = await store.search(Query((KIND,), count=0, wants_total=True))
        assert (page.versions, page.cursor, page.total) == ((), None, 5)

    run(check)
