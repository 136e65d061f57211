"""What a later message makes of an earlier one: corrected, withdrawn, or left as it stands. Pure.

made, what the record has under the same ids -> what is to be written, and what is to be told

What was withdrawn stays in sight as an error, with the value that it had. Something older than what
stands, or something that is not final beside what is, changes nothing.
Source: HL7 v2.5.1, table 0085; the rule is in docs/explanation/conflicting-results.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from garrod.adapters.fhir.json import many, text
from garrod.adapters.hl7v2.moments import is_before
from garrod.adapters.hl7v2.orders import OBSERVATION, REPORT, Made
from garrod.adapters.hl7v2.states import CANCELLED, ERROR, SETTLING, STANDING, WITHDRAWN

FhirJson = dict[str, Any]
Key = tuple[str, str]
ENDING = frozenset(("C", CANCELLED, *WITHDRAWN))
DONE = frozenset(("completed", "revoked", ERROR))  # of requests


@dataclass(slots=True)
class Merged:
    """What is to be written, what is to be told, and earlier results that nothing was said of."""

    resources: dict[Key, FhirJson] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    unsaid: list[str] = field(default_factory=list)  # observations, as they are named


def merge(made: Iterable[Made], earlier: Mapping[Key, FhirJson]) -> Merged:
    """Return what becomes of what was made, by what the record has of it."""
    made, merged = list(made), Merged()
    corrects = any(one.kind == OBSERVATION and one.letter == "C" for one in made)
    for one in made:
        before = earlier.get((one.kind, one.id), {})
        merged.notes += [f"{one.label}: {words}" for words in one.notes]
        if one.kind == OBSERVATION:
            found, said = _observed(one, before)
            merged.notes += [f"{one.label}: {said}"] if said else []
        elif one.kind == REPORT:
            found = _reported(one, before)
            letter = "C" if corrects and one.letter not in ENDING else one.letter
            _take_along(replace(one, letter=letter), before, earlier, merged)
        elif text(before, "status") in DONE and text(one.resource, "status") not in DONE:
            found = before  # an older message that comes late asks for nothing again
        else:
            found = one.resource
        if found:
            merged.resources[(one.kind, one.id)] = {**found, "id": one.id}
    return merged


def _observed(made: Made, before: FhirJson) -> tuple[FhirJson, str]:
    now, letter = made.resource, made.letter
    if not before:
        said = "corrects" if letter == "C" else "withdraws" if letter in WITHDRAWN else ""
        return now, f"{said} what is not here" if said else ""
    if is_before(text(now, "issued"), text(before, "issued")):
        return {}, "is older than what is here: not written"
    if letter in WITHDRAWN:
        return {**before, "status": ERROR, **_issued(now)}, "withdrawn: what stood is an error now"
    stood = text(before, "status") in STANDING
    if stood and letter not in SETTLING:
        return {}, "is not final, and a final result is here: not written"
    if letter == "U" and _value(now).keys() <= {"dataAbsentReason"}:
        kept = {k: v for k, v in now.items() if k != "dataAbsentReason"}
        return {**kept, **_value(before)}, ""
    if stood and _value(now) != _value(before):
        return {
            **now,
            "status": "corrected",
        }, "corrected: what stood before does not count any more"
    if text(before, "status") == "corrected" and text(now, "status") == "final":
        return {**now, "status": "corrected"}, ""
    return now, ""


def _value(resource: FhirJson) -> FhirJson:
    wanted = ("value", "dataAbsentReason", "component")
    return {k: v for k, v in resource.items() if k.startswith(wanted)}


def _issued(now: FhirJson) -> FhirJson:
    return {"issued": now["issued"]} if "issued" in now else {}


def _reported(made: Made, before: FhirJson) -> FhirJson:
    """Return a report with all results that its order ever had: none is lost from sight."""
    now = made.resource
    if not before:
        return now
    if is_before(text(now, "issued"), text(before, "issued")):
        now, before = before, now
    told = [text(r, "reference") for source in (before, now) for r in many(source, "result")]
    found = {**now, "result": [{"reference": name} for name in dict.fromkeys(told)]}
    if "presentedForm" not in found and "presentedForm" in before:
        found["presentedForm"] = before["presentedForm"]
    if text(before, "status") in STANDING and text(found, "status") == "final":
        found["status"] = "corrected" if _is_other(before, found) else text(before, "status")
    return {k: v for k, v in found.items() if v}


def _is_other(before: FhirJson, now: FhirJson) -> bool:
    return before.get("conclusion") != now.get("conclusion") or before.get(
        "presentedForm"
    ) != now.get("presentedForm")


def _take_along(
    made: Made, before: FhirJson, earlier: Mapping[Key, FhirJson], merged: Merged
) -> None:
    """Withdraw what a withdrawn report had; name what a corrected one says nothing of."""
    said = {text(r, "reference") for r in many(made.resource, "result")}
    if made.letter not in ENDING or is_before(
        text(made.resource, "issued"), text(before, "issued")
    ):
        return
    for name in (text(r, "reference") for r in many(before, "result")):
        kind, _, id = name.partition("/")
        old = earlier.get((kind, id), {})
        if name in said or not old or text(old, "status") == ERROR:
            continue
        if made.letter != "C":
            merged.resources[(kind, id)] = {**old, "status": ERROR, **_issued(made.resource)}
            merged.notes.append(f"{_label(old)}: withdrawn with its report")
        elif text(old, "status") in STANDING:
            merged.unsaid.append(_label(old))
            merged.notes.append(
                f"{_label(old)}: the corrected report does not say it again: it stands, and "
                "somebody is asked to look"
            )


def _label(resource: FhirJson) -> str:
    code = resource.get("code")
    return text(code, "text") if isinstance(code, dict) else ""
