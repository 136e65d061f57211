"""Whether one constraint of a provision holds: yes (True), no (False), or nobody can tell (None).

Source: HL7 FHIR R4 (4.0.1), Consent.provision, https://hl7.org/fhir/R4/consent-definitions.html;
v3-Confidentiality and v3-ActCode (HL7 terminology, CC0).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from garrod.care.govern.consent.model import (
    ActorRule,
    Bound,
    Code,
    Datum,
    Features,
    Kind,
    Meaning,
    Provision,
    Request,
    Span,
)
from garrod.care.govern.consent.purposes import covers, purpose_of

Answer = bool | None
Test = Callable[[Features], Answer]


class Check(NamedTuple):
    """A constraint that only a resource can answer, and its name in words."""

    name: str
    test: Test


# The constraints in words; what is unread is named by them.
PERIOD, ACTOR, ACTION, PURPOSE, LABEL = "period", "actor", "action", "purpose", "security label"
CLASS, CODE, DATA_PERIOD, DATA, MODIFIER = "class", "code", "data period", "data", "modifier"
ACTIONS = "http://terminology.hl7.org/CodeSystem/consentaction"
KINDS = "http://hl7.org/fhir/resource-types"
DOCUMENTS = frozenset(("http://loinc.org", "http://snomed.info/sct"))
# How confidential, from least to most. Source: v3-Confidentiality, definitions of the codes
LEVELS = {"U": 0, "L": 1, "M": 2, "N": 3, "R": 4, "V": 5}
NORMAL = LEVELS["N"]
# What lies below a sensitivity. Source: v3-ActCode (HL7/UTG, v3-ActCode.xml, commit 0424d963)
_BELOW = {
    "SUD": frozenset(("ETHUD", "OPIOIDUD")),
    "SPI": frozenset(("BH", "MH", "PSY", "PSYTHPN", "SUD", "ETHUD", "OPIOIDUD")),
}


def asked_of(provision: Provision, request: Request) -> tuple[list[str], list[str]]:
    """Return the constraints that a request does not meet, and those that nobody can tell.

    What is unread is not missed, whatever of it could be read: the rest of it may be this.
    """
    answers = (
        (PERIOD, in_period(provision.period, request.at)),
        (ACTOR, _is_actor(provision.actors, request)),
        (ACTION, _is_action(provision.actions, request.action)),
        (PURPOSE, _is_purpose(provision, request.purpose)),
    )
    unsure = [name for name, answer in answers if answer is None]
    unsure += [name for name in provision.unread if name not in unsure]
    if MODIFIER in unsure:
        return [], unsure
    missed = [name for name, answer in answers if answer is False and name not in unsure]
    return missed, unsure


def in_period(period: Span | None, at: datetime) -> bool:
    """Return whether a moment lies in a period."""
    if period is None:
        return True
    return not (_is_before(at, period.start) or _is_after(at, period.end))


def has_begun(period: Span | None, at: datetime) -> bool:
    """Return whether a period has begun at a moment."""
    return period is None or not _is_before(at, period.start)


def _is_actor(actors: tuple[ActorRule, ...], request: Request) -> Answer:
    """Return whether the requester, or a group they belong to, or their role is named.

    Of an actor named by an identifier that nobody here has, of a group that nobody can look into,
    and of a role where the requester's is not known, nobody can tell.
    """
    if not actors:
        return True
    mine = request.groups | {request.requester}
    is_unsure = False
    for actor in actors:
        if actor.reference:
            if actor.reference in mine:
                return True
            is_unsure |= "|" in actor.reference or actor.reference in request.unsure
        elif any(code == request.role for _, code in actor.roles):
            return True
        else:
            is_unsure |= not request.role
    return None if is_unsure else False


def _is_action(actions: frozenset[Code], action: str) -> Answer:
    if not actions:
        return True
    if any(code == action and system in ("", ACTIONS) for system, code in actions):
        return True
    return None if any(system not in ("", ACTIONS) for system, _ in actions) else False


def _is_purpose(provision: Provision, purpose: str) -> Answer:
    if not provision.purposes:
        return True
    if not purpose:
        return None
    asked, is_permit = purpose_of(purpose), provision.kind is not Kind.DENY
    return any(covers(stated, asked, is_permit=is_permit) for stated in provision.purposes)


def checks_of(provision: Provision) -> tuple[Check, ...]:
    """Return the constraints that only a resource can answer, but for those that are unread."""
    found: list[Check] = []
    if provision.labels:
        found.append(Check(LABEL, _label_test(provision.labels, provision.kind)))
    if provision.classes:
        found.append(Check(CLASS, _class_test(provision.classes)))
    if provision.codes:
        found.append(Check(CODE, _code_test(provision.codes)))
    if provision.data_period is not None:
        period = provision.data_period
        found.append(Check(DATA_PERIOD, lambda f: _authored_in(period, f.authored)))
    if provision.data:
        found.append(Check(DATA, _data_test(provision.data)))
    if MODIFIER in provision.unread:
        return ()
    return tuple(check for check in found if check.name not in provision.unread)


@lru_cache(maxsize=4096)
def _label_test(labels: frozenset[Code], kind: Kind | None) -> Test:
    """Return whether a label is meant.

    A permit of a confidentiality reaches that and what is less confidential; a deny that and what
    is more. Of a sensitivity, itself and what lies below it. What states no confidentiality is
    normal, and of two it has the higher.
    """
    stated = {code for _, code in labels}
    levels = [LEVELS[code] for code in stated if code in LEVELS]
    wanted = frozenset(stated - LEVELS.keys()).union(*(_BELOW.get(s, ()) for s in stated))
    if not levels:
        return lambda f: not wanted.isdisjoint(f.labels)
    if kind is Kind.DENY:
        return _reaching_up(wanted, min(levels))
    return _reaching_down(wanted, max(levels))


def _reaching_up(wanted: frozenset[str], least: int) -> Test:
    high = frozenset(code for code, level in LEVELS.items() if level >= least) | wanted
    low = frozenset(LEVELS) - high
    if least > NORMAL:
        return lambda f: not high.isdisjoint(f.labels)
    return lambda f: not high.isdisjoint(f.labels) or low.isdisjoint(f.labels)


def _reaching_down(wanted: frozenset[str], most: int) -> Test:
    high = frozenset(code for code, level in LEVELS.items() if level > most)
    low = frozenset(LEVELS) - high

    def test(features: Features) -> Answer:
        labels = features.labels
        if not wanted.isdisjoint(labels):
            return True
        if not high.isdisjoint(labels):
            return False
        return most >= NORMAL or not low.isdisjoint(labels)

    return test


def _class_test(classes: frozenset[Code]) -> Test:
    kinds = frozenset(code for system, code in classes if system in ("", KINDS))
    documents = frozenset(code for code in classes if code[0] in DOCUMENTS)
    is_unknown = any(system not in DOCUMENTS | {"", KINDS} for system, _ in classes)
    other: Answer = None if is_unknown else False

    def test(features: Features) -> Answer:
        if features.kind in kinds or not documents.isdisjoint(features.codes):
            return True
        return other

    return test


def _code_test(codes: frozenset[Code]) -> Test:
    whole = frozenset(code for code in codes if code[0])
    bare = frozenset(code for system, code in codes if not system)
    if not bare:
        return lambda f: not whole.isdisjoint(f.codes)
    return lambda f: not whole.isdisjoint(f.codes) or any(c in bare for _, c in f.codes)


def _data_test(data: tuple[Datum, ...]) -> Test:
    """Return whether a resource is one that is named, or tied to one as its meaning says."""
    named = frozenset(d.reference for d in data if d.meaning is not Meaning.AUTHORED_BY)
    authors = frozenset(d.reference for d in data if d.meaning is Meaning.AUTHORED_BY)
    tied = frozenset(
        d.reference for d in data if d.meaning in (Meaning.RELATED, Meaning.DEPENDENTS)
    )
    reached = frozenset[str]().union(*(d.reaches for d in data if d.meaning is Meaning.RELATED))

    def test(features: Features) -> Answer:
        mine = features.reference
        if mine in named or mine in reached:
            return True
        if not authors.isdisjoint(features.authors):
            return True
        return not (tied.isdisjoint(features.encounters) and tied.isdisjoint(features.refers))

    return test


def _authored_in(period: Span, authored: tuple[datetime | None, datetime | None]) -> Answer:
    """Return whether something was authored in a period; None: partly, or nobody knows when."""
    first, last = authored
    if first is None and last is None:
        return None
    if last is not None and _is_before(last, period.start):
        return False
    if first is not None and _is_after(first, period.end):
        return False
    begins = period.start is None or (first is not None and not _is_before(first, period.start))
    ends = period.end is None or (last is not None and not _is_after(last, period.end))
    return True if begins and ends else None


def _is_before(moment: datetime, bound: Bound | None) -> bool:
    if bound is None:
        return False
    return moment < bound if isinstance(bound, datetime) else _day(moment) < bound


def _is_after(moment: datetime, bound: Bound | None) -> bool:
    if bound is None:
        return False
    return moment > bound if isinstance(bound, datetime) else _day(moment) > bound


def _day(moment: datetime) -> date:
    """Return the day as it was written: in the moment's own zone."""
    return moment.date()
