"""The words of a piece of advice, composed from coded actions and the pack's phrases."""

from __future__ import annotations

from collections.abc import Sequence

from garrod.care.decide.words import DOING, likelihood, spoken
from garrod.core.advice import Action
from garrod.knowledge.medicines import Medicine, Medicines
from garrod.science.pgx.guidance import Guidance, Recommendation
from garrod.science.pgx.recommend import KeyShare, Outcome


def title_of(action: Action, medicine: Medicine, shares: Sequence[KeyShare]) -> str:
    """Return one line: what to do with which medicine, because of which result."""
    results = ", ".join(f"{s.gene} {spoken(s.phenotype)}" for s in shares if s.is_tested)
    start = f"{DOING[action]} {medicine.name}"
    return f"{start}: {results}" if results else start


def summary_of(
    guidance: Guidance,
    medicines: Medicines,
    outcome: Outcome,
    *,
    question: str = "",
    others: Sequence[Outcome] = (),
) -> str:
    """Return two or three sentences: why, what to do, how sure, and what to ask."""
    row = outcome.recommendation
    if row is None:
        return ""
    parts = [phrase(guidance, row.implication)] if row.implication else []
    parts.append(act_of(guidance, medicines, row))
    noted = [*row.notes, *(code for more in outcome.also for code in more.notes)]
    parts += [phrase(guidance, code) for code in dict.fromkeys(noted)]
    if others:
        parts.append(_doubt(outcome, others))
    if question:
        parts.append(question)
    return " ".join(sentence(p) for p in parts if p)


def act_of(guidance: Guidance, medicines: Medicines, row: Recommendation) -> str:
    """Return what a row asks to be done, in words."""
    options = " or ".join(_listed([name_of(guidance, medicines, a) for a in row.alternatives]))
    is_kept = row.action not in (Action.AVOID, Action.PREFER_ALTERNATIVE)
    limit = f" Do not exceed {row.dose_limit}." if row.dose_limit and is_kept else ""
    factor = dose_in_words(row.dose_factor)
    said = {
        Action.AVOID: "Do not use it" + (f"; use {options}" if options else ""),
        Action.PREFER_ALTERNATIVE: f"Use {options}" if options else "Use another medicine",
        Action.START_LOWER: f"Start with {factor}" if factor else "Start with a lower dose",
        Action.START_HIGHER: f"Start with {factor}" if factor else "Start with a higher dose",
        Action.ADJUST: "Adjust the dose to the result",
        Action.MONITOR: "Give the usual dose and watch more closely",
        Action.STANDARD: "Give the usual dose",
        Action.NO_RECOMMENDATION: "The guideline gives no recommendation for this result",
    }.get(row.action, DOING[row.action])
    if row.action in (Action.START_LOWER, Action.START_HIGHER, Action.MONITOR) and options:
        said += f"; {options} may be used instead"
    return sentence(said) + limit


def _listed(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(n for n in names if n))


def name_of(guidance: Guidance, medicines: Medicines, alternative: str) -> str:
    """Return the name of an alternative: a medicine, or a class in the pack's words."""
    if alternative in guidance.phrases:
        return guidance.phrases[alternative].text
    medicine = medicines.by_id(alternative)
    return medicine.name if medicine else alternative


def dose_in_words(factor: str) -> str:
    """Return a dose factor in words: "50 % of the usual dose", "30–80 % of the usual dose"."""
    if not factor:
        return ""
    shares = "–".join(f"{float(part) * 100:.0f}" for part in factor.split("-"))
    return f"{shares} % of the usual starting dose"


def _doubt(outcome: Outcome, others: Sequence[Outcome]) -> str:
    words = [f"{_short(other.recommendation)} ({other.probability:.0%})" for other in others]
    return f"This is {likelihood(outcome.probability)}; the file also allows: {', '.join(words)}"


def _short(row: Recommendation | None) -> str:
    """Return another possible answer in a few words."""
    if row is None:
        return "no guidance"
    return {
        Action.AVOID: "to avoid it",
        Action.PREFER_ALTERNATIVE: "another medicine",
        Action.START_LOWER: "a lower starting dose",
        Action.START_HIGHER: "a higher starting dose",
        Action.ADJUST: "an adjusted dose",
        Action.MONITOR: "closer watch",
        Action.STANDARD: "usual dosing",
    }.get(row.action, "no recommendation")


def phrase(guidance: Guidance, code: str) -> str:
    """Return the words of a code, or nothing for an unknown one."""
    found = guidance.phrases.get(code)
    return found.text if found else ""


def sentence(text: str) -> str:
    """Return a text that starts with a capital and ends with a stop."""
    text = text.strip()
    if not text:
        return ""
    first = text if text[:2].isupper() else text[:1].upper() + text[1:]
    return first if first.endswith((".", "?", "!")) else first + "."
