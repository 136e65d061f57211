"""What consents say of a resource that is asked for: pure; nowhere else is it decided.

consents, request -> Outline (what no resource can change) -> of(features) -> Ruling or None

Each consent denies, permits, does not permit (it says what it permits, and this is not it), or is
silent. Together: a denial outweighs all, then a permit, then what is not permitted; where all are
silent nothing is ruled, and the local default holds (consent/default).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from garrod.care.govern.consent.house import HOUSE_RULES
from garrod.care.govern.consent.matching import has_begun
from garrod.care.govern.consent.model import Consent, Features, Kind, Request, Ruling
from garrod.care.govern.consent.purposes import CARE, RESEARCH, V3, purpose_of
from garrod.care.govern.consent.rules import Decided, Rule, rule_of
from garrod.care.govern.consent.standing import (
    KNOWN_SCOPES,
    RESEARCH_SCOPE,
    Standing,
    standing_of,
)

OPT_IN, OPT_OUT = "OPTIN", "OPTOUT"  # Source: v3-ActCode, consent directives
POLICIES = frozenset((OPT_IN, OPT_OUT))


# What one consent says, the weightiest last.
SILENT, UNPERMITTED, PERMITTED, DENIED = 0, 1, 2, 3


class Word(NamedTuple):
    """What one consent says, why, and what outweighs its denial ("": nothing does)."""

    weight: int
    why: str = ""
    yields_to: str = ""
    named: frozenset[str] = frozenset()


_SILENT = Word(SILENT)


@dataclass(frozen=True, slots=True)
class Voice:
    """A consent as it answers one request; what it said once is kept in `said`."""

    rule: Rule
    source: str
    standing: Standing
    yields_to: str
    base: Kind | None  # of its policy rule
    said: dict[Decided | tuple[str, ...], Word] = field(default_factory=dict, compare=False)

    def say(self, features: Features) -> Word:
        """Return what it says of a resource."""
        decided = self.rule.decide(features)
        word = self.said.get(decided)
        if word is None:
            word = self.said[decided] = self._standing(decided)
        return word

    def _standing(self, decided: Decided | tuple[str, ...]) -> Word:
        word = self._decided(decided) if isinstance(decided, Decided) else self._missed(decided)
        if self.standing is Standing.IN_FORCE or word.weight == SILENT:
            return word
        if self.standing is Standing.DENIES_ONLY:
            return word if word.weight == DENIED else _SILENT
        if word.weight != PERMITTED:
            return _SILENT
        return Word(UNPERMITTED, f"{self.source} was withdrawn or refused: {word.why}")

    def _decided(self, decided: Decided) -> Word:
        kind, why, named = decided
        if kind is Kind.DENY:
            return Word(DENIED, why, self.yields_to)
        if kind is Kind.PERMIT:
            return Word(PERMITTED, why, named=named)
        return self._based(why)

    def _missed(self, missed: tuple[str, ...]) -> Word:
        why = f"{self.rule.decided.why} does not cover this {' and '.join(missed)}"
        if self.rule.kind is Kind.PERMIT:
            return Word(UNPERMITTED, why)
        return self._based(why) if self.rule.kind is Kind.DENY else _SILENT

    def _based(self, why: str) -> Word:
        if self.base is Kind.PERMIT:
            return Word(PERMITTED, f"{why}; its policy is opt-in")
        if self.base is Kind.DENY:
            return Word(UNPERMITTED, f"{why}; its policy is opt-out")
        return _SILENT


@dataclass(frozen=True, slots=True)
class Outline:
    """What one person's consents say to a request; `of` says the rest for a resource, quickly."""

    voices: tuple[Voice, ...]

    @property
    def is_whole(self) -> bool:
        """Return whether the same is ruled of every resource of the person."""
        return all(voice.rule.is_whole for voice in self.voices)

    def of(self, features: Features) -> Ruling | None:
        """Return what is ruled of a resource of that person; None: no consent speaks of it."""
        words = []
        for voice in self.voices:
            word = voice.say(features)
            if word.weight:
                words.append(word)
        if not words:
            return None
        if len(words) > 1:
            words = _heard(words)
        return Ruling(words[0].weight == PERMITTED, tuple(word.why for word in words))


def _heard(words: list[Word]) -> list[Word]:
    """Return the words that weigh most, but for denials that yield to a permit given."""
    named = frozenset[str]().union(*(word.named for word in words))
    heard = [w for w in words if w.weight != DENIED or w.yields_to not in named]
    most = max(word.weight for word in heard)
    return [word for word in heard if word.weight == most]


def outline(consents: Sequence[Consent], request: Request) -> Outline:
    """Return what the consents of one person say to a request, before a resource is seen."""
    voices = [_voice(c, standing, request) for c, standing in standing_of(consents)]
    heard = [voice for voice in voices if voice is not None and _may_speak(voice)]
    return Outline((*heard, *_house(request.purpose)))


@lru_cache(maxsize=256)
def _house(purpose: str) -> tuple[Voice, ...]:
    """Return the voices of the house: they ask of a request nothing but its purpose."""
    asked = Request("", frozenset(), purpose, datetime.max.replace(tzinfo=UTC))
    voices = (_voice(rule, Standing.IN_FORCE, asked) for rule in HOUSE_RULES)
    return tuple(voice for voice in voices if voice is not None and _may_speak(voice))


def ruling(consents: Sequence[Consent], features: Features, request: Request) -> Ruling | None:
    """Return what consents say of one resource; None: none speaks, so the local default holds.

    Of a resource of several people one denial is enough to deny, and all must permit to permit.
    """
    found: list[Ruling | None] = []
    for patient in features.patients or ("",):
        own = [c for c in consents if patient and c.patient == patient]
        found.append(outline(own, request).of(features))
    denials = [r for r in found if r is not None and not r.is_permitted]
    if denials:
        return Ruling(False, tuple(why for r in denials for why in r.because))
    if any(r is None for r in found):
        return None
    return Ruling(True, tuple(why for r in found if r is not None for why in r.because))


def _voice(consent: Consent, standing: Standing, request: Request) -> Voice | None:
    """Return how a consent answers a request; None where it has nothing to say to it."""
    system, code = purpose_of(request.purpose)
    is_research = system == V3 and code in RESEARCH
    if consent.provision is None or (consent.scope == RESEARCH_SCOPE and not is_research):
        return None
    if not has_begun(consent.provision.period, request.at):
        return None
    doubts = consent.unread
    if consent.scope not in KNOWN_SCOPES:
        doubts = (*doubts, "scope")
    is_care = system == V3 and code in CARE
    rule = rule_of(consent.provision, request, consent.reference, doubts=doubts)
    base = _base_of(consent, is_care=is_care and not doubts)
    return Voice(rule, consent.reference, standing, consent.yields_to, base)


def _base_of(consent: Consent, *, is_care: bool) -> Kind | None:
    """Return what the policy rule is; an opt-in is one to care, and to nothing else unsaid."""
    codes = {code for _, code in consent.policy_rule}
    if OPT_OUT in codes:
        return Kind.DENY
    return Kind.PERMIT if OPT_IN in codes and is_care else None


def _may_speak(voice: Voice) -> bool:
    """Return whether a voice can be anything but silent."""
    if not voice.rule.missed:
        return True
    return voice.rule.kind is Kind.PERMIT or voice.base is not None
