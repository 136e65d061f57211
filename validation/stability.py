"""Is advice that we call stable the same under every candidate, and under the truth?

For each person with positions that were not read: every piece of advice that is stated as stable,
for all drugs, is asked for again with each listed candidate of its genes taken as certain, and
with the true genotype as if a laboratory had reported it. Reference: the drawn or simulated
genotype of population400 and synthetic400. Run: python -m validation stability
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import product

from garrod.care.decide.case import case_of
from garrod.care.decide.knowledge import Knowledge, load_knowledge
from garrod.care.decide.pharmacogenomics import advice_ahead
from garrod.care.decide.service import look_ahead
from garrod.core.advice import Advice
from garrod.core.finding import GeneFinding, Status
from garrod.core.person import Person
from garrod.knowledge.medicines import Medicine
from garrod.science.pgx.describe import phenotype_shares
from garrod.science.pgx.outside import OutsideRow, findings_from
from garrod.science.pgx.people import Sample
from validation.calling import FLAT, POPULATION, SEXES, Findings, call_file, caller, shelf
from validation.data import PGX, rows
from validation.figures import Figure, none_of, show

DAY = date(2026, 11, 25)
MOST = 64  # combinations of candidates tried per piece of advice
Truth = dict[str, str]  # true diplotype by gene


@cache
def knowledge() -> Knowledge:
    """Return the knowledge of the wheel, England's policy."""
    return load_knowledge(shelf())


def drawn() -> Iterator[tuple[str, str, Findings, Truth]]:
    """Yield the people of population400 with gaps: sample, sex, findings, truth."""
    folder = PGX / "population400"
    people = {r["sample"]: r for r in rows(folder / "people.tsv") if r["mode"] != "unphased"}
    asked = [Sample(s, SEXES[r["sex"]], r["population"]) for s, r in people.items()]
    called = call_file(folder / "people.vcf.gz", rules=POPULATION, people=asked)
    truths: dict[str, Truth] = {}
    for row in rows(folder / "truth.tsv.gz"):
        truths.setdefault(row["sample"], {})[row["gene"]] = row["true_diplotype"]
    for sample, row in people.items():
        yield sample, SEXES[row["sex"]], called[sample], truths[sample]


def simulated() -> Iterator[tuple[str, str, Findings, Truth]]:
    """Yield the people of synthetic400 with gaps: sample, sex, findings, truth."""
    folder = PGX / "synthetic400"
    people: dict[str, str] = {}
    truths: dict[str, Truth] = {}
    for row in rows(folder / "expected.tsv"):
        if "missing" in row["mode"]:
            people[row["sample"]] = SEXES[row["sex"]]
            core = row["simulated_true_core_diplotype"]
            truths.setdefault(row["sample"], {})[row["gene"]] = core
    asked = [Sample(sample, sex) for sample, sex in people.items()]
    called = call_file(folder / "synthetic.vcf.gz", rules=FLAT, people=asked)
    for sample, sex in people.items():
        yield sample, sex, called[sample], truths[sample]


def content(advice: Advice | None) -> object:
    """Return what a piece of advice asks for."""
    return None if advice is None else (advice.action, advice.dose_factor, advice.strength)


def advice_for(sex: str, findings: Sequence[GeneFinding]) -> dict[str, Advice]:
    """Return the advice on every drug, by its target's name."""
    person = Person("Patient/synthetic", sex=sex, birth_date=date(1970, 1, 1), is_synthetic=True)
    found = look_ahead(knowledge(), replace(person, findings=tuple(findings)), today=DAY)
    return {advice.target.name: advice for advice in found}


def certain(finding: GeneFinding, number: int) -> GeneFinding:
    """Return a finding with one of its candidates taken as certain."""
    chosen = replace(finding.candidates[number], probability=1.0)
    return replace(
        finding,
        status=Status.CALLED,
        candidates=(chosen,),
        phenotype=chosen.phenotype,
        activity_score=chosen.activity_score,
        phenotypes=phenotype_shares((chosen,)),
    )


def told(sex: str, findings: Findings, truth: Truth) -> Findings:
    """Return the findings with the truth of every gene that was called, as a laboratory says it."""
    rules = caller(POPULATION)
    reported = [OutsideRow(gene, name, line=1) for gene, name in truth.items() if gene in findings]
    known = findings_from(reported, rules.definitions, rules.phenotyping, sex=sex)
    return {g: replace(known[g], positions=f.positions) if g in known else f
            for g, f in findings.items()}  # fmt: skip


def combinations(genes: Sequence[str], findings: Findings) -> Iterator[Findings]:
    """Yield the findings with each combination of the candidates of some genes as certain."""
    counts = [range(len(findings[g].candidates)) for g in genes]
    for tried, numbers in enumerate(product(*counts)):
        if tried >= MOST:
            return
        chosen = {g: certain(findings[g], n) for g, n in zip(genes, numbers, strict=True)}
        yield {**findings, **chosen}


def medicine_of(advice: Advice) -> Medicine:
    """Return the medicine that a piece of advice is about."""
    return next(m for m in knowledge().medicines.by_drug.values() if m.name == advice.target.name)


def advice_for_one(sex: str, findings: Findings, medicine: Medicine) -> Advice | None:
    """Return the advice on one drug."""
    person = Person("Patient/synthetic", sex=sex, birth_date=date(1970, 1, 1), is_synthetic=True)
    known = replace(person, findings=tuple(findings.values()))
    base = case_of(knowledge(), known, today=DAY).base
    return advice_ahead(knowledge(), medicine, base)


def is_same_under_all(sex: str, findings: Findings, advice: Advice) -> bool:
    """Return whether every combination of listed candidates gives the same advice."""
    medicine = medicine_of(advice)
    genes = [
        g
        for g in knowledge().genes_of(medicine.drug)
        if g in findings and len(findings[g].candidates) > 1
    ]
    again = (advice_for_one(sex, other, medicine) for other in combinations(genes, findings))
    return all(content(other) == content(advice) for other in again)


def measure(name: str, people: Iterator[tuple[str, str, Findings, Truth]]) -> list[Figure]:
    """Return the figures of one set of people."""
    stable = every = by_truth = by_candidate = persons = 0
    for sample, sex, findings, truth in people:
        persons += 1
        given = advice_for(sex, list(findings.values()))
        true = advice_for(sex, list(told(sex, findings, truth).values()))
        every += len(given)
        for target, advice in given.items():
            if not advice.stable:
                continue
            stable += 1
            by_candidate += not is_same_under_all(sex, findings, advice)
            if content(true.get(target)) != content(advice):
                by_truth += 1
                print(f"{name} {sample} {target}: {content(advice)} / {content(true.get(target))}")
    said = f"{persons}; {every:,}; {stable:,}"
    return [
        Figure(f"{name}: people with gaps; pieces of advice; stated as stable", said),
        none_of(f"{name}: stable advice that a listed candidate changes", by_candidate, stable),
        none_of(f"{name}: stable advice that the truth changes", by_truth, stable),
    ]


def main() -> int:
    """Print how often stable advice was not what the truth, or a candidate, gives."""
    figures = [*measure("population400", drawn()), *measure("synthetic400", simulated())]
    return show("Stability of advice", figures)
