"""Persons, findings and questions for tests of decisions."""

from dataclasses import replace
from datetime import date

from garrod.adapters.packs.load import load_shelf
from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.model import Decision
from garrod.care.decide.service import decide, load_knowledge
from garrod.core.finding import Candidate, GeneFinding, PhenotypeShare, Status
from garrod.core.medicine import Act, Coding, MedicineLine, Proposal
from garrod.core.person import Condition, Person
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.people import load_caller

CALLER = load_caller(load_shelf())
SHELF = load_shelf()
KNOWLEDGE = load_knowledge(SHELF)
# Genes and the policy alone: what safety packs say has tests of its own.
OWN = ("pgx-", "policy-", "drug", "cyp-", "clinical-terms", "prescribing", "treatment-options")
GENETIC = load_knowledge(Shelf([SHELF.pack(n) for n in SHELF.names() if n.startswith(OWN)]))
TODAY = date(2026, 11, 25)
ADULT = Person("Patient/1", sex="female", birth_date=date(1960, 1, 1))
ACS = Condition("ACS", (Coding("http://snomed.info/sct", "394659003", "Acute coronary syndrome"),))
PM, IM, NM = "Poor Metabolizer", "Intermediate Metabolizer", "Normal Metabolizer"


def candidate(name: str, probability: float, phenotype: str, score: str = "") -> Candidate:
    keys = (score, phenotype) if score else (phenotype,)
    return Candidate(name, probability, phenotype, score, keys)


def finding(gene: str, *candidates: Candidate, status: Status = Status.CALLED) -> GeneFinding:
    first = candidates[0]
    shares = (PhenotypeShare(first.phenotype, first.activity_score, first.probability),)
    return GeneFinding(gene, status, candidates, first.phenotype, phenotypes=shares, packs=("d@1",))


def hla(gene: str, status: str) -> GeneFinding:
    return finding(gene, Candidate(status, 1.0, status, "", (status,)))


def ask(person: Person, words: str, *findings: GeneFinding, **more: object) -> Decision:
    """Return what is said of an order by genes and the policy, without what no rule covers."""
    found = ask_all(GENETIC, person, words, *findings, **more)
    return replace(
        found, not_assessed=tuple(n for n in found.not_assessed if n.subject != "coverage")
    )


def ask_all(
    knowledge: Knowledge, person: Person, words: str, *findings: GeneFinding, **more: object
) -> Decision:
    """Return everything that is said of an order."""
    line = MedicineLine(words, **more)  # type: ignore[arg-type]
    known = replace(person, findings=findings)
    return decide(knowledge, known, Proposal(Act.ORDER, line), today=TODAY)


CYP2C19_PM = finding("CYP2C19", candidate("*2/*2", 1.0, PM))
