"""A decision as plain text for a terminal: what to do, with what, how sure, why."""

from __future__ import annotations

import textwrap

from garrod.care.decide.model import Decision
from garrod.care.decide.words import likelihood, subject_words
from garrod.core.advice import Advice, NotAssessed, Tier
from garrod.core.medicine import Proposal
from garrod.core.person import Person

WIDTH = 92
UNKNOWN = "unknown-drug"  # the code of a medicine that nothing here knows
SEVERITIES = ("contraindicated", "serious", "moderate", "minor")  # of rules; genes have strengths
LOUD = {Tier.T1: "STOP", Tier.T2: "CHANGE", Tier.T3: "NOTE", Tier.T4: "INFO", Tier.T5: "INFO"}


def decision_text(decision: Decision, person: Person, proposal: Proposal) -> str:
    """Return the whole answer as text, the most urgent advice first."""
    who = person.name or person.reference
    mark = " (synthetic)" if person.is_synthetic else ""
    medicine = proposal.medicine
    what = f"proposed: {medicine.text}" if medicine else "review of all medicines"
    lines = [f"{who}{mark} · {what}", ""]
    for advice in decision.advice:
        lines += [*advice_lines(advice), ""] if advice.tier is not Tier.T5 else []
    silent = sum(advice.tier is Tier.T5 for advice in decision.advice)
    if silent:
        lines += _wrapped(f"{'':8}kept on file without a word (tier 5): {silent}")
    for clear in decision.clear:
        lines += _wrapped(f"OK      {clear.target.name}. {clear.reason}")
    if not decision.advice and not decision.clear:
        lines += [*_wrapped(_nothing(decision, person, proposal)), ""]
    lines += _gaps(decision.not_assessed)
    return "\n".join(lines).rstrip() + "\n"


def _nothing(decision: Decision, person: Person, proposal: Proposal) -> str:
    """Return what an answer says that holds neither advice nor a clear medicine."""
    if proposal.medicine is None and not person.medicines:
        return "No current medicine is on the list."
    unknown = sum(gap.code == UNKNOWN for gap in decision.not_assessed)
    if proposal.medicine is not None or unknown >= len(person.medicines):
        return "Nothing could be assessed."
    return "Nothing speaks against what is taken in what the rules here check."


def advice_lines(advice: Advice) -> list[str]:
    """Return one piece of advice: title, words, options, certainty, proof chain."""
    lines = _wrapped(f"{LOUD[advice.tier]:7} {advice.title}")
    lines += _wrapped(advice.summary, indent=8)
    for option in advice.options:
        lines += _wrapped(f"→ {option.name}: {option.reason}", indent=8)
    lines += [f"{'':8}{_weight(advice)}"]
    lines += [f"{'':8}Why:"]
    for step in advice.because:
        ref = f" [{step.ref}]" if step.ref and step.ref not in step.text else ""
        lines += _wrapped(f"- {step.text}{ref}", indent=10)
    cited = dict.fromkeys(
        f"{e.source} {e.version}".strip() + (f", PMID {e.pmid}" if e.pmid else "")
        for e in advice.evidence
    )
    lines += _wrapped(f"- evidence: {'; '.join(cited)}", indent=10)
    lines += _wrapped(f"- packs: {', '.join(advice.packs)}", indent=10)
    return lines


def _weight(advice: Advice) -> str:
    """Return how grave advice by rules is; of advice by genes, how strong and how sure."""
    if advice.p_recommendation is None and advice.strength in SEVERITIES:
        return f"severity {advice.strength}"
    return f"strength {advice.strength} · {_sure(advice)}"


def _sure(advice: Advice) -> str:
    if advice.p_recommendation is None:
        return "certain by rule" if advice.stable else "no result yet"
    said = likelihood(advice.p_recommendation)
    if advice.stable:
        return f"{said}, the same under every candidate"
    nexts = (
        f"; reading {advice.next_position} next would settle most" if advice.next_position else ""
    )
    return f"{said}, not the same under every candidate{nexts}"


def _gaps(gaps: tuple[NotAssessed, ...]) -> list[str]:
    if not gaps:
        return []
    lines = ["Not assessed:"]
    for gap in gaps:
        lines += _wrapped(
            f"- {gap.target.name}, {subject_words(gap.subject)}: {gap.reason}", indent=2
        )
    return lines


def _wrapped(text: str, *, indent: int = 0) -> list[str]:
    pad = " " * indent
    hang = pad + ("  " if text.startswith(("-", "→")) else "" if indent else " " * 8)
    return textwrap.wrap(text, WIDTH, initial_indent=pad, subsequent_indent=hang) or [pad]
