"""For an indication, the alternatives for this person: checked by every adviser, best first.

alternatives of the pack -> each asked as if ordered -> barred, with why | ranked: for and against

A medicine that some adviser speaks loudly against is never ranked in; whatever orders the rest
orders within what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from garrod.care.decide.causes import AGAINST
from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.model import Decision
from garrod.care.decide.naming import named_in
from garrod.care.decide.options import codes_of
from garrod.care.decide.ready import line_of, unopposed
from garrod.care.decide.treatments import NO_DOSE, Dosed, Treatment
from garrod.core.advice import Action, Advice, Option, Tier
from garrod.core.medicine import MedicineLine
from garrod.core.person import Person
from garrod.knowledge.medicines import Medicine
from garrod.science.safety.subject import NamedLine, Subject

Judge = Callable[[Person, MedicineLine], Decision]  # every adviser, of one order
LOUD = frozenset((Tier.T1, Tier.T2))
TELLING = frozenset((Tier.T1, Tier.T2, Tier.T3))
MILD = frozenset((Action.STANDARD, Action.NO_RECOMMENDATION, Action.CONSIDER_TEST))
BURDENS = {  # set of the pack drug-sets: what it adds
    "anticholinergic-strong": "adds to the anticholinergic burden",
    "sedative": "adds to sedation",
    "bleeding-risk": "adds to the risk of bleeding",
}
LINES = {1: "first line", 2: "second line", 3: "third line"}


@dataclass(frozen=True, slots=True)
class Fit:
    """How a medicine suits a person: why it is barred ("" where it is not), what is against it.

    `dosed` is a dose that no adviser would have another, or why there is none.
    """

    medicine: Medicine
    barred: str = ""
    against: tuple[str, ...] = ()
    penalty: int = 0
    dosed: Dosed = NO_DOSE


@dataclass(frozen=True, slots=True)
class Ranked:
    """A medicine that may be given, with reasons for and against; the lowest `penalty` first."""

    medicine: Medicine
    pro: tuple[str, ...]
    contra: tuple[str, ...]
    penalty: int
    dosed: Dosed = NO_DOSE

    def as_option(self) -> Option:
        """Return it as an option of a card."""
        said = [*self.pro, *(f"but {c}" for c in self.contra)]
        option = Option(self.medicine.name, "; ".join(said), codes_of(self.medicine))
        return replace(option, dose=self.dosed.dose, no_dose=self.dosed.why_not)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The alternatives for an indication, best first, and those that are barred."""

    indication: str = ""
    ranked: tuple[Ranked, ...] = ()
    barred: tuple[Fit, ...] = ()


class Ranker:
    """Asks every adviser of alternatives for one person, each medicine once."""

    def __init__(
        self, knowledge: Knowledge, person: Person, subject: Subject, judge: Judge
    ) -> None:
        self.knowledge = knowledge
        self.person = person
        self.subject = subject
        self._judge = judge
        self._known: dict[tuple[str, frozenset[str], str], Fit] = {}
        self._named: list[NamedLine] = []

    def fit(self, medicine: Medicine, replacing: Iterable[str], *, indication: str = "") -> Fit:
        """Return how a medicine suits the person in place of others (ids of ingredients)."""
        key = (medicine.drug, frozenset(replacing), indication)
        if key not in self._known:
            self._known[key] = self._fit(medicine, key[1], indication)
        return self._known[key]

    def _fit(self, medicine: Medicine, replacing: frozenset[str], indication: str) -> Fit:
        if not self._named:
            known = self.knowledge.medicines
            self._named = [(line, named_in(known, line)) for line in self.person.medicines]
        stay = [(x, mine) for x, mine in self._named if not {m.drug for m in mine} & replacing]
        if any(medicine in mine for _, mine in stay):
            return Fit(medicine, "it is on the list of medicines already")
        without = replace(self.person, medicines=tuple(line for line, _ in stay))
        dosed = self.knowledge.treatments.dosed(medicine.drug, indication, self.subject)
        found = self._judge(without, line_of(medicine, dosed.dose))
        others = frozenset(m.drug for _, mine in stay for m in mine)
        fit = _judged(self.knowledge, medicine, found, self._added(medicine, others))
        return replace(fit, dosed=unopposed(dosed, found))

    def _added(self, medicine: Medicine, others: frozenset[str]) -> tuple[str, ...]:
        """Return the burdens that a medicine adds to what others bring already."""
        clinical = self.knowledge.clinical
        own = clinical.sets_of(medicine.drug)
        return tuple(
            name
            for name in BURDENS
            if name in own and any(name in clinical.sets_of(other) for other in others)
        )

    def rank(self, indication: str, replacing: Iterable[str]) -> Ranking:
        """Return the alternatives for an indication, in place of others, best first."""
        treatments, out = self.knowledge.treatments, frozenset(replacing)
        ranked: list[Ranked] = []
        barred: list[Fit] = []
        for row in treatments.for_person(indication, self.subject):
            medicine = self.knowledge.medicines.by_id(row.drug)
            if medicine is None or row.drug in out:
                continue
            fit = self.fit(medicine, out, indication=indication)
            if fit.barred:
                barred.append(fit)
            else:
                ranked.append(self._ranked(row, fit, indication))
        order = sorted(ranked, key=lambda r: (r.penalty, r.medicine.name))
        return Ranking(indication, tuple(order), tuple(barred))

    def _ranked(self, row: Treatment, fit: Fit, indication: str) -> Ranked:
        weight = self.knowledge.treatments.weight
        name = self.knowledge.clinical.conditions[indication].name
        pro = [f"{LINES.get(row.line, f'line {row.line}')} for {name}", f"{row.cost} cost"]
        contra = list(fit.against)
        if row.formulary == "yes":
            pro.append("on the formulary")
        else:
            contra.append("restricted on the formulary" if row.formulary == "restricted"
                          else "not on the formulary")  # fmt: skip
        if row.note:
            pro.append(row.note)
        penalty = fit.penalty + row.line * weight("line") + weight(f"cost-{row.cost}")
        penalty += weight(f"formulary-{row.formulary}")
        return Ranked(fit.medicine, tuple(pro), tuple(contra), penalty, fit.dosed)


def _judged(
    knowledge: Knowledge, medicine: Medicine, found: Decision, burdens: Sequence[str]
) -> Fit:
    weight = knowledge.treatments.weight
    barred = next((a.title for a in found.advice if _bars(a)), "")
    if barred:
        return Fit(medicine, barred)
    told = [a for a in found.advice if a.tier in TELLING and a.action not in MILD]
    quiet = [a for a in found.advice if a.tier is Tier.T4]
    open_ones = [n for n in found.not_assessed if n.code == "missing-data"]
    against = [a.title for a in told]
    against += [f"not known: {n.reason}" for n in open_ones]
    against += [BURDENS[b] for b in burdens]
    penalty = len(told) * weight("caution") + len(quiet) * weight("note")
    penalty += len(open_ones) * weight("unknown")
    penalty += sum(weight(f"burden-{b}") for b in burdens)
    return Fit(medicine, "", tuple(dict.fromkeys(against)), penalty)


def _bars(advice: Advice) -> bool:
    """Return whether advice on a medicine keeps it from being offered.

    All that would interrupt does, and all that speaks against it and would be shown.
    """
    return advice.tier in LOUD or (advice.action in AGAINST and advice.tier in TELLING)


def indication_of(
    knowledge: Knowledge, subject: Subject, order: MedicineLine, drugs: Iterable[str]
) -> str:
    """Return what an order is for: as written on it, or the one that is on record; else "".

    Where several on record would do, none is presumed.
    """
    clinical, treatments = knowledge.clinical, knowledge.treatments
    written = [c.id for c in clinical.conditions_of(order.reasons)]
    for name in written:
        if name in treatments.by_indication:
            return name
    if written:
        return ""
    treated = {name for drug in drugs for name in treatments.treats(drug)}
    active: Mapping[str, object] = {
        name: had for name, had in subject.conditions.items() if any(c.is_active for c in had)
    }
    found = sorted(treated & set(active))
    return found[0] if len(found) == 1 else ""
