"""CYP2D6: what copy-number and hybrid records add to the reading of single variants."""

from __future__ import annotations

from dataclasses import dataclass, replace

from garrod.core.genotype import StructuralCall
from garrod.science.pgx.naming import in_order
from garrod.science.pgx.readings import Readings

GENE = "CYP2D6"
DELETION = "*5"  # the whole gene is absent. Source: PMID 31401124
SNV_ONLY = (
    "SNV only: gene deletion, duplication and hybrid alleles (such as *5, xN, *36, *68) "
    "cannot be seen in this file"
)

NOT_FOUND = ("no DEL", "no DUP")  # kinds of records that exclude one change, not the other


@dataclass(frozen=True, slots=True)
class Copies:
    """How many copies of the gene were counted; None: nobody counted."""

    count: int | None
    is_certain: bool
    reasons: tuple[str, ...] = ()


def copies_of(calls: tuple[StructuralCall, ...]) -> Copies:
    """Return the number of copies that the structural records state.

    Source: the file's own copy-number records.
    """
    if not calls:
        return Copies(None, is_certain=False, reasons=(SNV_ONLY,))
    hybrids = [c for c in calls if c.kind.startswith("*")]
    counts = {c.copies for c in calls if c.copies is not None and not c.kind.startswith("*")}
    reasons = [f"hybrid allele {c.kind} was recorded: {c.record}" for c in hybrids]
    reasons += [f"structural record not usable: {c.record}" for c in calls if c.copies is None]
    absent = {c.kind for c in calls if c.kind in NOT_FOUND}
    if len(absent) == len({c.kind for c in calls}) < len(NOT_FOUND):
        reason = f"only one kind of change was looked for: {calls[0].record}"
        return Copies(None, is_certain=False, reasons=(reason, SNV_ONLY))
    if len(counts) > 1:
        counts -= {2}  # one record per event: those of the other event say two copies
    if len(counts) != 1:
        return Copies(None, is_certain=False, reasons=(*reasons, "copy number is not clear"))
    return Copies(counts.pop(), is_certain=not reasons, reasons=tuple(reasons))


def beside(gene: str, readings: Readings, calls: tuple[StructuralCall, ...]) -> Readings:
    """Return the readings, contradicted where copies of a gene changed that are not counted.

    Source: the file's own structural records.
    """
    if gene == GENE or not calls:
        return readings
    reasons = tuple(
        f"a structural change of {gene}, whose copies are not counted: {c.record}" for c in calls
    )
    return replace(readings, reasons=(*readings.reasons, *reasons), is_contradicted=True)


def noted(gene: str, readings: Readings, calls: tuple[StructuralCall, ...]) -> Readings:
    """Return the readings with what is known of CYP2D6's copies, where no pair explains them.

    Source: the file's own structural records.
    """
    if gene != GENE:
        return readings
    return replace(readings, reasons=(*readings.reasons, *copies_of(calls).reasons))


def with_copies(alleles: tuple[str, ...], count: int) -> list[tuple[str, str]]:
    """Return the pairs of strands that alleles and a copy number may mean.

    One copy: the other strand is deleted. Three or more: either strand may carry the extra ones.
    Source: PMID 31647186 (CYP2D6 copy number and activity).
    """
    first, last = alleles[0], alleles[-1]
    if count == 0:
        return [(DELETION, DELETION)]
    if count == 1:
        return [_pair(first, DELETION)] if first == last else []
    if count == 2:
        return [_pair(first, last)]
    many = f"x{count - 1}"
    options = [_pair(f"{first}{many}", last)]
    if first != last:
        options.append(_pair(first, f"{last}{many}"))
    return options


def _pair(first: str, last: str) -> tuple[str, str]:
    ordered = in_order((first, last))
    return ordered[0], ordered[1]
