"""Every CPIC row asked of the product itself: a person with just those results orders the drug.

Reference: the coded row, which validation.guidance_rows holds against the source's text. The
person is made to be of the row's population; the answer comes through decide(), measured twice:
with CPIC alone heard, which shows whether the rows arrive as they are coded, and by England's
policy with three sources heard, where another source may rightly speak. Every row that is answered
otherwise has a reason. Run: python -m validation all_rows
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from garrod.care.decide.advisers import COVERS
from garrod.care.decide.coverage import covered_by
from garrod.care.decide.knowledge import Knowledge, load_knowledge
from garrod.care.decide.model import Decision
from garrod.care.decide.policy import PACK
from garrod.care.decide.service import decide
from garrod.core.advice import Action
from garrod.core.finding import Candidate, GeneFinding, PhenotypeShare, Status
from garrod.core.medicine import Act, Coding, MedicineLine, Proposal
from garrod.core.person import Person
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.guidance import NO_RESULT, Recommendation, matching
from validation.calling import shelf
from validation.figures import Figure, at_least, share, show
from validation.guidance_rows import Published, published_tables
from validation.stability import DAY, knowledge

SOURCE = "CPIC"
BORN = {"paediatrics": date(2015, 1, 1)}
REASONS = {
    "acs-pci": "acute coronary syndrome",
    "cardiovascular-other": "peripheral arterial disease",
    "neurovascular": "transient ischaemic attack",
}
UNASKABLE = {"cbz-no-alternatives": "no record says that no other medicine will do"}
SCORE = frozenset("0123456789≥")
Said = tuple[str, str]  # action, strength


def finding_of(gene: str, values: Sequence[str]) -> GeneFinding:
    """Return a called finding that has just these look-up keys."""
    phenotype = next((v for v in values if v[0] not in SCORE), values[0])
    score = next((v for v in values if v[0] in SCORE), "")
    chosen = Candidate("stated", 1.0, phenotype, score, tuple(values))
    shares = (PhenotypeShare(phenotype, score, 1.0),)
    return GeneFinding(gene, Status.CALLED, (chosen,), phenotype, score, shares)


def hearing(source: str) -> Knowledge:
    """Return England's policy and what it rests on, with one source of guidance heard."""
    policy = shelf().pack(PACK)
    heard = tuple(row for row in policy.tables["sources"] if row["source"] == source)
    others = (shelf().pack(name) for name in shelf().names() if name != PACK)
    changed = replace(policy, tables={**policy.tables, "sources": heard})
    return load_knowledge(Shelf((*others, changed)))


def asked(one: Published, known: Knowledge) -> Decision:
    """Return the product's answer to an order of the drug by a person of the population."""
    findings = tuple(
        finding_of(gene, values) for gene, values in one.keys.items() if NO_RESULT not in values
    )
    name = getattr(known.medicines.by_id(one.drug), "name", one.drug)
    reasons = tuple(Coding("", "", REASONS[p]) for p in (one.population,) if p in REASONS)
    started = date(2020, 1, 1) if one.population.endswith("-exposed") else None
    line = MedicineLine(name, reasons=reasons, started=started)
    person = Person(
        "Patient/synthetic",
        sex="male",
        birth_date=BORN.get(one.population, date(1975, 1, 1)),
        weight_kg=Decimal(70),
        findings=findings,
        is_synthetic=True,
        medicines=(line,) if started else (),
    )
    found = decide(known, person, Proposal(Act.ORDER, line), today=DAY)
    advisers = covered_by(known, COVERS).keys()  # what they find nothing against is no result
    return replace(found, clear=tuple(c for c in found.clear if not advisers & set(c.genes)))


def said(one: Published, row: Recommendation, found: Decision) -> Said:
    """Return the act and strength that the product answered with, of CPIC's where it is a row."""
    by_genes = [a for a in found.advice if a.id.startswith("pgx:") and a.p_recommendation]
    if by_genes:
        return by_genes[0].action.value, by_genes[0].strength
    if found.clear:
        return Action.STANDARD.value, row.strength
    if any(n.code == "no-recommendation" for n in found.not_assessed):
        return Action.NO_RECOMMENDATION.value, row.strength
    return "none", ""


def reason(one: Published, row: Recommendation, found: Decision, known: Knowledge) -> str:
    """Return why the product says otherwise than the row; "" where nothing explains it."""
    if one.population in UNASKABLE:
        return UNASKABLE[one.population]
    lead = found.advice[0].id.rpartition(":")[2] if found.advice else ""
    is_untested = any(n.code == "not-tested" for n in found.not_assessed)
    if row.action is Action.STANDARD and lead in ("", "test") and is_untested:
        return "usual by one gene, while the test of another is offered and missing: not clear"
    if len(known.sources) == 1:
        return ""
    cited = [e.source for a in found.advice[:1] for e in a.evidence]
    is_silent = row.action is Action.NO_RECOMMENDATION
    if is_silent and (found.clear or not any(s.startswith(SOURCE) for s in cited)):
        return "CPIC has no recommendation here; a second source is heard"
    if lead and not lead.startswith(SOURCE.lower()):
        return "a second source is heard on a gene of which CPIC gives no answer"
    return ""


@dataclass(slots=True)
class Tally:
    """How the product's answers compare with the coded rows."""

    total: int = 0
    same: int = 0
    told: int = 0  # rows that recommend something
    told_same: int = 0
    explained: Counter[str] = field(default_factory=Counter)
    open_ones: list[str] = field(default_factory=list)

    def add(self, one: Published, row: Recommendation, known: Knowledge) -> None:
        """Count one row and the product's answer to it."""
        found = asked(one, known)
        answers = said(one, row, found)
        is_same = answers == (row.action.value, row.strength)
        is_told = row.action is not Action.NO_RECOMMENDATION
        self.total += 1
        self.told += is_told
        self.same += is_same
        self.told_same += is_same and is_told
        if is_same:
            return
        why = reason(one, row, found, known)
        if why:
            self.explained[why] += 1
        else:
            coded = f"{row.id} {row.action.value} {row.strength}"
            who = f"{one.drug} {one.population} {dict(one.keys)}"
            self.open_ones.append(f"{who}: {coded}; answered {answers}")

    def rest(self) -> tuple[Figure, Figure]:
        """Return the rows answered otherwise: those with a reason, and those without one."""
        return (
            Figure("… otherwise, with a reason", str(self.explained.total())),
            Figure("… otherwise, without one", str(len(self.open_ones)), "0", not self.open_ones),
        )

    def notes(self) -> list[str]:
        """Return each reason with its count, and the first rows without one."""
        counted = [f"- {count} × {why}" for why, count in self.explained.most_common()]
        return [*counted, *self.open_ones[:40]]


def tally_of(known: Knowledge) -> Tally:
    """Return the comparison of every CPIC row, answered from what is known."""
    tally = Tally()
    for one in published_tables():
        rows = matching(known.guidance, one.drug, dict(one.keys), one.population)
        if rows:
            tally.add(one, rows[0], known)
    return tally


def main() -> int:
    """Print both measures; return 1 where CPIC alone is under 99 %, or a row unexplained."""
    alone, whole = tally_of(hearing(SOURCE)), tally_of(knowledge())
    missed = show(
        "Every CPIC row through the product, CPIC alone heard",
        [
            at_least("all rows: same act and strength", alone.same, alone.total, 99),
            share("… of these, rows with a recommendation", alone.told_same, alone.told),
            *alone.rest(),
        ],
        alone.notes(),
    )
    missed |= show(
        "Every CPIC row through the product, by England's policy (three sources heard)",
        [
            share("all rows: same act and strength", whole.same, whole.total),
            share("… of these, rows with a recommendation", whole.told_same, whole.told),
            *whole.rest(),
        ],
        whole.notes(),
    )
    return missed
