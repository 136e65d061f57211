"""Words advice for the medicines that are taken: one card each. Advice -> Card, pure."""

from __future__ import annotations

from garrod.adapters.report.phrases import (
    STEPS,
    URGENCIES,
    capital,
    citation_of,
    place_words,
    strength_of,
    tag_of,
)
from garrod.adapters.report.view import Card, Step
from garrod.care.decide.words import likelihood, listed
from garrod.core.advice import Advice, Because

GENETIC = frozenset(("phenotype", "not-tested", "diplotype"))  # steps that only genes have
NO_GENE = (
    "This rests on no gene, but on the person and what else is known: a rule, not a probability."
)
HIDDEN_POPULATIONS = {"", "general"}


def card_of(advice: Advice, number: int) -> Card:
    """Return the card of one piece of advice."""
    p = advice.p_recommendation
    return Card(
        anchor=f"advice-{number}",
        tag=tag_of(advice),
        title=advice.title,
        summary=advice.summary,
        urgency=URGENCIES[advice.tier],
        why=results_of(advice),
        certainty=certainty_of(advice),
        percent=None if p is None else round(100 * p),
        doubts=(
            *(capital(text) for text in _texts(advice, "caution")),
            *(text for text in _texts(advice, "not-tested") if _texts(advice, "phenotype")),
        ),
        options=_options(advice),
        watch=tuple(capital(m) for m in advice.monitoring),
        population=_population(advice),
        strength=strength_of(advice),
        citations=tuple(dict.fromkeys(citation_of(e) for e in advice.evidence)),
        steps=_steps(advice),
    )


def results_of(advice: Advice) -> tuple[str, ...]:
    """Return the results that a piece of advice rests on, in words."""
    found = _texts(advice, "phenotype") or _texts(advice, "not-tested")
    return tuple(text.replace(": n/a", ": no phenotype defined") for text in found)


def _texts(advice: Advice, step: str) -> tuple[str, ...]:
    return tuple(b.text for b in advice.because if b.step == step)


def is_of_genes(advice: Advice) -> bool:
    """Return whether a piece of advice rests on genes: on a result, or on one that is missing."""
    return any(b.step in GENETIC for b in advice.because)


def certainty_of(advice: Advice) -> str:
    """Return how sure the advice is, and what would make it surer.

    What rests on no gene has no candidates: it holds for the facts that it names.
    """
    if advice.p_recommendation is None and not is_of_genes(advice):
        return NO_GENE
    if advice.p_recommendation is not None:
        parts = [capital(likelihood(advice.p_recommendation))]
    else:
        is_read = bool(_texts(advice, "phenotype"))
        parts = ["No probability is stated" if is_read else "There is no result yet"]
    if advice.stable:
        parts.append("The advice is the same under every candidate")
    elif advice.stable is False:
        parts.append("Other possibilities would change the advice")
    if advice.next_position:
        parts.append(f"Test next: {place_words(advice.next_position)}")
    return ". ".join(parts) + "."


def _options(advice: Advice) -> tuple[tuple[str, str], ...]:
    """Return the alternatives, those with one reason together."""
    by_reason: dict[str, list[str]] = {}
    for option in advice.options:
        by_reason.setdefault(option.reason, []).append(option.name)
    return tuple((capital(listed(names, "or")), reason) for reason, names in by_reason.items())


def _population(advice: Advice) -> str:
    if advice.population in HIDDEN_POPULATIONS:
        return ""
    said = (*_texts(advice, "population"), advice.population)
    return _bare(said[0])


def _steps(advice: Advice) -> tuple[Step, ...]:
    """Return the chain from the line of the file up to the guideline row and the packs."""
    hops = [b for b in reversed(advice.because) if b.step not in {"caution", "medicine"}]
    found = [Step(STEPS.get(b.step, capital(b.step)), _said(b), _ref(b)) for b in hops]
    if advice.packs:
        found.append(Step("Knowledge packs", ", ".join(advice.packs)))
    return tuple(found)


def _said(hop: Because) -> str:
    return _bare(hop.text) if hop.step == "population" else capital(hop.text)


def _bare(population: str) -> str:
    """Return who advice is for, without the words that its label says already."""
    return capital(population.removeprefix("for: "))


def _ref(hop: Because) -> str:
    """Return the reference of a hop where it says more than the hop's own words."""
    return hop.ref if hop.step in {"variant", "guidance"} else ""
