"""What a person's genes behave as while they take what they take, for one medicine's assessment.

person + medicines taken -> findings converted by the nation's policy -> person
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from garrod.care.decide.policy import PACK
from garrod.core.finding import GeneFinding
from garrod.core.person import Person
from garrod.knowledge.medicines import Medicine
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.circumstances import Population
from garrod.science.pgx.expected import Expected
from garrod.science.pgx.exposure import Clearance, load_clearance
from garrod.science.pgx.fading import NO_TIMES, Times
from garrod.science.pgx.modulators import INHIBITS
from garrod.science.pgx.phenoconversion import (
    Phenoconversion,
    acting,
    behaving,
    load_phenoconversion,
    pull_of,
)


@dataclass(frozen=True, slots=True)
class Conversions:
    """Inhibitors and inducers, the policy on them, and the genes that each medicine touches."""

    facts: Phenoconversion
    genes: tuple[str, ...]
    touched: Mapping[str, frozenset[str]]  # drug -> genes
    references: tuple[str, ...]
    clearance: Clearance
    expected: Expected  # of genes without a result


def load_conversions(shelf: Shelf, policy: str = PACK) -> Conversions:
    """Return what the packs say of inhibitors and inducers.

    Raises: KnowledgeError KNO002, KNO004, KNO005, KNO006.
    """
    facts = load_phenoconversion(shelf, policy)
    enzymes = facts.modulators.enzymes
    touched = {
        drug: frozenset(g for g, e in enzymes.items() if e in {row.enzyme for row in rows})
        for drug, rows in facts.modulators.by_drug.items()
    }
    references = (facts.modulators.reference, facts.rules.reference)
    clearance, expected = load_clearance(shelf), Expected(shelf)
    return Conversions(facts, tuple(enzymes), touched, references, clearance, expected)


def as_behaving(
    conversions: Conversions,
    person: Person,
    taken: Sequence[Medicine],
    *,
    about: Medicine,
    spared: Container[str] = (),
    times: Times = NO_TIMES,
) -> Person:
    """Return the person with findings as their genes behave, to assess one medicine.

    `taken` are the medicines that reach the blood: those of the list and of the order, without
    forms for local use; `times` tells of those just stopped or started; `spared` are genes whose
    guidance asks for other medicines itself. The person, and each finding that nothing acts on,
    stays the same object.
    """
    acting_ones = conversions.touched  # what acts on no enzyme changes nothing
    names = {m.drug: m.name for m in taken if m.drug in acting_ones}
    names[about.drug] = about.name
    drugs = (*names, *(s.drug for s in times.stopped))
    genes = {gene for drug in drugs for gene in conversions.touched.get(drug, ())}
    changed: dict[str, GeneFinding] = {}
    for gene in sorted(gene for gene in genes if gene not in spared):
        was = person.finding(gene)
        now = behaving(conversions.facts, gene, was, names, about=about.drug, times=times)
        if now is not None and now is not was:
            changed[gene] = now
    if not changed:
        return person
    kept = [changed.pop(f.gene, f) for f in person.findings]
    return replace(person, findings=(*kept, *changed.values()))


def inhibitor_marks(
    conversions: Conversions, drugs: Iterable[str], times: Times = NO_TIMES
) -> frozenset[str]:
    """Return how strongly drugs together inhibit each enzyme, as "CYP2D6:strong".

    Those just stopped count for what is left of their effect.

    The policy adds up; an enzyme of two genes (CYP3A) is named by itself and by each of them.
    """
    facts, names = conversions.facts, {d: d for d in drugs if d in conversions.touched}
    marks: set[str] = set()
    acting_ones = (*names, *(s.drug for s in times.stopped))
    genes = {gene for drug in acting_ones for gene in conversions.touched.get(drug, ())}
    for gene in sorted(genes):
        enzyme = facts.modulators.enzymes[gene]
        by = acting(facts, enzyme, names, times=times)
        pull = pull_of(facts.rules, gene, [m for m in by if m.effect == INHIBITS])
        if pull is not None:
            marks |= {f"{name}:{pull.strength}" for name in (gene, enzyme)}
    return frozenset(marks)


def spared_by(populations: Iterable[Population]) -> frozenset[str]:
    """Return the genes whose inhibitors a guideline's populations ask for themselves.

    Such guidance (eliglustat) speaks of the result as it is: to convert it would count twice.
    """
    marks = (mark for p in populations for taken in p.taking for mark in taken.split("+"))
    return frozenset(mark.partition(":")[0] for mark in marks if ":" in mark)


def touched_by(conversions: Conversions, medicine: Medicine) -> frozenset[str]:
    """Return the genes whose enzyme a medicine inhibits or induces."""
    return conversions.touched.get(medicine.drug, frozenset())
