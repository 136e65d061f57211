"""A medication review as plain text for a terminal: what to do, why, how, and what was not told."""

from __future__ import annotations

import textwrap

from garrod.care.decide.review_model import Do, Finding, Load, Review, TaperPlan, TaperStep
from garrod.care.decide.words import subject_words
from garrod.core.evidence import Evidence
from garrod.core.person import Person

WIDTH = 92
HEADS = {
    Do.STOP: "STOP OR TAPER",
    Do.CHANGE: "CHANGE",
    Do.START: "CONSIDER STARTING",
    Do.MONITOR: "CHECK",
    Do.ASK: "ASK",
}
MARK = {"T1": "!!", "T2": "! ", "T3": "- ", "T4": "· "}
LEGEND = "!! must not go on   ! act now   - act at this review   · consider"
NOT_SIGNED = "No clinician has signed these rules. Decide with the person."


def review_text(review: Review, person: Person) -> str:
    """Return the whole review as text, grouped by what to do."""
    who = person.name or person.reference
    mark = " (synthetic)" if person.is_synthetic else ""
    lines = [f"{who}{mark} · medication review", *_load(review.load), LEGEND, ""]
    for do, head in HEADS.items():
        found = review.of(do)
        if found:
            lines.append(head)
            for finding in found:
                lines += [*_finding(finding), ""]
    if not review.findings:
        lines += ["No finding.", ""]
    if review.further:
        lines += ["ALSO SEEN", *(row for f in review.further for row in _item(f.title)), ""]
    if review.clear:
        lines.append("NEEDS NO CHANGE BY GENES")
        lines += [row for c in review.clear for row in _item(f"{c.target.name}. {c.reason}")]
        lines.append("")
    if review.not_assessed:
        lines.append("NOT ASSESSED")
        for gap in review.not_assessed:
            lines += _item(f"{gap.target.name}, {subject_words(gap.subject)}: {gap.reason}")
        lines.append("")
    return "\n".join([*lines, NOT_SIGNED]) + "\n"


def _load(load: Load) -> list[str]:
    """Return how much is taken, in one or two lines."""
    said = f"{load.lines} medicines on the list, {load.as_needed} of them when needed."
    if load.counted:
        said += (
            f" At least {load.units:f} tablets or capsules a day "
            f"({load.counted} of {load.lines} lines say how many)."
        )
    dear = [f"{name} cost: {', '.join(mine)}" for name, mine in load.costs if name != "low"]
    return _wrapped(" ".join((said, *(f"{d[:1].upper()}{d[1:]}." for d in dear))))


def _finding(finding: Finding) -> list[str]:
    """Return one finding: title, what to do, what else speaks for it, plans, sources."""
    lines = _wrapped(MARK.get(finding.tier.value, "· ") + finding.title)
    for words in dict.fromkeys(part.summary for part in finding.parts):
        lines += _wrapped(words, 4)
    for title in dict.fromkeys(part.title for part in finding.parts):
        if title != finding.title:
            lines += _wrapped(f"also: {title}", 4)
    facts = dict.fromkeys(b.text for p in finding.parts for b in p.because if b.step == "person")
    lines += [row for fact in facts for row in _wrapped(f"because: {fact}", 4)]
    options = dict.fromkeys(o.name for part in finding.parts for o in part.options)
    if options:
        lines += _wrapped(f"to consider: {', '.join(options)}", 4)
    for plan in finding.plans:
        lines += _plan(plan)
    return [*lines, *_wrapped("source: " + "; ".join(map(_cited, finding.sources)), 4)]


def _plan(plan: TaperPlan) -> list[str]:
    """Return a plan to taper as a few lines; of one that is not offered, why."""
    if plan.blocked:
        return _wrapped(f"plan for {plan.medicine}: none is offered here ({plan.blocked})", 4)
    steps = "; ".join(map(_step, plan.steps))
    return [
        *_wrapped(f"plan for {plan.medicine}: {steps}", 4),
        *_wrapped(f"watch: {'; '.join(plan.watch)}", 6),
        *_wrapped(f"if it goes badly: {plan.restart}", 6),
        *_wrapped(f"not for: {plan.not_for}", 6),
        *_wrapped(f"source: {_cited(plan.evidence)}", 6),
    ]


def _step(step: TaperStep) -> str:
    if step.dose_factor == 0:
        return "then stop"
    share = f"{step.dose_factor * 100:f}".rstrip("0").rstrip(".") if step.dose_factor else ""
    amount = f" (about {step.daily_mg:f} mg a day)" if step.daily_mg is not None else ""
    return f"{share} % of today's dose{amount} for {step.days} days"


def _cited(evidence: Evidence) -> str:
    """Return a citation in a few words; in full it stands in the JSON and the pack."""
    source = ", ".join(evidence.source.split(", ")[:2])
    place = evidence.locus.partition(";")[0]
    doubt = " (unchecked)" if "(unchecked)" in evidence.locus and "(unchecked)" not in place else ""
    return f"{source}, {place}{doubt}" if place else source


def _item(text: str) -> list[str]:
    return _wrapped(f"- {text}", 0)


def _wrapped(text: str, indent: int = 0) -> list[str]:
    pad = " " * indent
    return textwrap.wrap(text, WIDTH, initial_indent=pad, subsequent_indent=pad + "  ")
