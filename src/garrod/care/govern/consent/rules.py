"""A provision as a rule for one request: what only a resource can still answer is left in it.

Provision + Request -> Rule -> (of a resource) what it decides, or nothing where it does not match
"""

from __future__ import annotations

from typing import NamedTuple

from garrod.care.govern.consent.matching import (
    MODIFIER,
    Answer,
    Check,
    asked_of,
    checks_of,
)
from garrod.care.govern.consent.model import Features, Kind, Provision, Request

ACTOR = "actor"  # how a permit may be specific: it names who asks
STUDY = "actor and purpose"  # and what for; a label that it names is another way


class Decided(NamedTuple):
    """What a rule decides, by which provision, and in which ways that one is specific."""

    kind: Kind | None  # None: the base, which is the policy's
    why: str
    named: frozenset[str]


class Rule(NamedTuple):
    """A provision that the request meets, or may meet; `missed`: why it does not."""

    kind: Kind | None
    path: str
    decided: Decided  # by itself: "Consent/x, provision.provision[0] (deny)"
    checks: tuple[Check, ...] = ()
    unsure: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Return whether it decides the same of every resource."""
        if self.missed:
            return True
        return not self.checks and all(rule.is_whole for rule in self.rules)

    def decide(self, features: Features) -> Decided | tuple[str, ...]:
        """Return what it and its exceptions decide; where it does not match, the reasons.

        Where nobody can tell whether it matches, it does if it would deny, and does not otherwise.
        """
        if self.missed:
            return self.missed
        unsure = self.unsure
        if self.checks:
            missed, unknown = self._asked(features)
            if missed:
                return missed
            unsure += unknown
        decided = self._matched(features)
        if not unsure:
            return decided
        if decided.kind is not Kind.DENY:
            return tuple(f"{name} that cannot be judged" for name in unsure)
        doubt = f", as {self.path}'s {' and '.join(unsure)} cannot be judged"
        return Decided(Kind.DENY, f"{decided.why}{doubt}", frozenset())

    def _matched(self, features: Features) -> Decided:
        """Return what it decides where it matches: by an exception, else by itself."""
        found: Decided | None = None
        for rule in self.rules:
            decided = rule.decide(features)
            if isinstance(decided, Decided):
                if decided.kind is Kind.DENY:
                    return decided
                found = found or decided
        return found or self.decided

    def _asked(self, features: Features) -> tuple[tuple[str, ...], tuple[str, ...]]:
        missed: tuple[str, ...] = ()
        unsure: tuple[str, ...] = ()
        for name, test in self.checks:
            answer: Answer = test(features)
            if answer is None:
                unsure += (name,)
            elif not answer:
                missed += (name,)
        return missed, unsure


def rule_of(
    provision: Provision, request: Request, source: str, *, doubts: tuple[str, ...]
) -> Rule:
    """Return a provision as a rule. Exceptions that cannot match are left out.

    `source` names the consent; `doubts` are what in the whole consent nobody understands.
    """
    missed, unsure = asked_of(provision, request)
    if MODIFIER in doubts:
        missed = []
    kind = provision.kind
    words = f"{source}, {provision.path} ({kind.value if kind else 'base'})"
    below = (rule_of(p, request, source, doubts=doubts) for p in provision.provisions)
    return Rule(
        kind=kind,
        path=provision.path,
        decided=Decided(kind, words, _named(provision)),
        checks=() if missed or MODIFIER in doubts else checks_of(provision),
        unsure=(*unsure, *doubts),
        missed=tuple(missed),
        rules=() if missed else tuple(rule for rule in below if not rule.missed),
    )


def _named(provision: Provision) -> frozenset[str]:
    """Return in which ways a provision is specific."""
    found = {code for _, code in provision.labels}
    if provision.actors:
        found.add(ACTOR)
        if provision.purposes:
            found.add(STUDY)
    return frozenset(found)
