"""Guideline rows as values, and which of them hold for a drug, a population and gene results.

pack pgx-guidance -> Guidance (indexed by drug) -> matching rows, most specific first
A gene without a result matches only rows that say "No Result"; it never reads as normal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from garrod.core.advice import Action
from garrod.core.errors import KnowledgeError
from garrod.core.evidence import Evidence
from garrod.core.finding import INDETERMINATE, NO_RULE
from garrod.knowledge.pack import Row, values_in
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.circumstances import Population, population_of

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
    """What a gene is to a drug: it decides or modifies; whether England offers the test."""

    role: str
    test: str
    status: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Guidance:
    """Everything on the shelf about genes and drugs, indexed by drug.

    `citations` are the pack's evidence rows by id.
    """

    reference: str
    recommendations: tuple[Recommendation, ...]
    guidelines: Mapping[str, Guideline]
    populations: Mapping[str, Population]
    phrases: Mapping[str, Phrase]
    roles: Mapping[str, Mapping[str, GeneRole]]
    by_drug: Mapping[str, tuple[Recommendation, ...]]
    citations: Mapping[str, Evidence]

    def drugs(self) -> tuple[str, ...]:
        """Return the drugs with guidance, sorted."""
        return tuple(sorted(self.by_drug))

    def rows_of(self, drug: str) -> tuple[Recommendation, ...]:
        """Return a drug's rows, in the order of the pack."""
        return self.by_drug.get(drug, ())

    def genes_of(self, drug: str) -> tuple[str, ...]:
        """Return the genes with guidance for a drug, those that decide first."""
        roles = self.roles.get(drug, {})
        return tuple(sorted(roles, key=lambda gene: roles[gene].role == "modifies"))

    def populations_of(self, drug: str) -> tuple[str, ...]:
        """Return the populations that a drug's rows speak of, in the order of the pack."""
        return tuple(dict.fromkeys(row.population for row in self.rows_of(drug)))

    def role_of(self, drug: str, gene: str) -> str:
        """Return "decides" or "modifies", or "" where the gene is not in the guidance."""
        found = self.roles.get(drug, {}).get(gene)
        return found.role if found else ""

    def test_of(self, drug: str, gene: str) -> str:
        """Return "before" or "consider" where England offers the test to the untested."""
        found = self.roles.get(drug, {}).get(gene)
        return found.test if found else ""

    def evidence_of(self, row: Recommendation) -> tuple[Evidence, ...]:
        """Return the citations of a row."""
        return (self.citations[row.evidence],)


def matching(
    guidance: Guidance,
    drug: str,
    keys: Mapping[str, Sequence[str]],
    population: str | None = None,
) -> list[Recommendation]:
    """Return the rows that hold for a drug, the most specific first.

    `keys` gives for each gene the look-up keys that hold; a gene left out, or with "No Result",
    is untested. With a population, rows for it and for everyone; without, rows of every one.
    Source: definitional; rows of pack pgx-guidance (CPIC, CC0).
    """
    found = [
        row
        for row in guidance.rows_of(drug)
        if (population is None or row.population in (population, GENERAL))
        and all(_holds(wanted, keys.get(gene, ())) for gene, wanted in row.keys)
    ]
    return sorted(
        found, key=lambda row: _specificity(guidance, drug, row, population), reverse=True
    )


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


def load_guidance(shelf: Shelf) -> Guidance:
    """Return the guidance in force.  Raises: KnowledgeError KNO005, KNO006.

    Source: pack pgx-guidance.
    """
    rows = tuple(_recommendation(row) for row in shelf.rows(PACK, "recommendations"))
    by_drug: dict[str, list[Recommendation]] = {}
    for row in rows:
        for drug in row.drugs:
            by_drug.setdefault(drug, []).append(row)
    roles: dict[str, dict[str, GeneRole]] = {}
    for r in shelf.rows(PACK, "genes"):
        role = GeneRole(r["role"], r["test_untested"], r["status"], r["evidence"])
        roles.setdefault(r["drug"], {})[r["gene"]] = role
    guidance = Guidance(
        reference=shelf.reference(PACK),
        recommendations=rows,
        guidelines={r["guideline"]: _guideline(r) for r in shelf.rows(PACK, "guidelines")},
        populations={r["population"]: population_of(r) for r in shelf.rows(PACK, "populations")},
        phrases={
            r["code"]: Phrase(r["code"], r["kind"], r["text"]) for r in shelf.rows(PACK, "phrases")
        },
        roles=roles,
        by_drug={drug: tuple(found) for drug, found in by_drug.items()},
        citations={row.evidence: shelf.evidence(PACK, row.evidence) for row in rows},
    )
    _check(guidance)
    return guidance


def _check(guidance: Guidance) -> None:
    """Raise KnowledgeError KNO006 where a row names a code that the pack does not define."""
    known = guidance.phrases.keys() | guidance.guidelines.keys() | guidance.populations.keys()
    for row in guidance.recommendations:
        codes = [row.guideline, row.population, row.implication, *row.notes, *row.monitoring]
        codes += [a for a in row.alternatives if a.startswith("class:")]
        for code in codes:
            if code and code not in known:
                raise KnowledgeError(
                    f"pack {PACK!r}, recommendations.csv, row {row.id!r}: {code!r} is not defined "
                    "in the pack; add it to its table, or correct the row.",
                    code="KNO006",
                )


def _recommendation(row: Row) -> Recommendation:
    try:
        action = Action(row["action"])
    except ValueError:
        raise KnowledgeError(
            f"pack {PACK!r}, recommendations.csv, row {row['id']!r}: the action "
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
