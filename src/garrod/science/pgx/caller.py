"""From readings of a gene's positions to its diplotypes, each with a probability.

readings -> usable readings -> posterior over allele pairs -> names, status, reasons.
Phenotypes are added by whoever joins the phenotype rules; nothing here says what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from garrod.core.finding import Candidate, GeneFinding, Status
from garrod.core.genotype import UNDOCUMENTED, CallState, Observation
from garrod.science.pgx.definitions import Floats, GeneDefinition
from garrod.science.pgx.naming import diplotype_name
from garrod.science.pgx.posterior import Reading, diploid_posterior, haploid_posterior

READ = (CallState.CALLED, CallState.REFERENCE_BLOCK)


@dataclass(frozen=True, slots=True)
class CallSettings:
    """How sure a call must be, and which candidates are worth listing."""

    called_at: float = 0.95
    listed_from: float = 0.001
    prior_name: str = "flat"


DEFAULT_SETTINGS = CallSettings()


def call_gene(
    definition: GeneDefinition,
    observations: Mapping[str, Observation],
    prior: Floats,
    *,
    settings: CallSettings = DEFAULT_SETTINGS,
) -> GeneFinding:
    """Return the finding of one gene from what was read at its positions (by position id).

    Phenotypes are left empty.  Source: Bayes' theorem over pack pgx-definitions.
    """
    if not definition.positions:
        return _without(definition, Status.NOT_ASSESSED, "only an outside call can tell this gene")
    relevant = [p for p in definition.positions if p.id not in definition.ignored]
    missing = tuple(p.id for p in relevant if not _is_read(observations.get(p.id)))
    if len(missing) == len(relevant):
        return _without(definition, Status.NO_CALL, "no defining position was read", missing)
    lost = [name for name in missing if name in definition.required]
    if lost:
        reason = f"required positions were not read: {', '.join(lost)}"
        return _without(definition, Status.NO_CALL, reason, missing)
    return _call_read(definition, observations, prior, settings=settings)


def _call_read(
    definition: GeneDefinition,
    observations: Mapping[str, Observation],
    prior: Floats,
    *,
    settings: CallSettings,
) -> GeneFinding:
    readings, undocumented = [], []
    missing = []
    for index, position in enumerate(definition.positions):
        seen = observations.get(position.id)
        if position.id in definition.ignored:
            continue
        if seen is None or not _is_read(seen):
            missing.append(position.id)
        elif UNDOCUMENTED in seen.alleles:
            undocumented.append(position.id)
        else:
            readings.append((index, seen))
    posterior = _posterior(definition, readings, prior)
    if not posterior:
        reason = "no pair of defined alleles explains what was read"
        return _without(definition, Status.AMBIGUOUS, reason, tuple(missing))
    names: dict[str, float] = {}
    for (a, b), probability in posterior.items():
        pair = (definition.folded[a], definition.folded[b])
        single = len(readings) > 0 and len(readings[0][1].alleles) == 1
        name = diplotype_name(definition, pair[:1] if single else pair)
        names[name] = names.get(name, 0.0) + probability
    ranked = sorted(names.items(), key=lambda item: (-item[1], item[0]))
    kept = [Candidate(n, p, "") for n, p in ranked if p >= settings.listed_from]
    is_called = kept[0].probability >= settings.called_at and not undocumented
    reasons = [f"undocumented base at {name}" for name in undocumented]
    if missing:
        reasons.append(f"{len(missing)} of {len(definition.positions)} positions were not read")
    return GeneFinding(
        gene=definition.gene,
        status=Status.CALLED if is_called else Status.AMBIGUOUS,
        candidates=tuple(kept),
        reasons=tuple(reasons),
        missing=tuple(missing),
        prior=settings.prior_name,
        remainder=max(0.0, 1 - sum(c.probability for c in kept)),
    )


def _posterior(
    definition: GeneDefinition, readings: list[Reading], prior: Floats
) -> dict[tuple[int, int], float]:
    """Return the posterior; empty when strands of one and of two copies are mixed."""
    copies = {len(observation.alleles) for _, observation in readings}
    if copies == {1}:
        return haploid_posterior(definition, readings, prior)
    if copies <= {2}:
        return diploid_posterior(definition, readings, prior)
    return {}


def _is_read(observation: Observation | None) -> bool:
    return observation is not None and observation.state in READ


def _without(
    definition: GeneDefinition, status: Status, reason: str, missing: tuple[str, ...] = ()
) -> GeneFinding:
    return GeneFinding(definition.gene, status, reasons=(reason,), missing=missing)
