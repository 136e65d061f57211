"""One finding a gene from two sources: what a file of variants reads, and what a record states.

file, record -> same phenotype: the file's · the file cannot tell: the record's · else: both
A contradiction stays side by side, so that advice which depends on who is right shows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from garrod.core.finding import GeneFinding, Status
from garrod.science.pgx.describe import phenotype_shares
from garrod.science.pgx.guidance import UNTOLD


def reconciled(
    read: Sequence[GeneFinding], stated: Mapping[str, GeneFinding]
) -> tuple[GeneFinding, ...]:
    """Return the findings read from a file, completed by those that a record states.

    Source: definitional.
    """
    by_gene = {f.gene: f for f in read}
    for gene, told in stated.items():
        own = by_gene.get(gene)
        by_gene[gene] = told if own is None or not own.is_usable else _joined(own, told)
    return tuple(by_gene.values())


def replacing(told: GeneFinding, own: GeneFinding) -> GeneFinding:
    """Return an outside call that stands for the file's own.

    Where a file that could tell says otherwise, the call stays first and is not called: it is
    ambiguous, and the difference is said.

    Source: definitional.
    """
    told = replace(told, positions=told.positions or own.positions)
    is_silent = own.status is not Status.CALLED or not told.is_usable
    if is_silent or told.phenotype in UNTOLD or told.phenotype == own.phenotype:
        return told
    ours, theirs = own.candidates[0].name, told.candidates[0].name
    note = f"the file reads {ours}, the outside call {theirs} stands: ask which is right"
    return replace(told, status=Status.AMBIGUOUS, reasons=(note, *told.reasons))


def _joined(own: GeneFinding, told: GeneFinding) -> GeneFinding:
    """Return what two usable results of a gene amount to."""
    if not told.is_usable or told.phenotype in UNTOLD or told.phenotype == own.phenotype:
        return own
    ours, theirs = own.candidates[0].name, told.candidates[0].name
    if told.status is Status.CALLED and _leaves_open(own, told):
        note = f"the file reads {ours} but cannot tell; the record's {theirs} is used"
        return replace(told, reasons=(note, *told.reasons), positions=own.positions)
    note = f"the record states {theirs}, the file reads {ours}: ask the laboratory which is right"
    candidates = tuple(
        replace(c, probability=c.probability / 2) for c in (*own.candidates, *told.candidates)
    )
    candidates = tuple(sorted(candidates, key=lambda c: -c.probability))
    shares = phenotype_shares(candidates)
    return replace(
        own,
        status=Status.AMBIGUOUS,
        candidates=candidates,
        phenotype=shares[0].phenotype,
        activity_score=shares[0].activity_score,
        phenotypes=shares,
        reasons=(note, *own.reasons, *told.reasons),
        proofs=(*own.proofs, *told.proofs),
        remainder=own.remainder / 2,
    )


def _leaves_open(own: GeneFinding, told: GeneFinding) -> bool:
    """Return whether the file's reading allows what was stated: copies not seen, or a candidate."""
    if own.status is not Status.AMBIGUOUS:
        return False
    return own.is_open_elsewhere or told.phenotype in {c.phenotype for c in own.candidates}
