"""From readings of a gene's positions to its diplotypes, each with a probability.

readings -> posterior over allele pairs -> the gene's own rules -> phenotypes, status, reasons.
Nothing here says what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from garrod.core.finding import GeneFinding, Status
from garrod.core.genotype import STRANDS, Observation, StructuralCall
from garrod.science.pgx import structure
from garrod.science.pgx.components import find_components
from garrod.science.pgx.deciding import undecided
from garrod.science.pgx.definitions import GeneDefinition
from garrod.science.pgx.describe import CallSettings, Described, describe, proofs_of, without
from garrod.science.pgx.naming import diplotype_name
from garrod.science.pgx.pairs import Diplotypes, Possible, possible_diplotypes
from garrod.science.pgx.phenotype import Phenotyping, function_rank
from garrod.science.pgx.posterior import phase_blocks
from garrod.science.pgx.priors import Prior
from garrod.science.pgx.readings import Copies, Readings, sort_readings
from garrod.science.pgx.single import fallback, mitochondrial

DEFAULT_SETTINGS = CallSettings()


@dataclass(frozen=True, slots=True)
class Subject:
    """What is known of the person besides the readings: sex, and structural records."""

    sex: str = ""
    structural: tuple[StructuralCall, ...] = ()


UNKNOWN_SUBJECT = Subject()


def call_gene(
    definition: GeneDefinition,
    phenotyping: Phenotyping,
    observations: Mapping[str, Observation],
    prior: Prior,
    *,
    settings: CallSettings = DEFAULT_SETTINGS,
    subject: Subject = UNKNOWN_SUBJECT,
    reference: Copies | None = None,
) -> GeneFinding:
    """Return the finding of one gene from what was read at its positions (by position id).

    `reference` may stand in for readings that show nothing but the reference base: how many
    copies of it were read at each position.
    Source: Bayes' theorem over pack pgx-definitions; the gene's rules from pack pgx-phenotypes.
    """
    if not definition.positions:
        reason = "only an outside call can tell this gene"
        return without(definition, Status.NOT_ASSESSED, (reason,))
    readings = sort_readings(definition, observations, sex=subject.sex, reference=reference)
    readings = structure.beside(definition.gene, readings, subject.structural)
    call = _Call(definition, phenotyping, readings, prior, settings, subject)
    finding = _unreadable(call)
    if finding is None:
        finding = _with_components(call) if definition.mode == "components" else _with_pairs(call)
        if finding is None:
            noted = structure.noted(definition.gene, readings, subject.structural)
            finding = fallback(definition, phenotyping, noted)
    return replace(
        finding,
        proofs=proofs_of(definition, observations),
        positions=_extra(definition, observations),
        prior=prior.name,
        packs=settings.packs,
    )


@dataclass(frozen=True, slots=True)
class _Call:
    """Everything that calling one gene needs, together."""

    definition: GeneDefinition
    phenotyping: Phenotyping
    readings: Readings
    prior: Prior
    settings: CallSettings
    subject: Subject

    def possible(self) -> tuple[list[Possible], Diplotypes | None]:
        """Return the diplotypes that explain the readings: those worth listing, and all."""
        settings = self.settings
        found = possible_diplotypes(
            self.definition,
            self.readings,
            self.prior,
            prefer=settings.prefer,
            listed_from=settings.listed_from,
        )
        return (found.possible(at_least=settings.listed_from) if found else []), found

    def described(
        self, possible: list[Possible], more: Described, *, strands: int = STRANDS
    ) -> GeneFinding:
        """Return the finding of some possible diplotypes, which lie on so many strands."""
        if self.readings.is_half and strands == STRANDS:
            more = replace(more, is_certain=False)
        hidden = undecided(self.definition, self.phenotyping, self.readings, possible[0].alleles)
        if hidden:
            reason = f"not read, though decisive: {', '.join(hidden)}"
            more = replace(more, is_certain=False, reasons=(*more.reasons, reason))
        return describe(
            self.definition,
            self.phenotyping,
            possible,
            self.readings,
            more,
            settings=self.settings,
            sex=self.subject.sex,
        )


def _unreadable(call: _Call) -> GeneFinding | None:
    definition, readings = call.definition, call.readings
    if not readings.read:
        if definition.gene == structure.GENE:
            copies = structure.copies_of(call.subject.structural)
            if copies.count == 0:  # no base can be read of a gene that is not there
                both = (structure.DELETION,) * 2
                more = Described(copies.reasons, is_certain=copies.is_certain)
                return call.described([Possible(diplotype_name(both), both, 1.0)], more)
        reasons = (*readings.reasons, "no defining position was read")
        return without(definition, Status.NO_CALL, reasons, readings)
    lost = [p for p in readings.missing if p in definition.required]
    if lost:
        reasons = (*readings.reasons, f"required positions were not read: {', '.join(lost)}")
        return without(definition, Status.NO_CALL, reasons, readings)
    return None


def _with_pairs(call: _Call) -> GeneFinding | None:
    if call.definition.ploidy == "mitochondrial":
        special = mitochondrial(call.definition, call.phenotyping, call.readings)
        if special is not None:
            return call.described([special[0]], special[1])
    possible, found = call.possible()
    if not possible:
        return None
    if call.definition.gene == structure.GENE:
        return _with_copies(call, possible, found)
    return call.described(possible, Described(all_of=found))


def _with_components(call: _Call) -> GeneFinding:
    """Call a gene whose strands may carry several variants (DPYD, RYR1)."""
    definition, readings = call.definition, call.readings

    def rank(name: str) -> float:
        return function_rank(call.phenotyping, definition.gene, name)

    found = find_components(definition, readings, call.prior, rank)
    listed = found.found or (definition.reference_allele,)
    possible, every = ([], None) if _is_in_pieces(readings) else call.possible()
    if not possible:
        name = diplotype_name(found.pair)
        possible = [Possible(name, found.pair, found.probability)]
    return call.described(possible, Described(found.reasons, components=listed, all_of=every))


def _is_in_pieces(readings: Readings) -> bool:
    """Return whether several phase sets leave open which variants share a strand."""
    differing = readings.differing
    return any(seen.phased for _, seen in differing) and len(phase_blocks(differing)) > 1


def _with_copies(call: _Call, possible: list[Possible], found: Diplotypes | None) -> GeneFinding:
    """Call CYP2D6: copies counted by structural records change the diplotype and its activity."""
    copies = structure.copies_of(call.subject.structural)
    if copies.count in (None, 2):
        is_certain = copies.is_certain or not (
            call.subject.structural or call.settings.demand_copies
        )
        return call.described(
            possible, Described(copies.reasons, is_certain=is_certain, all_of=found)
        )
    counted = [
        Possible(diplotype_name(pair), pair, p.probability / len(pairs))
        for p in possible
        for pairs in [structure.with_copies(p.alleles, copies.count)]
        for pair in pairs
    ]
    if not counted:
        reason = "two different alleles were read where one copy was counted"
        more = Described((*copies.reasons, reason), is_certain=False, all_of=found)
        return call.described(possible, more)
    total = sum(p.probability for p in counted)
    scaled = [replace(p, probability=p.probability / total) for p in counted]
    more = Described(copies.reasons, is_certain=copies.is_certain)
    return call.described(scaled, more, strands=min(copies.count, STRANDS))


def _extra(
    definition: GeneDefinition, observations: Mapping[str, Observation]
) -> dict[str, str] | None:
    """Return the single positions that guidance asks for beside the alleles."""
    if not definition.extra:
        return None
    found = {}
    for position in definition.extra:
        seen = observations.get(position.id)
        name = position.rsid or position.id
        found[name] = "/".join(sorted(seen.alleles)) if seen is not None and seen.is_read else ""
    return found
