"""Calls that somebody else made, as findings: what they state, and what it contradicts.

rows of a file -> per gene: each row's claims (phenotype, score, diplotype) -> candidates

Claims of a row that agree are one candidate; claims that contradict each other stay side by side,
equally likely, so that advice which depends on who is right is seen to depend on it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from garrod.core.errors import OutsideCallError
from garrod.core.finding import INDETERMINATE, Candidate, GeneFinding, Origin, Proof, Status
from garrod.science.pgx import stated
from garrod.science.pgx.claims import (
    Claim,
    contradiction,
    guidance_keys,
    merged,
    result_name,
    result_of,
    stated_claims,
)
from garrod.science.pgx.definitions import GeneDefinition
from garrod.science.pgx.describe import phenotype_shares
from garrod.science.pgx.naming import diplotype_name
from garrod.science.pgx.phenotype import PhenotypeResult, Phenotyping

PRIOR = "outside"


@dataclass(frozen=True, slots=True)
class OutsideRow:
    """One line of a file of outside calls, as written; empty where it says nothing.

    `source` is the program or laboratory that says it; `note` is what it says beside the call,
    such as why there is none. A row that `is_optional` comes from a program that reports more
    genes than we know: one that we do not know is left out, where a stated one is an error.
    """

    gene: str
    diplotype: str = ""
    phenotype: str = ""
    activity_score: str = ""
    line: int = 0
    file: str = ""
    source: str = ""
    is_optional: bool = False
    note: str = ""

    @property
    def where(self) -> str:
        """Return the place to look at, for messages."""
        return f"{self.file}: line {self.line}" if self.line else self.file

    @property
    def origin(self) -> str:
        """Return the program that says it, or else the file's own name, to tell sources apart."""
        return self.source or self.file.rsplit("/", 1)[-1]

    @property
    def speaker(self) -> str:
        """Return who says it, to begin a reason with: "line 3", or the program."""
        return f"line {self.line}" if self.line else self.source or "the outside call"

    @property
    def written(self) -> str:
        """Return the line's own words and who wrote them, for the proof chain."""
        cells = [self.gene, self.diplotype, self.phenotype, self.activity_score]
        cells += [f"({self.source})"] if self.source else []
        return " ".join(cell for cell in cells if cell)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A row read: its name as a candidate, its claims, and whether all of it was understood."""

    name: str
    alleles: tuple[str, ...]
    claims: tuple[Claim, ...]
    is_known: bool
    reasons: tuple[str, ...]


def findings_from(
    rows: Iterable[OutsideRow],
    definitions: Mapping[str, GeneDefinition],
    phenotyping: Phenotyping,
    *,
    sex: str = "",
) -> dict[str, GeneFinding]:
    """Return a finding for each gene that the rows name.

    A row that `is_optional` of an unknown gene is left out: see `unused_genes`.

    Raises: OutsideCallError OUT002 for any other gene that is not in the definitions.
    Source: the laboratory's own report; packs pgx-definitions, pgx-phenotypes.
    """
    by_gene: dict[str, list[OutsideRow]] = {}
    for row in rows:
        gene = _gene(row, definitions)
        if gene:
            by_gene.setdefault(gene, []).append(row)
    return {
        gene: _finding(definitions[gene], phenotyping, found, sex)
        for gene, found in by_gene.items()
    }


def unused_genes(
    rows: Iterable[OutsideRow], definitions: Mapping[str, GeneDefinition]
) -> tuple[str, ...]:
    """Return the genes that a program reports and nothing here knows, for a note to the reader.

    Source: pack pgx-definitions.
    """
    found = (row.gene for row in rows if row.is_optional and not _gene(row, definitions))
    return tuple(dict.fromkeys(found))


def _gene(row: OutsideRow, definitions: Mapping[str, GeneDefinition]) -> str:
    """Return our name of a row's gene; nothing where it is unknown and may be left out."""
    if row.gene in definitions:
        return row.gene
    known = {gene.lower(): gene for gene in definitions}
    if row.gene.lower() in known:
        return known[row.gene.lower()]
    if row.is_optional:
        return ""
    near = [known[n] for n in difflib.get_close_matches(row.gene.lower(), known, 3)]
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(definitions)}."
    raise OutsideCallError(
        f"{row.where}: {row.gene!r} is not a gene of the allele definitions; {hint} "
        "Correct the line or remove it.",
        code="OUT002",
    )


def _finding(
    definition: GeneDefinition, phenotyping: Phenotyping, rows: list[OutsideRow], sex: str
) -> GeneFinding:
    readings = [_read(definition, phenotyping, row, sex) for row in rows]
    told = list({(r.name, r.claims): r for r in readings if r.claims}.values())
    reasons = [reason for r in readings for reason in r.reasons]
    proofs = tuple(_proof(row, reading) for row, reading in zip(rows, readings, strict=True))
    blank = GeneFinding(
        definition.gene,
        Status.NO_CALL,
        reasons=tuple(dict.fromkeys(reasons)),
        origin=Origin.OUTSIDE,
        proofs=proofs,
        prior=PRIOR,
        packs=(phenotyping.reference,),
    )
    if not told:
        return blank
    if len(told) > 1:
        reasons.append(_doubt(rows, readings, len(told)))
    candidates = tuple(
        c for reading in told for c in _candidates(definition, phenotyping, reading, len(told))
    )
    shares = phenotype_shares(candidates)
    is_called = len(candidates) == 1 and told[0].is_known
    return replace(
        blank,
        status=Status.CALLED if is_called else Status.AMBIGUOUS,
        candidates=candidates,
        phenotype=shares[0].phenotype,
        activity_score=shares[0].activity_score,
        phenotypes=shares,
        reasons=tuple(dict.fromkeys(reasons)),
        components=_components(definition, told),
    )


def _doubt(rows: list[OutsideRow], readings: list[_Reading], count: int) -> str:
    """Return the sentence that says that several things were stated, and by whom, if by several."""
    said: dict[str, dict[str, None]] = {}
    for row, reading in zip(rows, readings, strict=True):
        if reading.claims:
            said.setdefault(row.origin, {})[reading.name] = None
    if len(said) == 1:
        return f"{count} possibilities were stated; they are taken as equally likely"
    each = "; ".join(f"{origin}: {' or '.join(names)}" for origin, names in said.items())
    return f"sources differ ({each}); they are taken as equally likely: ask which is right"


def _candidates(
    definition: GeneDefinition, phenotyping: Phenotyping, reading: _Reading, rows: int
) -> list[Candidate]:
    share = 1 / (rows * len(reading.claims))
    return [
        Candidate(
            reading.name,
            share,
            c.result.phenotype,
            c.result.activity_score,
            guidance_keys(phenotyping, definition.gene, c.result),
        )
        for c in reading.claims
    ]


def _components(definition: GeneDefinition, told: list[_Reading]) -> tuple[str, ...]:
    if definition.mode != stated.COMPONENTS or len(told) != 1:
        return ()
    carried = [a for strand in told[0].alleles for a in strand.split(stated.TOGETHER)]
    variants = [a for a in carried if a != definition.reference_allele]
    return tuple(dict.fromkeys(variants)) or told[0].alleles[:1]


def _proof(row: OutsideRow, reading: _Reading) -> Proof:
    return Proof("", "", "", "outside-call", reading.alleles, row.line or None, row.written)


def _read(
    definition: GeneDefinition, phenotyping: Phenotyping, row: OutsideRow, sex: str
) -> _Reading:
    """Return what a row says, its claims merged where they agree."""
    gene = definition.gene
    claims, reasons = stated_claims(phenotyping, gene, row.phenotype, row.activity_score)
    reasons = [row.note, *reasons] if row.note else reasons
    alleles: tuple[str, ...] = ()
    is_known = bool(claims) and all(c.result.known for c in claims)
    if not stated.is_nothing(row.diplotype):
        alleles = stated.alleles_of(definition, phenotyping, row.diplotype)
        told = stated.deciding(definition, phenotyping, alleles)
        result = result_of(definition, phenotyping, told, sex)
        is_known = not result.reasons or result.known
        reasons += result.reasons
        name = diplotype_name(alleles)
        if result.known or not claims:
            claims.append(Claim(f"the diplotype {name}", result))
        else:
            reasons.append("the phenotype rests on what was stated, not on the diplotype")
    elif claims:
        name = result_name(claims[0].result)
    else:
        reasons = reasons or [f"{row.speaker} says that there was no call"]
        name = row.phenotype or row.activity_score
        if not stated.is_nothing(name):  # words that no rule knows are shown, not dropped
            claims = [Claim("", PhenotypeResult(INDETERMINATE, known=False))]
    found = merged(claims)
    if len(found) > 1:
        reasons.append(f"{row.speaker} {contradiction(found)}")
    return _Reading(name, alleles, tuple(found), is_known, tuple(reasons))
