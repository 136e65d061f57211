"""What each guideline says of one medicine for one person, and which of them is heard.

guidelines of a drug -> an opinion each -> heard (the first on its genes) · second (on the same)
A guideline by a gene of which no earlier one speaks is heard in its own right. An opinion rests on
coded facts alone, so it is remembered by them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from garrod.care.decide.context import Context, context_of
from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.meanings import Gene, Meanings
from garrod.care.decide.memory import Memory
from garrod.care.decide.setting import Setting
from garrod.core.advice import Action
from garrod.science.pgx.guidance import Guidance, Recommendation
from garrod.science.pgx.recommend import Outcome, content_of, meanings_for, outcomes_over

SILENT = (Action.STANDARD, Action.NO_RECOMMENDATION)
# How likely a change of course must be to be shown beside a usual-dose answer. Source: the design
DOUBT = 0.05
LEAST_DOUBT = 0.005  # the same, where the test belongs before the first dose. Source: the design
# How cautious each act is, the most first. Source: the project's design
CAUTION = (
    *(Action.AVOID, Action.STOP, Action.PREFER_ALTERNATIVE, Action.START_LOWER, Action.ADJUST),
    *(Action.TEST_FIRST, Action.START_HIGHER, Action.TAPER, Action.REFER, Action.ASK),
    *(Action.CONSIDER_TEST, Action.MONITOR, Action.NO_RECOMMENDATION, Action.STANDARD),
)


EVERYONE = Context(())


class Kind(Enum):
    """What sort of answer a guideline gives."""

    UNTESTED = "untested"  # none of its genes has a result
    UNSPOKEN = "unspoken"  # it does not speak of people of this age
    SILENT = "silent"  # it has no recommendation for the result
    USUAL = "usual"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Opinion:
    """The answer of one guideline: its outcomes in the population that leads, most likely first."""

    guidance: Guidance  # of one guideline
    genes: tuple[str, ...]
    kind: Kind
    outcomes: tuple[Outcome, ...] = ()
    context: Context = EVERYONE
    is_settled: bool = True  # every population that may apply says the same, and one does
    likely: tuple[Outcome, ...] = ()  # likely enough to be looked at; always the first
    lead: tuple[Outcome, Recommendation] | None = None  # what is acted on, where it is an answer
    tested: frozenset[str] = frozenset()  # the genes that its answer rests on

    @property
    def top(self) -> Outcome:
        """Return the most likely outcome."""
        return self.outcomes[0]

    @property
    def is_answer(self) -> bool:
        """Return whether it says what to do."""
        return self.kind in (Kind.USUAL, Kind.CHANGE)

    @property
    def leading(self) -> tuple[Outcome, Recommendation]:
        """Return the most likely outcome that is acted on, and its row."""
        assert self.lead is not None, "only an answer leads"
        return self.lead


@dataclass(frozen=True, slots=True)
class Opinions:
    """A medicine's guidelines: those heard, those on the same genes, and those without answer.

    `lead` is the one heard that asks for most caution; None where none asks for a change.
    """

    heard: tuple[Opinion, ...]
    second: tuple[Opinion, ...]
    mute: tuple[Opinion, ...]
    lead: Opinion | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """How one guideline is asked about a drug; drugs with the same rows share a plan's number."""

    number: object
    view: Guidance
    drug: str
    genes: tuple[Gene, ...]
    populations: tuple[str, ...]
    doubt: float
    context: Context | None  # where it is the same for everyone


@dataclass(frozen=True, slots=True)
class Round:
    """All that is asked about a drug: its plans, the genes of all, those with open contexts."""

    plans: tuple[Plan, ...]
    genes: tuple[Gene, ...]
    open_ones: tuple[Plan, ...]


def opinions_on(knowledge: Knowledge, drug: str, setting: Setting) -> Opinions:
    """Return what each guideline of a drug says, sorted into heard, second and mute."""
    memory, known = knowledge.memory, setting.known
    asked = memory.once(("round", drug), lambda: _round(knowledge, drug))
    contexts = tuple([_context(memory, plan, setting) for plan in asked.open_ones])
    key = (drug, known.numbers(memory, asked.genes), contexts)
    found: Opinions | None = memory.get(key)
    if found is None:
        opinions = [_opinion_by(memory, plan, setting) for plan in asked.plans]
        found = memory.keep(key, _sorted_out(opinions))
    return found


def _round(knowledge: Knowledge, drug: str) -> Round:
    doubt = LEAST_DOUBT if knowledge.is_tested_before(drug) else DOUBT
    plans = tuple(_plan(view, drug, doubt) for view in knowledge.guidelines.get(drug, ()))
    genes = tuple(dict.fromkeys(gene for plan in plans for gene in plan.genes))
    return Round(plans, genes, tuple(plan for plan in plans if plan.context is None))


def _plan(view: Guidance, drug: str, doubt: float) -> Plan:
    apart, populations = view.named_genotypes(drug), view.populations_of(drug)
    genes = tuple((gene, gene in apart) for gene in view.genes_of(drug))
    number = (id(view), id(view.rows_of(drug)), view.roles_of(drug), doubt)
    is_same = not any(view.populations[code].axis for code in populations)
    context = Context(populations) if is_same else None
    return Plan(number, view, drug, genes, populations, doubt, context)


def _context(memory: Memory, plan: Plan, setting: Setting) -> Context:
    """Return who a guideline speaks of here: the same for the same circumstances, whose ever."""
    if plan.context is not None:
        return plan.context
    asked = setting.circumstances
    key = (id(plan.view.populations), plan.populations, asked)
    return memory.once(key, lambda: context_of(plan.view, plan.populations, asked))


def _opinion_by(memory: Memory, plan: Plan, setting: Setting) -> Opinion:
    """Return a guideline's opinion: remembered, where the same was asked of like rows before."""
    known, context = setting.known, _context(memory, plan, setting)
    key = (plan.number, context, known.numbers(memory, plan.genes))
    return memory.once(key, lambda: _opinion(plan, context, known))


def _sorted_out(opinions: Sequence[Opinion]) -> Opinions:
    heard: list[Opinion] = []
    second: list[Opinion] = []
    mute: list[Opinion] = []
    covered: set[str] = set()
    for opinion in opinions:
        if not opinion.is_answer:
            mute.append(opinion)
        elif opinion.tested <= covered:
            second.append(opinion)
        else:
            heard.append(opinion)
            covered |= opinion.tested
    changing = [o for o in heard if o.kind is Kind.CHANGE]
    lead = min(changing, key=lambda opinion: caution_of(opinion.leading[0]), default=None)
    return Opinions(tuple(heard), tuple(second), tuple(mute), lead)


def _opinion(plan: Plan, context: Context, known: Meanings) -> Opinion:
    view, drug = plan.view, plan.drug
    genes = view.genes_of(drug)
    choices = meanings_for(view, drug, genes, known)
    if not any(share.is_tested for shares in choices for share in shares):
        return Opinion(view, genes, Kind.UNTESTED)
    if not context.populations:
        return Opinion(view, genes, Kind.UNSPOKEN)
    by_population = _spoken(
        view,
        {
            population: tuple(
                sorted(found, key=lambda o: (-round(o.probability, 6), caution_of(o)))
            )
            for population in context.populations
            if (found := outcomes_over(view, drug, choices, population))
        },
    )
    outcomes = min(by_population, key=lambda found: caution_of(found[0]))
    contents = {content_of(found[0].recommendation) for found in by_population}
    is_settled = len(contents) == 1 and not context.is_open
    likely = (outcomes[0], *(o for o in outcomes[1:] if o.probability >= plan.doubt))
    kind = _kind(likely)
    lead = _lead(likely, kind)
    tested = frozenset(s.gene for s in lead[0].shares if s.is_tested) if lead else frozenset()
    return Opinion(view, genes, kind, outcomes, context, is_settled, likely, lead, tested)


def _spoken(view: Guidance, found: Mapping[str, tuple[Outcome, ...]]) -> list[tuple[Outcome, ...]]:
    """Return the outcomes of the populations of every axis with a row for the result.

    A guideline may tell one result apart by age and another by dose, and say the rest to everyone.
    The rows for everyone are among those of every population, so they alone settle nothing.
    """
    told = {
        view.populations[population].axis
        for population, outcomes in found.items()
        if any(outcome.recommendation is not None for outcome in outcomes)
    }
    axes = {axis for axis in told if axis} or told
    kept = [o for population, o in found.items() if view.populations[population].axis in axes]
    return kept or list(found.values())


def _kind(likely: tuple[Outcome, ...]) -> Kind:
    if any(changes(outcome) for outcome in likely):
        return Kind.CHANGE
    row = likely[0].recommendation
    return Kind.SILENT if row is None or row.action is Action.NO_RECOMMENDATION else Kind.USUAL


def _lead(likely: tuple[Outcome, ...], kind: Kind) -> tuple[Outcome, Recommendation] | None:
    """Return the most likely outcome that is acted on, and its row; None without an answer."""
    if kind is Kind.SILENT:
        return None
    for outcome in likely:
        row = outcome.recommendation
        if row is not None and (kind is Kind.USUAL or changes(outcome)):
            return outcome, row
    raise AssertionError("an answer has a row")


def changes(outcome: Outcome) -> bool:
    """Return whether an outcome asks for another course than the usual one."""
    row = outcome.recommendation
    return row is not None and row.action not in SILENT


def caution_of(outcome: Outcome) -> int:
    """Return the rank of an outcome's act: lower is more cautious."""
    row = outcome.recommendation
    return CAUTION.index(row.action) if row and row.action in CAUTION else len(CAUTION)


def is_same(one: Recommendation, other: Recommendation) -> bool:
    """Return whether two rows of different sources ask for the same."""
    return (one.action, one.dose_factor) == (other.action, other.dose_factor)
