"""Whatever the results: no medicine falls silent, and no advice comes without its evidence."""

import json
from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from garrod.adapters.packs.load import load_shelf
from garrod.care.decide.model import Decision
from garrod.care.decide.service import decide, load_knowledge, look_ahead
from garrod.core.finding import Candidate, GeneFinding, PhenotypeShare, Status
from garrod.core.medicine import Act, MedicineLine, Proposal
from garrod.core.person import Person
from garrod.science.pgx.definitions import load_definitions
from garrod.science.pgx.phenotype import load_phenotyping, phenotype_of
from tests.making.desk_time import drawn

SHELF = load_shelf()
KNOWLEDGE = load_knowledge(SHELF)
PHENOTYPES = load_phenotyping(SHELF)
ALLELES = {gene: sorted(d.folded) or ["*1"] for gene, d in load_definitions(SHELF).items()}
GENES = {gene for drug in KNOWLEDGE.drugs() for gene in KNOWLEDGE.genes_of(drug)}
TODAY = date(2026, 11, 25)


@st.composite
def findings(draw: st.DrawFn, gene: str, sex: str) -> GeneFinding:
    """Draw a finding with up to three candidates, or one that could not be told."""
    status = draw(st.sampled_from(Status))
    if status in (Status.NO_CALL, Status.NOT_ASSESSED):
        return GeneFinding(gene, status, reasons=("drawn",))
    allele = st.sampled_from(ALLELES[gene])
    pairs = draw(st.lists(st.tuples(allele, allele), min_size=1, max_size=3, unique=True))
    weights = draw(st.lists(st.integers(1, 100), min_size=len(pairs), max_size=len(pairs)))
    told = [phenotype_of(PHENOTYPES, gene, pair, sex=sex) for pair in pairs]
    candidates = sorted(
        (
            Candidate("/".join(p), w / sum(weights), r.phenotype, r.activity_score, r.keys)
            for p, w, r in zip(pairs, weights, told, strict=True)
        ),
        key=lambda c: -c.probability,
    )
    first = candidates[0]
    return GeneFinding(
        gene,
        status,
        tuple(candidates),
        phenotype=first.phenotype,
        activity_score=first.activity_score,
        phenotypes=tuple(
            PhenotypeShare(c.phenotype, c.activity_score, c.probability) for c in candidates
        ),
        packs=("pgx-definitions@0",),
        reasons=("drawn",) if status is Status.AMBIGUOUS else (),
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[Person, MedicineLine]:
    """Draw a person with findings in some genes of a medicine, and the medicine."""
    drug = draw(st.sampled_from(KNOWLEDGE.guidance.drugs()))
    sex = draw(st.sampled_from(["male", "female", ""]))
    genes = [g for g in KNOWLEDGE.guidance.genes_of(drug) if g in ALLELES]
    tested = draw(st.lists(st.sampled_from(genes), unique=True)) if genes else []
    medicine = KNOWLEDGE.medicines.by_id(drug)
    assert medicine is not None
    line = MedicineLine(medicine.name, started=draw(st.sampled_from([None, date(2020, 1, 1)])))
    born = draw(st.sampled_from([None, date(2018, 5, 5), date(1950, 1, 1)]))
    person = Person(
        "Patient/p",
        sex=sex,
        birth_date=born,
        findings=tuple(draw(findings(gene, sex)) for gene in tested),
        medicines=(line,),
    )
    return person, line


def answers(person: Person, line: MedicineLine) -> list[Decision]:
    """Return the answer to an order of the medicine, and to a review."""
    proposals = Proposal(Act.ORDER, line), Proposal(Act.REVIEW)
    return [decide(KNOWLEDGE, person, p, today=TODAY) for p in proposals]


@settings(max_examples=drawn(300), deadline=None)
@given(cases())
def test_every_medicine_is_answered_in_one_of_the_three_lists(
    case: tuple[Person, MedicineLine],
) -> None:
    for answer in answers(*case):
        named = [a.target.name for a in (*answer.advice, *answer.clear, *answer.not_assessed)]
        assert named
        assert all(not_told.reason for not_told in answer.not_assessed)
        if not any(f.is_usable for f in case[0].findings):
            # no gene was read: none is clear, whatever else was checked
            assert not {g for c in answer.clear for g in c.genes} & GENES


@settings(max_examples=drawn(300), deadline=None)
@given(cases())
def test_every_advice_carries_evidence_packs_and_a_proof_chain(
    case: tuple[Person, MedicineLine],
) -> None:
    for answer in answers(*case):
        for advice in answer.advice:
            assert advice.evidence
            for evidence in advice.evidence:
                assert evidence.source
                assert evidence.licence
            adviser = advice.id.partition(":")[0]
            source = {"limit": "policy-england", "pgx": "pgx-guidance"}.get(adviser, "")
            assert any(pack.startswith(source) for pack in advice.packs)
            assert all(pack.count("@") == 1 for pack in advice.packs)
            assert advice.because
            assert advice.title
            assert advice.summary
            assert advice.p_recommendation is None or 0 <= advice.p_recommendation <= 1


@settings(max_examples=drawn(100), deadline=None)
@given(cases())
def test_same_person_and_knowledge_give_the_same_answer(
    case: tuple[Person, MedicineLine],
) -> None:
    first, second = answers(*case), answers(*case)
    assert first == second
    assert [json.dumps(a.as_json()) for a in first] == [json.dumps(a.as_json()) for a in second]


@settings(max_examples=drawn(100), deadline=None)
@given(st.lists(cases(), min_size=1, max_size=4), cases())
def test_what_others_were_told_never_changes_an_answer(
    others: list[tuple[Person, MedicineLine]], case: tuple[Person, MedicineLine]
) -> None:
    for other in others:
        answers(*other)
        look_ahead(KNOWLEDGE, other[0], today=TODAY)
    person, line = case
    fresh = replace(KNOWLEDGE)  # the same facts, nothing remembered
    assert fresh.memory is not KNOWLEDGE.memory
    proposals = Proposal(Act.ORDER, line), Proposal(Act.REVIEW)
    assert answers(*case) == [decide(fresh, person, p, today=TODAY) for p in proposals]
    ahead = look_ahead(KNOWLEDGE, person, today=TODAY)
    assert ahead == look_ahead(replace(KNOWLEDGE), person, today=TODAY)
