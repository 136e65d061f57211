"""An answer to an order as FHIR: a GuidanceResponse that carries its proposals and its gaps.

Answered or a review -> Parameters of GuidanceResponses (a RequestGroup with the draft orders, an
OperationOutcome of what was not assessed), or the plain JSON of `garrod advise` with its card
Source: HL7 FHIR R4 (4.0.1), GuidanceResponse, RequestGroup; Clinical Reasoning, evaluation message
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from garrod.adapters.cds.cards import Place, card_json, filled
from garrod.care.decide.card import Card
from garrod.care.decide.model import Decision
from garrod.care.decide.words import subject_words
from garrod.core.advice import Advice, NotAssessed, Option, Target
from garrod.core.evidence import Evidence

Json = dict[str, Any]
MODULE = "https://garrod.health/fhir/PlanDefinition/advise"
PRIORITY = {"T1": "stat", "T2": "urgent"}  # the rest is routine


@dataclass(frozen=True, slots=True)
class Guided:
    """What is said of one order (or of everything taken), and the card it would be shown as."""

    target: Target
    decision: Decision
    card: Card | None


def plain(guided: Guided, place: Place) -> Json:
    """Return the JSON of `garrod advise`, with the card beside it where there is one."""
    said = guided.decision.as_json()
    return {**said, "card": plain_card(guided.card, place) if guided.card else None}


def plain_card(card: Card, place: Place) -> Json:
    """Return a card without the ids of one showing: nothing here is waited for."""
    found = card_json(card, place)
    found.pop("uuid")
    for suggestion in found.get("suggestions", ()):
        suggestion.pop("uuid")
    return {**found, "id": card.id, "tier": card.tier.value}


def parameters(
    guided: Iterable[Guided], patient: str, at: datetime, tasks: Iterable[Json] = ()
) -> Json:
    """Return Parameters with a GuidanceResponse for each order, in the order asked; then tasks."""
    parts = [{"name": "guidance", "resource": _guidance(one, patient, at)} for one in guided]
    parts += [{"name": "task", "resource": task} for task in tasks]
    return {"resourceType": "Parameters", **({"parameter": parts} if parts else {})}


class _Contained:
    """What a GuidanceResponse carries: each draft order once, tasks for what is no order."""

    def __init__(self, subject: Json) -> None:
        self.subject = subject
        self.resources: list[Json] = []
        self._orders: dict[str, str] = {}

    def order(self, option: Option) -> str:
        """Return the reference of an option's draft order; of a task where it has none."""
        if not option.order:
            return self.task(option.name, option.reason)
        if option.name not in self._orders:
            self._orders[option.name] = self._add({**option.order, "subject": self.subject})
        return self._orders[option.name]

    def task(self, words: str, reason: str = "") -> str:
        """Return the reference of a proposed task."""
        return self._add(
            {
                "resourceType": "Task",
                "status": "draft",
                "intent": "proposal",
                "description": words,
                "for": self.subject,
                "reasonCode": {"text": reason},
            }
        )

    def _add(self, resource: Json) -> str:
        id = f"proposal-{len(self.resources) + 1}"
        self.resources.append({**resource, "id": id})
        return f"#{id}"


def _guidance(guided: Guided, patient: str, at: datetime) -> Json:
    subject = {"reference": f"Patient/{patient}"}
    inside = _Contained(subject)
    group = _group(guided, inside)
    gaps = _gaps(guided.decision.not_assessed)
    return dict(
        filled(
            {
                "resourceType": "GuidanceResponse",
                "contained": [*inside.resources, gaps, group],
                "moduleUri": MODULE,
                "status": "data-required" if _lacks(guided.decision) else "success",
                "subject": subject,
                "occurrenceDateTime": at.isoformat(timespec="seconds"),
                "reasonCode": [{"text": guided.target.name}],
                "note": [{"text": c.reason} for c in guided.decision.clear],
                "evaluationMessage": [{"reference": "#gaps"}] if gaps else [],
                "result": {"reference": "#proposals"} if group else {},
            }
        )
    )


def _lacks(decision: Decision) -> bool:
    """Return whether facts were missing that a source could not give."""
    return any(n.subject == "sources" for n in decision.not_assessed)


def _group(guided: Guided, inside: _Contained) -> Json:
    if not guided.decision.advice:
        return {}
    return {
        "resourceType": "RequestGroup",
        "id": "proposals",
        "status": "draft",
        "intent": "proposal",
        "subject": inside.subject,
        "action": [_action(a, inside) for a in guided.decision.advice],
    }


def _action(advice: Advice, inside: _Contained) -> Json:
    """Return an action: its options, or a task (an action has the one or the other)."""
    options = [
        {
            "title": o.name,
            "description": o.reason,
            "resource": {"reference": inside.order(o)},
        }
        for o in advice.options
    ]
    return {
        "title": advice.title,
        "description": advice.summary,
        "priority": PRIORITY.get(advice.tier.value, "routine"),
        "code": [
            {"coding": [{"system": f"{MODULE}/action", "code": advice.action.value}]},
            {"coding": [{"system": f"{MODULE}/tier", "code": advice.tier.value}]},
            {"coding": [{"system": f"{MODULE}/advice", "code": advice.id}]},
        ],
        "documentation": [_citation(e) for e in advice.evidence],
        "selectionBehavior": "at-most-one" if options else "",
        "action": options,
        "resource": {} if options else {"reference": inside.task(advice.title)},
    }


def _citation(evidence: Evidence) -> Json:
    return {
        "type": "citation",
        "label": evidence.version,
        "display": evidence.source,
        "citation": evidence.locus,
        "url": evidence.url if evidence.url and " " not in evidence.url else "",
    }


def _gaps(gaps: Iterable[NotAssessed]) -> Json:
    issues = [
        {
            "severity": "information",
            "code": "incomplete",
            "details": {"text": f"{n.target.name}, {subject_words(n.subject)}: {n.reason}"},
            "diagnostics": n.code,
        }
        for n in gaps
    ]
    return {"resourceType": "OperationOutcome", "id": "gaps", "issue": issues} if issues else {}
