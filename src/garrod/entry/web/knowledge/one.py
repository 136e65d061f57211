"""Words the page of one pack: what it is, what it changes, who agreed, what may be done. Pure.

Chosen, Standing, who asks -> PackView
"""

from __future__ import annotations

from collections.abc import Iterator

from garrod.care.govern.ledger import person_of
from garrod.entry.web.knowledge.acting import (
    ACTIVATE,
    APPROVE,
    ROLL_BACK,
    SIGNED,
    TWICE,
    has_approved,
    role_of,
)
from garrod.entry.web.knowledge.differing import tables_of
from garrod.entry.web.knowledge.presenter import (
    SYNTHETIC,
    Asking,
    at_words,
    moment_words,
    reviewed,
    state_words,
    stops,
)
from garrod.entry.web.knowledge.reading import Chosen, Standing
from garrod.entry.web.knowledge.view import IN_FORCE, ActView, Given, PackView
from garrod.entry.web.knowledge.words import Known
from garrod.entry.web.summary.words import day_words

SHOWN_SOURCES = 30  # Not clinical: sources that are listed
# Packs that more is made of than decisions, when a server starts.
RESTARTED = frozenset(("fhir-r4", "fhir-r4-search", "security-labels"))
RESTARTED_IN_PART = frozenset(("drugs", "clinical-terms"))
RESTART = (
    "What is made of this pack is made when the server starts: restart it (garrod serve) after it "
    "takes force or leaves it."
)
RESTART_IN_PART = (
    "Decisions use it at once. Which medicines and conditions are kept private is worked out when "
    "the server starts: restart it for that."
)
LOWERED = "{0} would be lowered if this took force. Each approver must agree to that by name."
LOWERED_BACK = "{0} would be lowered if this left force."
AGREE = "I have read which hard stops are lowered, and I agree to it"


def pack_view(
    chosen: Chosen, standing: Standing, known: Known, asking: Asking, page: tuple[str, int]
) -> PackView:
    """Return the page of one pack; `page`: the table that stands alone, if any, and which part."""
    manifest, own = chosen.pack.manifest, chosen.own
    tables = tables_of(chosen, known, page)
    cited = [
        (e.source, " ".join((e.version, e.locus)).strip()) for e in chosen.pack.evidence.values()
    ]
    given = approvals_of(chosen, standing, asking)
    lowered = LOWERED_BACK if chosen.is_in_force else LOWERED
    return PackView(
        reference=manifest.reference,
        title=manifest.title,
        state=state_words(own, standing) if own else _shipped_state(chosen, standing),
        lead=_lead(chosen),
        facts=tuple(_facts(chosen, asking)),
        covers=manifest.covers,
        leaves_out=manifest.does_not_cover,
        sources=tuple(cited[:SHOWN_SOURCES]),
        more_sources=max(0, len(cited) - SHOWN_SOURCES),
        difference=_difference(chosen),
        tables=tables,
        alone=bool(page[0]),
        lowered=chosen.lowered,
        lowered_words=lowered.format(stops(len(chosen.lowered))) if chosen.lowered else "",
        approvals=given,
        missing=missing_words(chosen, standing, given),
        void=_void(chosen, standing),
        unusable=chosen.unusable,
        restart=_restart(chosen),
        as_of=moment_words(asking.at),
        is_own=own is not None,
        sha256=own.content.sha256 if own else "",
        seen=len(standing.ledger.events),
        act=act_of(chosen, standing, asking),
        is_synthetic=SYNTHETIC in manifest.title,
    )


def _shipped_state(chosen: Chosen, standing: Standing) -> str:
    if chosen.is_in_force:
        return IN_FORCE
    instead = standing.ledger.active().get(chosen.pack.manifest.name)
    return f"Replaced by {instead.pack}" if instead else "Not in force"


def _lead(chosen: Chosen) -> str:
    if chosen.own is None:
        return "It comes with Garrod, and changes with the program alone."
    if chosen.is_in_force:
        return "It is in force in this server: decisions rest on it and name it."
    return "It is not in force: no decision rests on it."


def _facts(chosen: Chosen, asking: Asking) -> Iterator[tuple[str, str]]:
    manifest = chosen.pack.manifest
    yield "Version", manifest.version
    yield "Facts of", day_words(manifest.retrieved)
    yield "Licence", manifest.licence
    yield "Reviewed", reviewed(manifest).capitalize()
    if chosen.own is not None:
        holder = asking.name(chosen.signer) if chosen.signer else "Nobody whom this site trusts"
        yield "Signed by", holder
    yield "Rows", f"{sum(len(rows) for rows in chosen.pack.tables.values()):,}"


def _difference(chosen: Chosen) -> str:
    if chosen.own is None:
        return ""
    if chosen.instead_of is None:
        return "No other pack of its name is there: everything in it is new."
    other = chosen.instead_of.manifest.reference
    if chosen.difference is not None and chosen.difference.is_empty:
        return f"It states the same facts as {other}."
    how = "which it replaced" if chosen.is_in_force else "which is in force"
    return f"Compared with {other}, {how}."


def approvals_of(chosen: Chosen, standing: Standing, asking: Asking) -> tuple[Given, ...]:
    """Return the approvals of exactly this content."""
    if chosen.own is None:
        return ()
    clinical = {person_of(role) for role in standing.rules.clinical_roles}
    return tuple(
        Given(
            asking.name(one.by), one.role.replace("-", " "), at_words(one.at),
            person_of(one.role) in clinical, one.reason,
            bool(chosen.lowered) and set(chosen.lowered) <= set(one.lowers),
        )
        for one in standing.ledger.approvals(chosen.own.content)
    )  # fmt: skip


def missing_words(chosen: Chosen, standing: Standing, given: tuple[Given, ...]) -> str:
    """Return what approvals are missing; "" where none is, or none is asked for."""
    if chosen.own is None or chosen.is_in_force:
        return ""
    wanted = standing.rules.approvals - len(given)
    has_clinical = any(one.is_clinical for one in given)
    roles = ", ".join(role.replace("-", " ") for role in standing.rules.clinical_roles)
    parts = []
    if wanted > 0:
        parts.append(f"{wanted} more, of {'another person' if given else 'different people'}")
    if not has_clinical:
        parts.append(f"one of somebody in a clinical role ({roles})")
    if chosen.lowered and sum(one.agrees for one in given) < standing.rules.approvals:
        parts.append("the agreement of each to the hard stops that are lowered")
    return "; ".join(parts)


def _void(chosen: Chosen, standing: Standing) -> str:
    count = len(standing.ledger.void(chosen.own.content)) if chosen.own else 0
    if not count:
        return ""
    said = "1 earlier approval is" if count == 1 else f"{count} earlier approvals are"
    return f"{said} void: it was changed since."


def _restart(chosen: Chosen) -> str:
    name = chosen.pack.manifest.name
    if chosen.own is None:
        return ""
    if name in RESTARTED:
        return RESTART
    return RESTART_IN_PART if name in RESTARTED_IN_PART else ""


def act_of(chosen: Chosen, standing: Standing, asking: Asking) -> ActView:
    """Return what the one who asks may do next with a pack, or why nothing."""
    if chosen.own is None:
        return ActView()
    if not asking.may_change:
        return ActView(words="Your role reads what is proposed, and does not approve it.")
    lowers = bool(chosen.lowered)
    agree = AGREE if lowers else ""
    if chosen.is_in_force:
        words = "The pack that comes with Garrod takes its place at once."
        if chosen.instead_of is None:
            words = "Nothing takes its place."
        return ActView(ROLL_BACK, words, "Roll it back", lowers, agree, needs_reason=True)
    if chosen.unusable:
        return ActView(words="It can be neither approved nor activated until that is put right.")
    if not chosen.wanting:
        words = "Everything is checked again, then it is in force at once, in this server too."
        return ActView(ACTIVATE, words, "Put it in force")
    if person_of(asking.actor.id) == person_of(chosen.signer):
        return ActView(words=SIGNED)
    if has_approved(asking.actor, chosen, standing):
        return ActView(words=TWICE)
    role = role_of(asking.actor).replace("-", " ")
    clinical = {person_of(one) for one in standing.rules.clinical_roles}
    sort = "a clinical" if person_of(role_of(asking.actor)) in clinical else "not a clinical"
    words = f"You approve as {role}, which is {sort} role, with your name, exactly this content."
    return ActView(APPROVE, words, "Approve it", lowers, agree, needs_reason=lowers)
