"""A card as CDS Hooks writes it: never a null, never an empty field, never a word of its own.

Card + the draft it answers -> JSON; the answer to a call as bytes
Source: CDS Hooks 2.0, https://cds-hooks.hl7.org/2.0/#card-attributes
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from garrod.adapters.cds.markdown import detail_of
from garrod.adapters.fhir.cards import REASONS
from garrod.adapters.fhir.lines.names import ROOT
from garrod.care.decide.card import MOST_WORDS, Card
from garrod.care.decide.notices import cancel_words
from garrod.core.advice import Action, Advice, Option, Tier

TOPICS = f"{ROOT}/advice-action"
EXTENSION, ANSWER = "health.garrod.card", "health.garrod.answer"
LABEL = "Garrod"
NOTICE = "not-assessed"  # the topic of a card without advice
MOST_LINKS = 5  # Not clinical: more sources than these stand in the detail alone
_AGAINST = (Action.AVOID, Action.STOP, Action.PREFER_ALTERNATIVE)


@dataclass(frozen=True, slots=True)
class Place:
    """What a card is shown beside: the person and draft of the caller, and our own addresses."""

    uuid: UUID
    patient: str  # the logical id, as the caller knows it
    order: str = ""  # the reference of the draft that it answers, or ""
    page: str = ""  # where our sources are told of, an absolute address or ""
    app: str = ""  # a SMART app's launch address, where the site has one
    again: str = ""  # the command that gives the same advice again, or ""


@dataclass(frozen=True, slots=True)
class Suggested:
    """A suggestion: its id, what it is called, and what accepting it does."""

    id: str
    label: str
    actions: tuple[dict[str, Any], ...]


def card_json(card: Card, place: Place) -> dict[str, Any]:
    """Return one card."""
    suggestions = suggested(card, place)
    told: dict[str, Any] = {
        "uuid": str(place.uuid),
        "summary": card.headline[:MOST_WORDS],
        "detail": detail_of(card),
        "indicator": card.indicator,
        "source": _source(card, place),
        "suggestions": [
            {"label": s.label, "uuid": s.id, "actions": list(s.actions)} for s in suggestions
        ],
        "selectionBehavior": "at-most-one" if suggestions else "",
        "overrideReasons": [
            {"code": r.code, "system": REASONS, "display": r.words} for r in card.reasons
        ],
        "links": _links(card, place),
        "extension": {EXTENSION: _extension(card, place)},
    }
    return dict(filled(told))


def answer_json(
    cards: Sequence[dict[str, Any]], orders: Sequence[dict[str, Any]], notes: Iterable[str]
) -> dict[str, Any]:
    """Return the answer to a call; `orders` tell of every draft, shown or not."""
    more = filled({"orders": list(orders), "notes": list(notes)})
    return {"cards": list(cards), **({"extension": {ANSWER: more}} if more else {})}


def suggested(card: Card, place: Place) -> tuple[Suggested, ...]:
    """Return the options that can be signed at once, and taking the order back where it is unsafe.

    Their ids follow from the card's, so that feedback can be understood later.
    """
    gone = _deleted(card, place)
    found = [
        Suggested(
            str(uuid5(place.uuid, f"option {number}")),
            option.name,
            (*(() if _is_test(option) else gone), _created(option, place)),
        )
        for number, option in enumerate(card.options)
        if option.order
    ]
    if gone and any(a.action in _AGAINST for a in card.advice if a.tier in (Tier.T1, Tier.T2)):
        words = cancel_words(card.target)
        found.append(Suggested(_id(place, "cancel"), words, gone))
    return tuple(found)


def filled(value: Any) -> Any:
    """Return a value without what is null or empty, however deep: CDS Hooks allows neither."""
    if isinstance(value, dict):
        kept = {k: filled(v) for k, v in value.items()}
        return {k: v for k, v in kept.items() if v not in (None, "", [], {})}
    if isinstance(value, list | tuple):
        return [v for item in value if (v := filled(item)) not in (None, "", [], {})]
    return value


def _id(place: Place, name: str) -> str:
    return str(uuid5(place.uuid, name))


def _is_test(option: Option) -> bool:
    """Return whether an option is a test beside the medicine, which is then not taken back."""
    return bool(option.order) and (option.order or {}).get("resourceType") == "ServiceRequest"


def _deleted(card: Card, place: Place) -> tuple[dict[str, Any], ...]:
    if not place.order:
        return ()
    words = cancel_words(card.target)
    return ({"type": "delete", "description": words, "resourceId": place.order},)


def _created(option: Option, place: Place) -> dict[str, Any]:
    resource = {**(option.order or {}), "subject": {"reference": f"Patient/{place.patient}"}}
    return {
        "type": "create",
        "description": option.reason or option.name,
        "resource": filled(resource),
    }


def _source(card: Card, place: Place) -> dict[str, Any]:
    lead = card.advice[0] if card.advice else None
    cited = lead.evidence[0] if lead and lead.evidence else None
    url = cited.url if cited and _is_web(cited.url) else place.page
    topic = lead.action.value if lead else NOTICE
    return {
        "label": cited.source if cited else LABEL,
        "url": url,
        "topic": {"system": TOPICS, "code": topic},
    }


def _links(card: Card, place: Place) -> list[dict[str, Any]]:
    found = {
        e.url: f"{e.source} {e.version}".strip()
        for advice in card.advice
        for e in advice.evidence
        if e.url and _is_web(e.url)
    }
    links = [{"label": v, "url": k, "type": "absolute"} for k, v in found.items()][:MOST_LINKS]
    if place.app:
        links.append({"label": LABEL, "url": place.app, "type": "smart", "appContext": card.id})
    return links


def _is_web(url: str | None) -> bool:
    return bool(url) and str(url).startswith("https://") and " " not in str(url)


def _extension(card: Card, place: Place) -> dict[str, Any]:
    return {
        "card": card.id,
        "tier": card.tier.value,
        "order": place.order,
        "needs": list(card.needs),
        "advice": [_of(a) for a in card.advice],
        "quiet": [_of(a) for a in card.quiet],
        "not_assessed": [n.as_json() for n in card.not_assessed],
        "command": place.again,
    }


def _of(advice: Advice) -> dict[str, Any]:
    """Return a piece of advice by its codes, with its chain down to the lines of the file."""
    return {
        "id": advice.id,
        "action": advice.action.value,
        "tier": advice.tier.value,
        "packs": list(advice.packs),
        "because": [{"step": b.step, "text": b.text, "ref": b.ref} for b in advice.because],
    }
