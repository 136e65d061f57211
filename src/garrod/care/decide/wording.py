"""The words of a piece of advice, composed from coded actions and the pack's phrases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.opinions import Opinion
from garrod.care.decide.words import DOING, likelihood, listed, percent, spoken
from garrod.core.advice import Action
from garrod.core.finding import NO_RULE
from garrod.knowledge.medicines import Medicine, Medicines
from garrod.science.pgx.guidance import Guidance, Recommendation
from garrod.science.pgx.recommend import KeyShare, Outcome


@dataclass(frozen=True, slots=True)
class Said:
    """What words are made from: the pack's phrases, the names, the alternatives held back."""

    guidance: Guidance
    medicines: Medicines
    held: frozenset[str] = frozenset()
    remarks: tuple[str, ...] = ()  # on alternatives: why one is held back, what limits another


def title_of(
    action: Action, medicine: Medicine, shares: Sequence[KeyShare], *, is_doubtful: bool = False
) -> str:
    """Return one line: what to do with which medicine, because of which result."""
    maybe = "possibly " if is_doubtful else ""
    results = ", ".join(f"{s.gene} {maybe}{behaviour_of(s)}" for s in shares if s.is_tested)
    start = f"{DOING[action]} {medicine.name}"
    return f"{start}: {results}" if results else start


def result_of(share: KeyShare) -> str:
    """Return a result as a person reads it: the phenotype, or the alleles where it has none."""
    has_phenotype = share.phenotype not in ("", NO_RULE)
    return spoken(share.phenotype) if has_phenotype else share.diplotype


def behaviour_of(share: KeyShare) -> str:
    """Return a result as a person reads it, and that it behaves so only with other medicines."""
    return f"behaves as {result_of(share)}" if share.is_converted else result_of(share)


def summary_of(
    said: Said,
    outcome: Outcome,
    *,
    question: str = "",
    others: Sequence[Outcome] = (),
    is_doubtful: bool = False,
) -> str:
    """Return a few sentences: why, what to do, how sure, and what to ask.

    A doubtful outcome is less likely than another, and is worded as what holds if it is true.
    """
    row, guidance = outcome.recommendation, said.guidance
    if row is None:
        return ""
    why = phrase(guidance, row.implication) if row.implication else ""
    parts = (
        [_less_likely(outcome, others), f"If so, {why}" if why else ""] if is_doubtful else [why]
    )
    parts.append(act_of(said, row))
    noted = [*row.notes, *(code for more in outcome.also for code in more.notes)]
    parts += [phrase(guidance, code) for code in dict.fromkeys(noted)]
    if others and not is_doubtful:
        parts.append(_doubt(outcome, others))
    parts += [*said.remarks, question]
    return " ".join(sentence(p) for p in parts if p)


def act_of(said: Said, row: Recommendation) -> str:
    """Return what a row asks to be done, in words."""
    names = [
        name_of(said.guidance, said.medicines, a) for a in row.alternatives if a not in said.held
    ]
    options = one_of(names)
    is_kept = row.action not in (Action.AVOID, Action.PREFER_ALTERNATIVE)
    limit = f" Do not exceed {row.dose_limit}." if row.dose_limit and is_kept else ""
    factor = dose_in_words(row.dose_factor)
    act = {
        Action.AVOID: "Do not use it" + (f"; use {options}" if options else ""),
        Action.PREFER_ALTERNATIVE: f"Use {options}" if options else "Use another medicine",
        Action.START_LOWER: f"Start with {factor}" if factor else "Start with a lower dose",
        Action.START_HIGHER: f"Start with {factor}" if factor else "Start with a higher dose",
        Action.ADJUST: "Adjust the dose to the result",
        Action.MONITOR: "Give the usual dose and watch more closely",
        Action.STANDARD: "Give the usual dose",
        Action.ASK: "Ask before giving it",
        Action.TEST_FIRST: "Test before giving it",
        Action.CONSIDER_TEST: "Consider a test first",
        Action.NO_RECOMMENDATION: "The guideline gives no recommendation for this result",
    }.get(row.action, f"{DOING[row.action]} it")
    if row.action in (Action.START_LOWER, Action.START_HIGHER, Action.MONITOR) and options:
        act += f"; {options} may be used instead"
    return sentence(act) + limit


def one_of(names: Sequence[str]) -> str:
    """Return names as a choice, each once: "a, b or c"."""
    return listed(list(dict.fromkeys(n for n in names if n)), "or")


def name_of(guidance: Guidance, medicines: Medicines, alternative: str) -> str:
    """Return the name of an alternative: a medicine, or a class in the pack's words."""
    if alternative in guidance.phrases:
        return guidance.phrases[alternative].text
    medicine = medicines.by_id(alternative)
    return medicine.name if medicine else alternative


def dose_in_words(factor: str) -> str:
    """Return a dose factor in words: "50 % of the usual dose", "1.5 to 2 times the usual dose"."""
    if not factor:
        return ""
    parts = factor.split("-")
    if factor == "2":
        return "twice the usual dose"
    if float(parts[0]) > 1:
        return f"{' to '.join(parts)} times the usual dose"
    return f"{'–'.join(f'{float(part) * 100:.0f}' for part in parts)} % of the usual dose"


def _doubt(outcome: Outcome, others: Sequence[Outcome]) -> str:
    """Return how sure the answer is, and what else the results allow."""
    return f"This is {likelihood(outcome.probability)}; the results also allow: {_shares(others)}"


def _less_likely(outcome: Outcome, others: Sequence[Outcome]) -> str:
    """Return what is more likely than the answer, and how likely the answer is."""
    return (
        f"Most likely: {_shares(others)}. "
        f"The result behind this advice is less likely ({percent(outcome.probability)})"
    )


def _shares(outcomes: Sequence[Outcome]) -> str:
    """Return possible answers in a few words, each with the probability of all that say it."""
    found: dict[str, float] = {}
    for outcome in outcomes:
        words = in_short(outcome.recommendation)
        found[words] = found.get(words, 0.0) + outcome.probability
    return ", ".join(f"{words} ({percent(share)})" for words, share in found.items())


def opinion_in_short(
    knowledge: Knowledge, opinion: Opinion, held: frozenset[str] = frozenset()
) -> str:
    """Return another source's answer in one sentence: whose, by which result, what to do.

    Alternatives that are held back from the person are not named.
    """
    outcome, row = opinion.leading
    results = ", ".join(
        f"{s.gene} behaving as {result_of(s)}" if s.is_converted else f"{s.gene} {result_of(s)}"
        for s in outcome.shares
        if s.is_tested
    )
    said = Said(opinion.guidance, knowledge.medicines, held)
    act = act_of(said, row).rstrip(".")
    strength = "" if row.strength == "n/a" else f" (strength {row.strength})"
    return f"{opinion.guidance.source}, by {results}: {act[:1].lower()}{act[1:]}{strength}."


def in_short(row: Recommendation | None) -> str:
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
