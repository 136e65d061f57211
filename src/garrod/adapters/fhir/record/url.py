"""A search URL as a query: everything it asks is used, or refused, or named as ignored.

question -> clauses + order + page (Query), includes, how much of each resource -> self link
Parameters that are there more than once are joined by "and", commas by "or".
Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/search.html
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, quote

from garrod.adapters.fhir.record.facts import SearchFacts
from garrod.adapters.fhir.record.refusal import UNKNOWN, BadSearch, Refused, issue_of
from garrod.adapters.fhir.record.url_clauses import Clauses, Expand
from garrod.adapters.fhir.record.url_results import CURSOR, ResultReader, Results, Summary
from garrod.adapters.fhir.record.url_values import Clock, Values
from garrod.adapters.fhir.validate.issue import Issue, Severity
from garrod.care.record.query import Clause, Include, Query
from garrod.core.errors import FhirError

MOST_PARAMETERS = 100  # Not clinical: parameters of one search
LONGEST = 64 * 1024  # Not clinical: letters of one search
TYPE = "_type"
_SAFE = ",:/$-._~"
_NOT_SHOWN = frozenset((CURSOR,))


@dataclass(frozen=True, slots=True)
class Search:
    """A search that was read: what to find, what comes with it, how it is shown.

    `used` are the parameters that count, as they were sent; `ignored` says, as warnings, which did
    not. Where `is_count_only`, no resource is wanted.
    """

    query: Query
    includes: tuple[Include, ...] = ()
    summary: Summary = Summary.FALSE
    elements: tuple[str, ...] = ()
    format: str = ""
    is_pretty: bool = False
    used: tuple[tuple[str, str], ...] = ()
    ignored: tuple[Issue, ...] = ()

    @property
    def is_count_only(self) -> bool:
        """Return whether only the number of resources is asked for (R4: _count=0 too)."""
        return self.summary is Summary.COUNT or self.query.count == 0


class UrlReader:
    """Reads search URLs.

    `base` is this server's own address; `expand` gives the codes of a value set (:in) and of a
    hierarchy (:above, :below), which are refused without it; `clock` says what "ap" is near to.
    """

    def __init__(
        self,
        facts: SearchFacts,
        base: str = "",
        *,
        expand: Expand | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._facts = facts
        self._clauses = Clauses(facts, Values(base, clock), expand)
        self._results = ResultReader(facts)

    def read(self, kinds: tuple[str, ...], question: str, *, is_lenient: bool = False) -> Search:
        """Return what a query string asks of kinds of resources.

        Lenient: an unknown parameter is ignored and named; nothing else ever is.
        Raises: BadSearch FHR120 with every fault.
        """
        faults: list[Issue] = []
        ignored: list[Issue] = []
        clauses: list[Clause] = []
        used: list[tuple[str, str]] = []
        results = Results()
        pairs = _pairs(question)
        kinds = self._narrowed(kinds, pairs)
        for key, text in pairs:
            try:
                if key == TYPE:
                    _once(key, used)
                elif self._is_result(key, used):
                    self._results.read(kinds, key, text, results)
                else:
                    clauses.append(self._clauses.clause(kinds, key, text))
                used.append((key, text))
            except Refused as refused:
                if is_lenient and refused.rule == UNKNOWN:
                    ignored.append(issue_of(key, refused, Severity.WARNING))
                else:
                    faults.append(issue_of(key, refused))
        if faults:
            raise BadSearch(faults)
        return _search(kinds, clauses, results, used, ignored)

    def _is_result(self, key: str, used: list[tuple[str, str]]) -> bool:
        name = key.partition(":")[0]
        if name not in self._results.names:
            return False
        if name not in self._results.repeatable:
            _once(key, used)
        return True

    def _narrowed(self, kinds: tuple[str, ...], pairs: list[tuple[str, str]]) -> tuple[str, ...]:
        """Return the kinds that _type leaves.  Raises: BadSearch."""
        named = next((text.split(",") for key, text in pairs if key == TYPE), None)
        if named is None:
            return kinds
        if not named or not set(named) <= set(kinds):
            raise _bad(TYPE, Refused("value", "expected types that are searched here"))
        return tuple(dict.fromkeys(named))

    def condition(self, kind: str, question: str) -> Query:
        """Return the query of a conditional act: criteria alone, and at least one.

        Raises: BadSearch FHR120.
        """
        search = self.read((kind,), question)
        for key, _ in search.used:
            if key.partition(":")[0] in self._results.names:
                raise _bad(key, Refused("parameter", "is no condition; expected criteria alone"))
        if not search.query.clauses:
            raise _bad("condition", Refused("value", "expected at least one criterion"))
        return search.query

    def sought(self, reference: str) -> Query:
        """Return the query of a conditional reference ("Patient?identifier=...").

        Raises: BadSearch FHR120.
        """
        kind, _, question = reference.partition("?")
        if kind not in self._facts.kinds:
            raise _bad("reference", Refused("value", "expected Type?parameter=value"))
        return self.condition(kind, question)


def _search(
    kinds: tuple[str, ...],
    clauses: list[Clause],
    results: Results,
    used: list[tuple[str, str]],
    ignored: list[Issue],
) -> Search:
    query = Query(
        kinds=kinds,
        clauses=tuple(dict.fromkeys(clauses)),
        sort=results.sort,
        count=results.count,
        cursor=results.cursor,
        wants_total=results.wants_total or results.summary is Summary.COUNT or not results.count,
    )
    return Search(
        query=query,
        includes=tuple(dict.fromkeys(results.includes)),
        summary=results.summary,
        elements=tuple(dict.fromkeys(results.elements)),
        format=results.format,
        is_pretty=results.is_pretty,
        used=tuple(used),
        ignored=tuple(ignored),
    )


def link(address: str, search: Search, cursor: str | None = None) -> str:
    """Return the url of what was really searched for, or of the page that a cursor names.

    `address` is that of what was searched: "https://.../fhir/Patient".
    """
    shown = [(key, text) for key, text in search.used if key not in _NOT_SHOWN]
    page = search.query.cursor if cursor is None else cursor
    if page:
        shown.append((CURSOR, page))
    asked = "&".join(f"{quote(key, safe=_SAFE)}={quote(text, safe=_SAFE)}" for key, text in shown)
    return f"{address}?{asked}" if asked else address


def _once(key: str, used: list[tuple[str, str]]) -> None:
    if any(k == key for k, _ in used):
        raise Refused("limit", "is there more than once; expected once")


def _pairs(question: str) -> list[tuple[str, str]]:
    if len(question) > LONGEST:
        raise _bad("search", Refused("limit", f"has more than {LONGEST} letters"))
    try:
        return parse_qsl(
            question, keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS
        )
    except UnicodeDecodeError:
        raise _bad("search", Refused("value", "its escapes are no UTF-8")) from None
    except ValueError:
        raise _bad("search", Refused("limit", f"has more than {MOST_PARAMETERS} parts")) from None


def _bad(name: str, refused: Refused) -> FhirError:
    return BadSearch((issue_of(name, refused),))
