"""A medication list as it is answered: a Bundle of the List, its lines, and what may be missing.

list + lines -> searchset; its OperationOutcome names every source that did not answer
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import orjson

from garrod.adapters.fhir.json import Resource
from garrod.adapters.fhir.lines.names import COMPLETENESS
from garrod.adapters.fhir.lines.nested import instant_out, part, tree
from garrod.care.record.medication.completeness import Completeness, Source


def bundle_of(base: str, shown: Sequence[tuple[str, str, bytes]], outcome: bytes) -> bytes:
    """Return a searchset; `shown` are kind, id and bytes, the List first."""
    entries = [
        b'{"fullUrl":%s,"resource":%s,"search":{"mode":"%s"}}'
        % (
            orjson.dumps(f"{base}/{kind}/{id}"),
            body,
            b"match" if kind == "List" else b"include",
        )
        for kind, id, body in shown
    ]
    entries.append(b'{"resource":%s,"search":{"mode":"outcome"}}' % outcome)
    total = sum(kind == "List" for kind, _, _ in shown)
    head = b'{"resourceType":"Bundle","type":"searchset","total":%d,"entry":[' % total
    return head + b",".join(entries) + b"]}"


def outcome_of_view(found: Completeness, notes: Iterable[str] = ()) -> bytes:
    """Return an OperationOutcome: each source with its standing, each gap, each note."""
    issues = [_source_issue(source) for source in found.sources]
    issues += [orjson.dumps(_issue("warning", gap)) for gap in found.other_gaps()]
    issues += [orjson.dumps(_issue("information", note)) for note in notes]
    return b'{"resourceType":"OperationOutcome","issue":[%s]}' % b",".join(issues)


@lru_cache(maxsize=4096)
def _source_issue(source: Source) -> bytes:
    """Return a source with its standing, as JSON; most people lack the same sources."""
    is_gap = source.standing.value != "answered"
    issue = _issue("warning" if is_gap else "information", source.words())
    issue["extension"] = _source(source)
    return orjson.dumps(issue)


def outcome_saying(*said: str) -> bytes:
    """Return an OperationOutcome that tells of what was done."""
    issues = [_issue("information", words) for words in said]
    return orjson.dumps({"resourceType": "OperationOutcome", "issue": issues})


def _issue(severity: str, words: str) -> dict[str, Any]:
    code = "incomplete" if severity == "warning" else "informational"
    return {"severity": severity, "code": code, "details": {"text": words}}


def _source(source: Source) -> list[Resource]:
    return tree(
        COMPLETENESS,
        part("name", "String", source.name),
        part("setting", "Code", source.setting.value if source.setting else ""),
        part("standing", "Code", source.standing.value),
        part("asOf", "Instant", instant_out(source.as_of) if source.as_of else ""),
    )
