"""A reconciliation as a Task: the sources, and what was decided of each row.

Case <-> Task. Lines of sources are kept with their histories, so that rows come out the same.
Source: HL7 FHIR R4 (4.0.1), Task, https://hl7.org/fhir/R4/task.html
"""

from __future__ import annotations

import orjson

from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.adapters.fhir.lines.history import (
    content_in,
    content_out,
    history_in,
    history_out,
    hold_in,
    hold_out,
)
from garrod.adapters.fhir.lines.names import CASE, CODES
from garrod.adapters.fhir.lines.nested import (
    Extension,
    author_in,
    author_out,
    every,
    instant_in,
    instant_out,
    named,
    part,
    tree,
    within,
    words,
)
from garrod.adapters.fhir.lines.statement import source_of, written
from garrod.care.record.medication.compare import SourceList
from garrod.care.record.medication.line import Line, Setting
from garrod.care.record.medication.reconcile import Choice, Decision, Move
from garrod.care.record.medication.transitions import begun, replayed
from garrod.care.record.medicines_cases import CASE as KIND
from garrod.care.record.medicines_cases import Case
from garrod.care.record.medicines_ports import LIST, list_id
from garrod.core.errors import FhirError
from garrod.core.resource import Version


def case_body(case: Case) -> bytes:
    """Return a reconciliation as the bytes of a Task."""
    status = "in-progress"
    if case.closed is not None:
        status = "on-hold" if case.unresolved else "completed"
    found: Resource = {
        "resourceType": KIND,
        "extension": tree(
            CASE,
            part("move", "Code", case.move.value),
            {"url": "base", "valueInteger": case.base},
            part("at", "Instant", instant_out(case.at)),
            part("closed", "Instant", instant_out(case.closed) if case.closed else ""),
            *author_out("by", case.by),
            *(e for source in case.sources for e in _source(source)),
            *(e for decision in case.decisions for e in _decision(decision)),
            *(part("unresolved", "String", said) for said in case.unresolved),
        ),
        "status": status,
        "intent": "order",
        "code": {
            "coding": [{"system": CODES, "code": "reconcile-medications"}],
            "text": f"Reconcile medicines at {case.move.value}",
        },
        "focus": {"reference": f"{LIST}/{list_id(case.patient)}"},
        "for": {"reference": f"Patient/{case.patient}"},
        "authoredOn": instant_out(case.at),
        "requester": source_of(case.by),
    }
    if case.unresolved and case.closed:
        said = "; ".join(case.unresolved)
        found["statusReason"] = {"text": f"not decided: {said}"}
    return written(found)


def is_case(resource: Resource) -> bool:
    """Return whether a Task is a reconciliation."""
    return any(named(many(resource, "extension"), CASE))


def case_of(version: Version) -> Case:
    """Return the reconciliation that a version holds.  Raises: FhirError FHR150."""
    resource = orjson.loads(version.body)
    found = within(resource, CASE)
    if not found:
        raise FhirError(f"{version.kind}/{version.id} is no reconciliation.", code="FHR150")
    closed, parts = words(found, "closed", "Instant"), list(many(found, "extension"))
    base = within(found, "base").get("valueInteger")
    return Case(
        patient=text(one(resource, "for"), "reference").removeprefix("Patient/"),
        move=Move(words(found, "move", "Code")),
        base=base if isinstance(base, int) else 0,
        sources=tuple(_source_in(e) for e in named(parts, "source")),
        by=author_in(found, "by"),
        at=instant_in(words(found, "at", "Instant")),
        decisions=tuple(_decision_in(e) for e in named(parts, "decision")),
        closed=instant_in(closed) if closed else None,
        unresolved=every(found, "unresolved"),
    )


def _source(source: SourceList) -> list[Extension]:
    return tree(
        "source",
        part("name", "String", source.name),
        part("setting", "Code", source.setting.value),
        part("asOf", "Instant", instant_out(source.as_of)),
        *(e for line in source.lines for e in _line(line)),
    )


def _source_in(found: Extension) -> SourceList:
    lines = named(many(found, "extension"), "line")
    return SourceList(
        words(found, "name"),
        Setting(words(found, "setting", "Code")),
        instant_in(words(found, "asOf", "Instant")),
        tuple(_line_in(e) for e in lines),
    )


def _line(line: Line) -> list[Extension]:
    return tree(
        "line",
        part("id", "String", line.id),
        part("treatment", "String", line.treatment_id),
        *history_out(line.history),
    )


def _line_in(found: Extension) -> Line:
    history = history_in(found)
    if not history:
        raise FhirError("a line of a source has no history.", code="FHR150")
    line = replayed(begun(words(found, "id"), words(found, "treatment"), history[0]), history)
    assert line is not None, "a history with a step makes a line"
    return line


def _decision(decision: Decision) -> list[Extension]:
    return tree(
        "decision",
        part("row", "String", decision.row_id),
        part("choice", "Code", decision.choice.value),
        *author_out("by", decision.by),
        part("at", "Instant", instant_out(decision.at)),
        part("reason", "String", decision.reason),
        *(content_out(decision.content) if decision.content else ()),
        *(hold_out(decision.hold) if decision.hold else ()),
        part("fromSource", "String", decision.from_source),
        part("newId", "String", decision.new_id),
        part("newTreatment", "String", decision.new_treatment),
        part("stopId", "String", decision.stop_id),
    )


def _decision_in(found: Extension) -> Decision:
    content, hold = within(found, "content"), within(found, "hold")
    return Decision(
        row_id=words(found, "row"),
        choice=Choice(words(found, "choice", "Code")),
        by=author_in(found, "by"),
        at=instant_in(words(found, "at", "Instant")),
        reason=words(found, "reason"),
        content=content_in(content) if content else None,
        hold=hold_in(hold) if hold else None,
        from_source=words(found, "fromSource"),
        new_id=words(found, "newId"),
        new_treatment=words(found, "newTreatment"),
        stop_id=words(found, "stopId"),
    )
