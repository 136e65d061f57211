"""The facts that the advisers reason over: guidance in the order of a nation's policy, medicines.

shelf, policy pack -> sources in its order -> every guideline of a drug, the first to speak first
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from garrod.care.decide.behaviour import Conversions, load_conversions, spared_by
from garrod.care.decide.dosing import Doses, load_doses
from garrod.care.decide.memory import Memory
from garrod.care.decide.policy import PACK, Policy, load_policy
from garrod.care.decide.prescribing import Prescribing, load_prescribing
from garrod.care.decide.review_facts import ReviewFacts, load_review
from garrod.care.decide.treatments import Treatments, load_treatments
from garrod.knowledge.clinical import Clinical, load_clinical
from garrod.knowledge.medicines import Medicines, load_medicines
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.guidance import Guidance, by_guideline, load_guidance
from garrod.science.safety.allergens import Allergens, load_allergens
from garrod.science.safety.burden import Burdens, load_burdens
from garrod.science.safety.duplicate_rules import DuplicateRules, load_duplicate_rules
from garrod.science.safety.rules import Rules, load_rules


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known of medicines and genes, and what a nation makes of it.

    `sources` are whole; `guidelines` gives a drug's guidelines one by one, both in policy's order.
    `memory` keeps what these facts alone decide.
    """

    sources: tuple[Guidance, ...]
    guidelines: Mapping[str, tuple[Guidance, ...]]
    medicines: Medicines
    policy: Policy
    doses: Doses
    conversions: Conversions
    spared: Mapping[str, frozenset[str]]  # by drug: genes whose inhibitors guidance asks for itself
    clinical: Clinical
    rules: Rules
    treatments: Treatments
    prescribing: Prescribing
    allergens: Allergens
    burdens: Burdens
    duplicates: DuplicateRules
    review: ReviewFacts = field(default_factory=ReviewFacts)
    memory: Memory = field(init=False, compare=False, repr=False, default_factory=Memory)

    @property
    def guidance(self) -> Guidance:
        """Return the source that speaks first."""
        return self.sources[0]

    @property
    def references(self) -> tuple[str, ...]:
        """Return the packs that every answer rests on, as "name@version"."""
        return (self.policy.reference, self.medicines.reference)

    def drugs(self) -> tuple[str, ...]:
        """Return the drugs with guidance of any source, sorted."""
        return self.memory.once("drugs", lambda: tuple(sorted(self.guidelines)))

    def genes_of(self, drug: str) -> tuple[str, ...]:
        """Return the genes with guidance for a drug, in the order of the sources."""
        views = self.guidelines.get(drug, ())
        return tuple(dict.fromkeys(gene for view in views for gene in view.genes_of(drug)))

    def is_tested_before(self, drug: str) -> bool:
        """Return whether policy wants a gene of a drug tested before the first dose."""
        return self.policy.is_tested_before(drug, self.genes_of(drug))


def load_knowledge(shelf: Shelf, policy: str = PACK) -> Knowledge:
    """Return what the advisers reason over, by a policy pack.  Raises: KnowledgeError."""
    chosen = load_policy(shelf, policy)
    clinical = load_clinical(shelf)
    sources = tuple(load_guidance(shelf, source.pack) for source in chosen.sources)
    guidelines = guidelines_of(sources)
    medicines = load_medicines(shelf)
    return Knowledge(
        sources=sources,
        guidelines=guidelines,
        spared={drug: genes for drug in guidelines if (genes := _spared(drug, guidelines[drug]))},
        medicines=medicines,
        policy=chosen,
        doses=load_doses(shelf),
        conversions=load_conversions(shelf, policy),
        clinical=clinical,
        rules=load_rules(shelf, clinical),
        treatments=load_treatments(shelf, clinical),
        prescribing=load_prescribing(shelf),
        review=load_review(shelf, clinical),
        allergens=load_allergens(shelf, clinical, medicines),
        burdens=load_burdens(shelf, clinical),
        duplicates=load_duplicate_rules(shelf, clinical),
    )


def under(known: Knowledge, shelf: Shelf, policy: str) -> Knowledge:
    """Return the knowledge of the same shelf by another policy pack; the rest is read already.

    Raises: KnowledgeError.
    """
    chosen = load_policy(shelf, policy)
    sources = tuple(load_guidance(shelf, source.pack) for source in chosen.sources)
    guidelines = guidelines_of(sources)
    return replace(
        known,
        sources=sources,
        guidelines=guidelines,
        spared={drug: genes for drug in guidelines if (genes := _spared(drug, guidelines[drug]))},
        policy=chosen,
        conversions=load_conversions(shelf, policy),
    )


def _spared(drug: str, views: tuple[Guidance, ...]) -> frozenset[str]:
    """Return the genes of a drug whose result guidance wants as it is."""
    return spared_by(view.populations[code] for view in views for code in view.populations_of(drug))


def guidelines_of(sources: tuple[Guidance, ...]) -> dict[str, tuple[Guidance, ...]]:
    """Return every guideline of each drug, in the order of the sources."""
    found: dict[str, list[Guidance]] = {}
    for source in sources:
        for view in by_guideline(source):
            for drug in view.by_drug:
                found.setdefault(drug, []).append(view)
    return {drug: tuple(views) for drug, views in found.items()}
