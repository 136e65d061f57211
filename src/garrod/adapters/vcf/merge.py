"""Two records that speak of one position in one sample, made into one reading.

Split rows: the row that shows a variant outranks the row that shows none; two rows that each show
one on one strand are joined; two that contradict each other are a no-call. One variant that is
stated twice is one variant: two such rows agree or contradict each other.
"""

from __future__ import annotations

from dataclasses import replace

from garrod.core.genotype import MISSING, NOT_COVERED, UNDOCUMENTED, CallState, Observation


def merged(first: Observation, second: Observation, ref: str) -> Observation:
    """Return the one reading; `ref` is the position's reference allele on this build."""
    if first is NOT_COVERED or first.state is CallState.NOT_COVERED:
        return second
    if first.state is CallState.REFERENCE_BLOCK or second.state is CallState.REFERENCE_BLOCK:
        return _beside_block(first, second)
    if second.state is CallState.NO_CALL or first.state is CallState.NO_CALL:
        return _beside_no_call(first, second)
    if first.alleles == second.alleles:
        return first
    if _is_repeated(first, second, ref):
        is_open = not (first.phased and second.phased)
        is_same = is_open and sorted(first.alleles) == sorted(second.alleles)
        return first if is_same else _contradiction(first, second)
    shown = (_variants(first, ref), _variants(second, ref))
    if not shown[1]:
        return first
    if not shown[0]:
        return second
    return _joined(first, second, ref)


def _beside_block(first: Observation, second: Observation) -> Observation:
    """A record of the site itself outranks the block it stands in."""
    if first.state is CallState.REFERENCE_BLOCK and second.state is not CallState.REFERENCE_BLOCK:
        return second
    return first


def _beside_no_call(first: Observation, second: Observation) -> Observation:
    """A doubted record makes the position doubtful, unless both were doubted."""
    return first if first.state is CallState.NO_CALL else second


def _is_repeated(first: Observation, second: Observation, ref: str) -> bool:
    """Return whether both rows are of one site, or show one and the same known variant."""
    if first.record.rpartition(" ")[0] == second.record.rpartition(" ")[0]:
        return True
    shown = [{o.alleles[i] for i in _variants(o, ref)} for o in (first, second)]
    return bool(shown[0]) and shown[0] == shown[1] and UNDOCUMENTED not in shown[0]


def _variants(observation: Observation, ref: str) -> tuple[int, ...]:
    return tuple(i for i, allele in enumerate(observation.alleles) if allele not in (ref, MISSING))


def _joined(first: Observation, second: Observation, ref: str) -> Observation:
    """Two heterozygous rows of a split site, together: one strand each."""
    if len(first.alleles) == len(second.alleles) == 2:
        one, two = _variants(first, ref), _variants(second, ref)
        if len(one) == len(two) == 1:
            is_phased = first.phased and second.phased and first.phase_set == second.phase_set
            strands = [ref, ref]
            strands[one[0]] = first.alleles[one[0]]
            other = two[0] if is_phased else 1 - one[0]
            if other != one[0]:
                strands[other] = second.alleles[two[0]]
                return replace(first, alleles=tuple(strands), phased=is_phased)
    if UNDOCUMENTED in first.alleles:
        return first
    if UNDOCUMENTED in second.alleles:
        return second
    return _contradiction(first, second)


def _contradiction(first: Observation, second: Observation) -> Observation:
    return Observation(
        CallState.NO_CALL,
        line=first.line,
        record=first.record,
        reason=f"two records disagree ({first.record}; {second.record})",
    )
