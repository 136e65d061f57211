"""What a test would be worth: how often its result changes the advice, and to what.

genes without a result + expected shares of meanings -> opinions as if they were known -> Worth
Nothing here is said of this person's genes: it is what a result would do in a hundred people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.opinions import Opinion, caution_of, changes, opinions_on
from garrod.care.decide.options import UNSUITABLE, Choice, options_for
from garrod.care.decide.setting import Setting
from garrod.care.decide.wording import in_short, result_of
from garrod.care.decide.words import percent
from garrod.core.advice import Because
from garrod.core.finding import GeneFinding
from garrod.knowledge.medicines import Medicine
from garrod.science.pgx.recommend import Outcome

STEP = "value"
LEAST = 0.005  # Not clinical: a meaning rarer than this is not named
POOL = "of the people of the 1000 Genomes Project, all ancestries together"


@dataclass(frozen=True, slots=True)
class Worth:
    """How likely a result is to change the advice, what each result would lead to, and instead."""

    chance: float
    possible: tuple[str, ...]
    instead: Choice


def worth_of(
    knowledge: Knowledge, medicine: Medicine, setting: Setting, genes: Sequence[str]
) -> Worth | None:
    """Return what results of genes would be worth; None where no frequencies are known of one."""
    expected = [knowledge.conversions.expected.finding(gene) for gene in genes]
    known = [finding for finding in expected if finding is not None]
    if not known or len(known) < len(genes):
        return None
    found = opinions_on(knowledge, medicine.drug, _as_if(setting, known))
    if found.lead is None:
        return Worth(0.0, (), Choice())
    outcomes = found.lead.outcomes
    chance = sum(o.probability for o in outcomes if changes(o))
    return Worth(chance, _possible(outcomes), _instead(knowledge, setting, found.lead))


def _as_if(setting: Setting, expected: Sequence[GeneFinding]) -> Setting:
    """Return the setting of somebody with expected findings instead of none."""
    genes = {f.gene for f in expected}
    others = (f for f in setting.person.findings if f.gene not in genes)
    return replace(setting, person=replace(setting.person, findings=(*others, *expected)))


def _possible(outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """Return what each result leads to, with its share, the most cautious first."""
    ordered = sorted(outcomes, key=lambda o: (caution_of(o), -o.probability))
    return tuple(
        f"{in_short(outcome.recommendation)} in {percent(outcome.probability)} "
        f"(such as {_result(outcome)})"
        for outcome in ordered
        if outcome.probability >= LEAST
    )


def _result(outcome: Outcome) -> str:
    return ", ".join(f"{s.gene} {result_of(s)}" for s in outcome.shares if s.is_tested)


def _instead(knowledge: Knowledge, setting: Setting, lead: Opinion) -> Choice:
    """Return what suits whatever the result: the alternatives of the most cautious answer."""
    rows = [
        o.recommendation
        for o in sorted(lead.outcomes, key=caution_of)
        if o.recommendation is not None and o.recommendation.action in UNSUITABLE
    ]
    named = next((row.alternatives for row in rows if row.alternatives), ())
    return options_for(knowledge, setting, lead.guidance, named)


def worth_steps(worth: Worth | None, genes: str, reference: str) -> tuple[Because, ...]:
    """Return the hop that says what a result would change, and how often."""
    if worth is None:
        text = f"how often a result of {genes} changes the advice is not on the shelf"
        return (Because(STEP, text, genes),)
    said = "; ".join(worth.possible) or "no result that is expected changes the advice"
    text = f"a result would change the advice in {percent(worth.chance)} {POOL}: {said}"
    return (Because(STEP, text, reference),)


def worth_in_short(worth: Worth | None) -> str:
    """Return how often a result changes the advice, as a sentence; nothing where unknown."""
    if worth is None or worth.chance < LEAST:
        return ""
    return f"A result would change the advice in {percent(worth.chance)} {POOL}."
