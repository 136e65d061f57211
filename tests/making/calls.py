"""Calls a gene from a few stated readings: every other position reads as the reference."""

from __future__ import annotations

from collections.abc import Mapping

from garrod.adapters.packs.load import load_shelf
from garrod.core.finding import GeneFinding
from garrod.core.genotype import CallState, Observation, StructuralCall
from garrod.science.pgx.caller import Subject, call_gene
from garrod.science.pgx.definitions import GeneDefinition, load_definitions
from garrod.science.pgx.describe import CallSettings
from garrod.science.pgx.phenotype import load_phenotyping
from garrod.science.pgx.priors import flat_prior

SHELF = load_shelf()
GENES = load_definitions(SHELF)
PHENOTYPES = load_phenotyping(SHELF)
Changes = Mapping[int, Observation | None]  # by GRCh38 position; None: not read


def read(*alleles: str, phased: bool = False, phase_set: int | None = None) -> Observation:
    """Return a reading of one position."""
    return Observation(CallState.CALLED, alleles, phased, phase_set, 7, "a record")


def readings(gene: str, changes: Changes, *, copies: int = 2) -> dict[str, Observation]:
    """Return readings of all positions of a gene, the reference but for the changes."""
    seen = {p.id: read(*[p.alleles[0]] * copies) for p in GENES[gene].positions}
    for pos, observation in changes.items():
        if observation is None:
            del seen[f"{gene}:{pos}"]
        else:
            seen[f"{gene}:{pos}"] = observation
    return seen


def only(gene: str, kept: Mapping[int, Observation]) -> dict[str, Observation]:
    """Return readings of a few positions; the rest was not read."""
    return {f"{gene}:{pos}": seen for pos, seen in kept.items()}


def call_seen(
    gene: str,
    seen: Mapping[str, Observation],
    *,
    sex: str = "",
    structural: tuple[StructuralCall, ...] = (),
    settings: CallSettings | None = None,
) -> GeneFinding:
    """Return the finding of readings by position id, under the flat prior."""
    definition: GeneDefinition = GENES[gene]
    return call_gene(
        definition,
        PHENOTYPES,
        seen,
        flat_prior(definition),
        settings=settings or CallSettings(),
        subject=Subject(sex, structural),
    )


def call(
    gene: str,
    changes: Changes,
    *,
    copies: int = 2,
    sex: str = "",
    structural: tuple[StructuralCall, ...] = (),
    settings: CallSettings | None = None,
) -> GeneFinding:
    """Return the finding of a gene whose positions all read reference but for the changes."""
    seen = readings(gene, changes, copies=copies)
    return call_seen(gene, seen, sex=sex, structural=structural, settings=settings)


def names(finding: GeneFinding) -> list[str]:
    """Return the names of the candidates, the most probable first."""
    return [candidate.name for candidate in finding.candidates]
