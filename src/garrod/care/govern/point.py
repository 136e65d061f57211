"""The decision point: policy, relation, consent, scopes and labels, put together for one person.

actor, standing of a person -> Rights: for a deed and a kind a permit, a denial, or "look closer"
Pure: what the record says of a person is given; what is kept, and for how long, is the asker's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from garrod.care.govern.access import Actor, Deed
from garrod.care.govern.consent.default import default_ruling
from garrod.care.govern.consent.evaluate import Outline, Voice, outline
from garrod.care.govern.consent.model import Features, Membership, Request, Ruling
from garrod.care.govern.policy import (
    DEEDS,
    DENIED,
    DIRECT,
    DISCLOSING,
    NOBODY,
    PERMITTED,
    RELATIONS,
    SILENT,
    Policing,
    Question,
)
from garrod.care.govern.relation import Standing, relation_of
from garrod.care.govern.said import Said, saying, unsaid, unsaid_of, with_house
from garrod.care.govern.scopes import Grant, InsufficientScope, Token, Whose, granted_to
from garrod.core.identifiers import OdsCode

Tokens = Callable[[], Mapping[str, Collection[Token]]]
MOST = 20_000  # Not clinical: questions of role and kind whose answers are kept
NOTHING = Membership()
HOUSE = "house rule"  # how the names of rules begin that hold for everybody
# What a deed is to consent. Source: HL7 terminology, consentaction (R4): collect, access, use,
# disclose, correct; which deed is which is the project's own reading.
ACTIONS: Mapping[Deed, str] = {
    Deed.READ: "access",
    Deed.SEARCH: "access",
    Deed.HISTORY: "access",
    Deed.LISTEN: "access",
    Deed.CREATE: "collect",
    Deed.UPDATE: "correct",
    Deed.DELETE: "correct",
    Deed.OPERATE: "use",
    Deed.EXPORT: "disclose",
}
OUT_OF_SCOPE = "what the app was granted does not reach so far"


@dataclass(frozen=True, slots=True)
class Seen:
    """What is asked about one resource; `tokens` are looked up only where a scope asks for them."""

    features: Features
    tokens: Tokens = dict


@dataclass(frozen=True, slots=True)
class Answer:
    """May it be done? `is_whole` False: of some resources of the kind only."""

    is_permitted: bool
    is_whole: bool = True
    because: tuple[str, ...] = ()


class Rights:
    """What one actor may do with what is one person's ("" for what is nobody's)."""

    __slots__ = (
        *("_answers", "_granted", "_is_silent", "_outlines", "_plain", "_policing", "_request"),
        "_standing",
        *("actor", "patient", "relation"),
    )

    def __init__(
        self,
        policing: Policing,
        actor: Actor,
        standing: Standing | None,
        relation: str,
        request: Request,
    ) -> None:
        self.actor = actor
        self.patient = standing.patient if standing else ""
        self.relation = relation
        self._policing = policing
        self._standing = standing
        self._is_silent = standing is not None and not standing.consents
        self._request = request
        self._outlines: dict[str, Outline] = {}
        self._plain: dict[tuple[Deed, str], Answer] = {}
        self._answers: dict[tuple[Deed, str], Answer] = {}
        self._granted: dict[tuple[Deed, str], tuple[Grant, ...] | None] = {}

    def answer(self, deed: Deed, kind: str) -> Answer:
        """Return what can be said before any resource is seen."""
        found = self._answers.get((deed, kind))
        if found is None:
            found = self._answers[deed, kind] = self._answered(deed, kind)
        return found

    def plain(self, deed: Deed, kind: str) -> Answer:
        """Return what can be said of a resource that bears no label which the house guards.

        Where the person gave no consent, that is all: nothing else is asked of a resource.
        """
        found = self._plain.get((deed, kind))
        if found is None:
            found = self._plain[deed, kind] = self._plainly(deed, kind)
        return found

    def _plainly(self, deed: Deed, kind: str) -> Answer:
        found = self.answer(deed, kind)
        granted = self._granted.get((deed, kind))
        is_narrow = granted is not None and all(grant.parameters for grant in granted)
        is_direct = self._policing.terms.purpose(self.actor.purpose) in DIRECT
        has_consents = self._standing is not None and not self._is_silent
        if found.is_whole or has_consents or is_narrow or not is_direct:
            return found
        said, because = self._said_of_kind(deed, kind)
        verdict = self._asked(deed, kind, "", said)
        return Answer(verdict.is_permitted, because=(*verdict.because, *because))

    def allows(self, deed: Deed, seen: Seen) -> Answer:
        """Return whether something may be done with one resource."""
        features = seen.features
        found = self.answer(deed, features.kind)
        if found.is_whole:
            return found
        if not self._is_granted(deed, seen):
            return Answer(False, because=(OUT_OF_SCOPE,))
        said, because = self._said(deed, features)
        label = self._policing.terms.label(features.labels)
        verdict = self._asked(deed, features.kind, label, said)
        return Answer(verdict.is_permitted, because=(*verdict.because, *because))

    def _answered(self, deed: Deed, kind: str) -> Answer:
        try:
            granted = self._granted[deed, kind] = granted_to(self.actor, deed, kind)
        except InsufficientScope:
            return Answer(False, because=(OUT_OF_SCOPE,))
        if not self._is_of_launch(granted):
            return Answer(False, because=(OUT_OF_SCOPE,))
        is_told = DEEDS[deed] in DISCLOSING
        labels = self._policing.terms.guarded(kind) if is_told else ("",)
        sayings = self._sayings(deed) if is_told else (SILENT,)
        verdicts = self._policing.ask_each(self._question(deed, kind), labels, sayings)
        permitted = {verdict.is_permitted for verdict in verdicts}
        if permitted == {False}:
            is_said = is_told and self._is_unstated(deed)
            words = self._said_of_kind(deed, kind)[1] if is_said else verdicts[0].because
            return Answer(False, because=words)
        is_narrow = granted is not None and all(grant.parameters for grant in granted)
        if is_narrow or len(permitted) > 1:
            return Answer(True, is_whole=False)
        return Answer(True, because=verdicts[0].because)

    def _is_of_launch(self, granted: tuple[Grant, ...] | None) -> bool:
        """Return whether the person is one whom the launch and the scopes are about."""
        if self.relation == NOBODY:
            return True
        if self.actor.patient and self.actor.patient != self.patient:
            return False
        if granted is None:
            return True
        return any(g.whose is not Whose.PATIENT or self.actor.patient for g in granted)

    def _is_granted(self, deed: Deed, seen: Seen) -> bool:
        granted = self._granted.get((deed, seen.features.kind))
        if granted is None:
            return True
        if any(not grant.parameters for grant in granted):
            return True
        tokens = seen.tokens()
        return any(grant.fits(tokens) for grant in granted)

    def _outline(self, deed: Deed) -> Outline | None:
        """Return what consent says to a deed, made once for each action; None: nobody's."""
        if self._standing is None:
            return None
        action = ACTIONS[deed]
        found = self._outlines.get(action)
        if found is None:
            asked = self._request
            asked = asked if asked.action == action else replace(asked, action=action)
            found = self._outlines[action] = outline(self._standing.consents, asked)
        return found

    def _sayings(self, deed: Deed) -> tuple[str, ...]:
        """Return what consent may say of a resource of the person."""
        if self._is_silent:
            return unsaid(self._request.purpose)
        said = self._outline(deed)
        if said is None:
            return (SILENT,)
        if not all(voice.rule.is_whole for voice in _own(said)):
            return (SILENT, PERMITTED, DENIED)
        usual, _ = self._said(deed, Features("", ""))
        return with_house(said, usual)

    def _is_unstated(self, deed: Deed) -> bool:
        """Return whether no purpose is stated and no consent of the person speaks to that."""
        said = self._outline(deed)
        return said is not None and not self._request.purpose and not _own(said)

    def _said_of_kind(self, deed: Deed, kind: str) -> Said:
        """Return what is said of a resource of a kind of which nothing else is known."""
        if self._is_silent:
            return unsaid_of(self._request.purpose, kind)
        return self._said(deed, Features("", kind))

    def _said(self, deed: Deed, features: Features) -> Said:
        said = self._outline(deed)
        if said is None:
            return SILENT, ()
        if self._is_unstated(deed):
            ruled: Ruling | None = default_ruling(features, self._request)
        else:
            ruled = said.of(features)
        return saying(ruled), ruled.because if ruled else ()

    def _asked(self, deed: Deed, kind: str, label: str, said: str) -> Answer:
        question = self._question(deed, kind)
        if DEEDS[deed] in DISCLOSING:
            question = question._replace(label=label, consent=said)
        found = self._policing.ask(question)
        return Answer(found.is_permitted, because=found.because)

    def _question(self, deed: Deed, kind: str) -> Question:
        terms = self._policing.terms
        of, purpose = terms.kind(kind), terms.purpose(self.actor.purpose)
        return Question(self.actor.role, DEEDS[deed], of, self.relation, purpose)


def _own(said: Outline) -> list[Voice]:
    """Return the voices that are the person's, and not the house's."""
    return [voice for voice in said.voices if not voice.source.startswith(HOUSE)]


def rights_of(
    policing: Policing,
    actor: Actor,
    standing: Standing | None,
    at: datetime,
    *,
    groups: Iterable[str] = (),
    member: Membership = NOTHING,
) -> Rights:
    """Return what an actor may do with what is a person's; standing None: with what is nobody's.

    `groups` are those that the record says the actor is a member of: they may tie the actor to the
    person. `member` is what else consents may call them by, and what of that nobody can tell.
    Where a glass is open to the actor, they act in an emergency, for its reason.
    """
    glass = standing.glass_of(actor, at) if standing and standing.glasses else None
    actor = glass.worn_by(actor) if glass else actor
    organisation = (actor.organisation,) if "/" in actor.organisation else ()
    known = frozenset((*actor.groups, *groups, *organisation))
    relation = relation_of(actor, standing, at, groups=known) if standing else NOBODY
    asked = Request(
        requester=actor.id,
        groups=known | member.groups | _numbered(actor.organisation),
        purpose=actor.purpose.strip(),
        at=at,
        role=actor.role,
        unsure=member.unsure - known,
    )
    return Rights(policing, actor, standing, relation, asked)


def _numbered(organisation: str) -> frozenset[str]:
    """Return an ODS code as consents name it: system and value; none where it is no code."""
    is_code = bool(organisation) and "/" not in organisation
    return frozenset((f"{OdsCode.system}|{organisation}",)) if is_code else frozenset()


def relations_permitted(policing: Policing, actor: Actor, deed: Deed, kind: str) -> tuple[str, ...]:
    """Return the relations under which a role may do something to a kind, consent permitting."""
    key = (actor.role, actor.purpose, deed, kind, policing.is_stale)
    found = policing.permitted.get(key)
    if found is None:
        if len(policing.permitted) > MOST:
            policing.permitted.clear()
        found = policing.permitted[key] = _relations(policing, actor, deed, kind)
    return found


def _relations(policing: Policing, actor: Actor, deed: Deed, kind: str) -> tuple[str, ...]:
    terms = policing.terms
    kinds = {terms.kind(kind)} if kind else {*terms.kinds.values()}
    return tuple(
        relation
        for relation in RELATIONS
        if any(
            policing.ask(
                Question(
                    actor.role, DEEDS[deed], of, relation, terms.purpose(actor.purpose), "", said
                )
            ).is_permitted
            for of in kinds
            for said in _sayable(relation, deed)
        )
    )


def _sayable(relation: str, deed: Deed) -> tuple[str, ...]:
    is_asked = relation != NOBODY and DEEDS[deed] in DISCLOSING
    return (SILENT, PERMITTED) if is_asked else (SILENT,)
