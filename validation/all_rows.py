"""Every CPIC row asked of the product itself: a person with just those results orders the drug.

Reference: the coded row, which validation.guidance_rows holds against the source's text. The
person is made to be of the row's population; the answer comes through decide(), by England's
policy, all three sources heard. Run: python -m validation all_rows
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from garrod.care.decide.model import Decision
from garrod.care.decide.service import decide
from garrod.core.advice import Action
from garrod.core.finding import Candidate, GeneFinding, PhenotypeShare, Status
from garrod.core.medicine import Act, Coding, MedicineLine, Proposal
from garrod.core.person import Person
from garrod.science.pgx.guidance import NO_RESULT, Recommendation, matching
from validation.figures import Figure, at_least, share, show
from validation.guidance_rows import Published, published_tables
from validation.stability import DAY, knowledge

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


def asked(one: Published) -> Decision:
    """Return the product's answer to an order of the drug by a person of the population."""
    findings = tuple(
        finding_of(gene, values) for gene, values in one.keys.items() if NO_RESULT not in values
    )
    name = getattr(knowledge().medicines.by_id(one.drug), "name", one.drug)
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
    return decide(knowledge(), person, Proposal(Act.ORDER, line), today=DAY)


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


def reason(one: Published, row: Recommendation, found: Decision) -> str:
    """Return why the product says otherwise than the row; "" where nothing explains it."""
    if one.population in UNASKABLE:
        return UNASKABLE[one.population]
    if row.action is Action.NO_RECOMMENDATION and found.clear:
        return "CPIC has no recommendation here; a second source is heard"
    if found.advice and not any(e.source.startswith("CPIC") for e in found.advice[0].evidence):
        return "CPIC has no recommendation here; a second source is heard"
    lead = found.advice[0].id.rpartition(":")[2] if found.advice else ""
    if lead and not lead.startswith("cpic"):
        return "a second source is heard on a gene of which CPIC gives no answer"
    if row.action is Action.STANDARD and not found.clear and found.not_assessed:
        return "usual by one gene, while the test of another is offered and missing: not clear"
    return ""


def main() -> int:
    """Print how many rows the product answers with; return 1 where under 99 % or unexplained."""
    same = total = told = told_same = 0
    explained: Counter[str] = Counter()
    open_ones: list[str] = []
    for one in published_tables():
        rows: Sequence[Recommendation] = matching(
            knowledge().guidance, one.drug, _keys(one.keys), one.population
        )
        if not rows:
            continue
        total += 1
        row = rows[0]
        found = asked(one)
        answers = said(one, row, found)
        is_told = row.action is not Action.NO_RECOMMENDATION
        told += is_told
        if answers == (row.action.value, row.strength):
            same += 1
            told_same += is_told
            continue
        why = reason(one, row, found)
        if why:
            explained[why] += 1
        else:
            open_ones.append(f"{one.drug} {one.population} {dict(one.keys)}: {row.id} "
                             f"{row.action.value} {row.strength}; answered {answers}")  # fmt: skip
    figures = [
        at_least("rows with a recommendation: same act and strength", told_same, told, 99),
        share("all rows, those without a recommendation too", same, total),
        Figure("… otherwise, with a reason", str(sum(explained.values()))),
        Figure("… otherwise, without one", str(len(open_ones)), "0", not open_ones),
    ]
    notes = [f"- {count} × {why}" for why, count in explained.most_common()]
    return show("Every CPIC row through the product", figures, [*notes, *open_ones[:40]])


def _keys(keys: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    return dict(keys)
