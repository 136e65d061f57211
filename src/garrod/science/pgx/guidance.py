"""Guideline rows as values, and which of them hold for a drug, a population and gene results.

pack pgx-guidance -> Guidance (indexed by drug) -> matching rows, most specific first
A gene without a result matches only rows that say "No Result"; it never reads as normal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from garrod.core.advice import Action
from garrod.core.errors import KnowledgeError
from garrod.core.evidence import Evidence
from garrod.core.finding import INDETERMINATE, NO_RULE
from garrod.knowledge.pack import Row, values_in
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.circumstances import Population, population_of
from garrod.science.pgx.genotype_rows import PAIR, without_overruled

PACK = "pgx-guidance"
NO_RESULT = "No Result"
GENERAL = "general"
UNTOLD = frozenset((INDETERMINATE, NO_RULE))  # two spellings of a genotype without a phenotype


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One coded row: for whom, on which results, what to do, how strongly.

    `keys` is a conjunction over genes of alternatives; `evidence` is an id of the pack's evidence.
    """

    id: str
    guideline: str
    drugs: tuple[str, ...]
    population: str
    keys: tuple[tuple[str, frozenset[str]], ...]
    action: Action
    strength: str
    dose_factor: str
    dose_limit: str
    alternatives: tuple[str, ...]
    monitoring: tuple[str, ...]
    implication: str
    notes: tuple[str, ...]
    evidence: str

    @property
    def genes(self) -> tuple[str, ...]:
        """Return the genes that this row speaks of."""
        return tuple(gene for gene, _ in self.keys)


@dataclass(frozen=True, slots=True)
class Guideline:
    """A published guideline: our short name for it, its version and citation."""

    guideline: str
    name: str
    source: str
    version: str
    genes: tuple[str, ...]
    pmid: str
    url: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words of a code: implication, note, monitoring or class."""

    code: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class GeneRole:
    """What a gene is to a drug: it decides or modifies."""

    role: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Guidance:
    """What one source says about genes and drugs, indexed by drug: all of it, or one guideline.

    `citations` are the pack's evidence rows by id; `memory` holds the rows found for keys, and
    `lists` a drug's genes and populations, so that neither is worked out twice.
    """

    reference: str
    source: str
    recommendations: tuple[Recommendation, ...]
    guidelines: Mapping[str, Guideline]
    populations: Mapping[str, Population]
    phrases: Mapping[str, Phrase]
    roles: Mapping[str, Mapping[str, GeneRole]]
    by_drug: Mapping[str, tuple[Recommendation, ...]]
    citations: Mapping[str, Evidence]
    memory: dict[object, tuple[Recommendation, ...]] = field(
        default_factory=dict, compare=False, repr=False
    )
    lists: dict[object, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)
    parts: dict[
        tuple[str, int],
        tuple[Sequence[Recommendation | None], tuple[Recommendation, ...]],
    ] = field(default_factory=dict, compare=False, repr=False)

    def drugs(self) -> tuple[str, ...]:
        """Return the drugs with guidance, sorted."""
        return tuple(sorted(self.by_drug))

    def rows_of(self, drug: str) -> tuple[Recommendation, ...]:
        """Return a drug's rows, in the order of the pack."""
        return self.by_drug.get(drug, ())

    def genes_of(self, drug: str) -> tuple[str, ...]:
        """Return the genes with guidance for a drug, those that decide first."""
        found = self.lists.get(("genes", drug))
        if found is None:
            roles = self.roles.get(drug, {})
            found = tuple(sorted(roles, key=lambda gene: roles[gene].role == "modifies"))
            self.lists["genes", drug] = found
        return found

    def populations_of(self, drug: str) -> tuple[str, ...]:
        """Return the populations that a drug's rows speak of, in the order of the pack."""
        found = self.lists.get(("populations", drug))
        if found is None:
            found = tuple(dict.fromkeys(row.population for row in self.rows_of(drug)))
            self.lists["populations", drug] = found
        return found

    def named_genotypes(self, drug: str) -> tuple[str, ...]:
        """Return the genes of which a drug's rows name genotypes ("*2/*3") beside phenotypes."""
        found = self.lists.get(("genotypes", drug))
        if found is None:
            keys = [(gene, wanted) for row in self.rows_of(drug) for gene, wanted in row.keys]
            named = (gene for gene, wanted in keys if any(PAIR in value for value in wanted))
            found = self.lists["genotypes", drug] = tuple(dict.fromkeys(named))
        return found

    def roles_of(self, drug: str) -> tuple[str, ...]:
        """Return the roles of a drug's genes, in the order of `genes_of`."""
        found = self.lists.get(("roles", drug))
        if found is None:
            found = tuple(self.role_of(drug, gene) for gene in self.genes_of(drug))
            self.lists["roles", drug] = found
        return found

    def role_of(self, drug: str, gene: str) -> str:
        """Return "decides" or "modifies", or "" where the gene is not in the guidance."""
        found = self.roles.get(drug, {}).get(gene)
        return found.role if found else ""

    def evidence_of(self, row: Recommendation) -> tuple[Evidence, ...]:
        """Return the citations of a row."""
        return (self.citations[row.evidence],)


def matching(
    guidance: Guidance,
    drug: str,
    keys: Mapping[str, Sequence[str]],
    population: str | None = None,
) -> tuple[Recommendation, ...]:
    """Return the rows that hold for a drug, the most specific first.

    `keys` gives for each gene the look-up keys that hold; a gene left out, or with "No Result",
    is untested. With a population, rows for it and for everyone; without, rows of every one.
    Source: definitional; rows of the guidance packs.
    """
    mark = (drug, population, *((gene, tuple(values)) for gene, values in keys.items()))
    known = guidance.memory.get(mark)
    if known is None:
        known = guidance.memory[mark] = _found(guidance, drug, keys, population)
    return known


def _found(
    guidance: Guidance, drug: str, keys: Mapping[str, Sequence[str]], population: str | None
) -> tuple[Recommendation, ...]:
    found = [
        row
        for row in guidance.rows_of(drug)
        if (population is None or row.population in (population, GENERAL))
        and all(_holds(wanted, keys.get(gene, ())) for gene, wanted in row.keys)
    ]
    ranked = sorted(
        without_overruled(found, keys),
        key=lambda row: _specificity(guidance, drug, row, population),
        reverse=True,
    )
    return tuple(ranked)


def _holds(wanted: frozenset[str], given: Sequence[str]) -> bool:
    if not given or NO_RESULT in given:
        return NO_RESULT in wanted
    return not wanted.isdisjoint(given) or (
        not UNTOLD.isdisjoint(given) and not UNTOLD.isdisjoint(wanted)
    )


def _specificity(
    guidance: Guidance, drug: str, row: Recommendation, population: str | None
) -> tuple[int, int]:
    """Return how much a row asks; genes that only modify do not raise it above the main row."""
    deciding = [
        wanted
        for gene, wanted in row.keys
        if NO_RESULT not in wanted and guidance.role_of(drug, gene) != "modifies"
    ]
    return (int(row.population == population), len(deciding))


def load_guidance(shelf: Shelf, pack: str = PACK) -> Guidance:
    """Return the guidance of a pack.  Raises: KnowledgeError KNO005, KNO006.

    Source: packs pgx-guidance (CPIC), pgx-guidance-dpwg, pgx-guidance-fda.
    """
    rows = tuple(_recommendation(row, pack) for row in shelf.rows(pack, "recommendations"))
    roles: dict[str, dict[str, GeneRole]] = {}
    for r in shelf.rows(pack, "genes"):
        roles.setdefault(r["drug"], {})[r["gene"]] = GeneRole(r["role"], r["evidence"])
    guidelines = {r["guideline"]: _guideline(r) for r in shelf.rows(pack, "guidelines")}
    guidance = Guidance(
        reference=shelf.reference(pack),
        source=next((g.source for g in guidelines.values()), pack),
        recommendations=rows,
        guidelines=guidelines,
        populations={r["population"]: population_of(r) for r in shelf.rows(pack, "populations")},
        phrases={
            r["code"]: Phrase(r["code"], r["kind"], r["text"]) for r in shelf.rows(pack, "phrases")
        },
        roles=roles,
        by_drug=_by_drug(rows),
        citations={row.evidence: shelf.evidence(pack, row.evidence) for row in rows},
    )
    _check(guidance, pack)
    return guidance


def _by_drug(rows: Iterable[Recommendation]) -> dict[str, tuple[Recommendation, ...]]:
    found: dict[str, list[Recommendation]] = {}
    for row in rows:
        for drug in row.drugs:
            found.setdefault(drug, []).append(row)
    same: dict[
        tuple[int, ...], tuple[Recommendation, ...]
    ] = {}  # drugs of the same rows share them
    return {
        drug: same.setdefault(tuple(map(id, mine)), tuple(mine)) for drug, mine in found.items()
    }


def by_guideline(guidance: Guidance) -> tuple[Guidance, ...]:
    """Return each guideline of a source on its own, with the genes that its rows speak of.

    A drug may have several (one for each gene, as DPWG writes them): each gives its own answer.
    Source: definitional.
    """
    rows: dict[str, list[Recommendation]] = {}
    for row in guidance.recommendations:
        rows.setdefault(row.guideline, []).append(row)
    return tuple(_alone(guidance, tuple(mine)) for mine in rows.values())


def _alone(guidance: Guidance, rows: tuple[Recommendation, ...]) -> Guidance:
    genes: dict[str, set[str]] = {}
    for row in rows:
        for drug in row.drugs:
            genes.setdefault(drug, set()).update(row.genes)
    roles = {
        drug: {g: role for g, role in guidance.roles.get(drug, {}).items() if g in own}
        for drug, own in genes.items()
    }
    return replace(
        guidance,
        source=guidance.guidelines[rows[0].guideline].source,
        recommendations=rows,
        by_drug=_by_drug(rows),
        roles=roles,
        memory={},
        lists={},
        parts={},
    )


def _check(guidance: Guidance, pack: str) -> None:
    """Raise KnowledgeError KNO006 where a row names a code that the pack does not define."""
    known = guidance.phrases.keys() | guidance.guidelines.keys() | guidance.populations.keys()
    for row in guidance.recommendations:
        codes = [row.guideline, row.population, row.implication, *row.notes, *row.monitoring]
        codes += [a for a in row.alternatives if a.startswith("class:")]
        for code in codes:
            if code and code not in known:
                raise KnowledgeError(
                    f"pack {pack!r}, recommendations.csv, row {row.id!r}: {code!r} is not defined "
                    "in the pack; add it to its table, or correct the row.",
                    code="KNO006",
                )


def _recommendation(row: Row, pack: str) -> Recommendation:
    try:
        action = Action(row["action"])
    except ValueError:
        raise KnowledgeError(
            f"pack {pack!r}, recommendations.csv, row {row['id']!r}: the action "
            f"{row['action']!r} is none of: {', '.join(Action)}.",
            code="KNO006",
        ) from None
    return Recommendation(
        id=row["id"],
        guideline=row["guideline"],
        drugs=values_in(row["drugs"]),
        population=row["population"],
        keys=tuple(_key(cell) for cell in row["keys"].split(";")),
        action=action,
        strength=row["strength"],
        dose_factor=row["dose_factor"],
        dose_limit=row["dose_limit"],
        alternatives=values_in(row["alternatives"]),
        monitoring=values_in(row["monitoring"]),
        implication=row["implication"],
        notes=values_in(row["notes"]),
        evidence=row["evidence"],
    )


def _key(cell: str) -> tuple[str, frozenset[str]]:
    gene, _, values = cell.partition("=")
    return gene, frozenset(values_in(values))


def _guideline(row: Row) -> Guideline:
    plain = ("guideline", "name", "source", "version", "pmid", "url", "evidence")
    return Guideline(genes=values_in(row["genes"]), **{column: row[column] for column in plain})
