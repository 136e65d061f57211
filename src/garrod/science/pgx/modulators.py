"""Which medicines inhibit or induce which enzyme, and what a policy makes of it.

pack cyp-modulators -> Modulators (what each source says); policy table phenoconversion -> Rules
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from garrod.core.errors import KnowledgeError
from garrod.core.finding import Modulation
from garrod.knowledge.pack import Row, values_in
from garrod.knowledge.shelf import Shelf

PACK = "cyp-modulators"
TABLE = "phenoconversion"
INHIBITS, INDUCES = "inhibits", "induces"
STRENGTHS = ("weak", "moderate", "strong")
ANY = "*"
# The rules that a policy states once, with the values that are understood.
ONCE = {
    "sources": (),
    "disagreement": ("strongest", "first"),
    "believed": ("last", "alike"),
    "both": ("inhibits", "nothing"),
}
FADES = "fades"  # from which share that is left, a stopped medicine counts as how strong
KINDS = frozenset(
    (*ONCE, "several", "factor", "lookup", "step", "shown", "untested", FADES, "builds")
)

_Key = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Modulator:
    """What one source says of one drug and one enzyme."""

    enzyme: str
    effect: str
    strength: str
    drug: str
    source: str
    is_read: bool
    route: str
    note: str
    evidence: str


@dataclass(frozen=True, slots=True)
class ScoreRange:
    """Where the scores of a phenotype begin; they end where the next range begins."""

    low: Decimal
    is_low_within: bool
    phenotype: str

    def is_reached(self, score: Decimal) -> bool:
        """Return whether a score lies in this range or above it."""
        return score > self.low or (score == self.low and self.is_low_within)


@dataclass(frozen=True, slots=True)
class Modulators:
    """What every source says, by drug; the enzyme of each gene; the ranges of scores."""

    by_drug: Mapping[str, tuple[Modulator, ...]]
    sources: Mapping[str, str]
    enzymes: Mapping[str, str]  # gene -> enzyme
    ranges: Mapping[str, tuple[ScoreRange, ...]]
    reference: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the policy: what it says, why, and its evidence."""

    value: str
    why: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Fade:
    """What an effect of a strength counts as while at least a share of it is left."""

    effect: str
    was: str
    least: float  # 0 to 1
    strength: str
    why: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Rules:
    """A nation's policy on inhibitors and inducers, with a memory of what was asked before."""

    by: Mapping[_Key, Rule]
    reference: str
    fades: tuple[Fade, ...] = ()
    memory: dict[tuple[str, str, str], tuple[Modulation, ...]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def find(
        self, kind: str, gene: str = ANY, effect: str = "", strength: str = "", *, was: str = ""
    ) -> Rule | None:
        """Return the rule for a gene, else that for any; None where the policy has none."""
        for name in (gene, ANY):
            for force in (strength, ANY):
                found = self.by.get((kind, name, effect, force, was))
                if found is not None:
                    return found
        return None

    def once(self, kind: str) -> Rule:
        """Return a rule that every policy states."""
        return self.by[(kind, ANY, "", "", "")]


def load_modulators(shelf: Shelf) -> Modulators:
    """Return the inhibitors and inducers.  Raises: KnowledgeError KNO002, KNO004, KNO006.

    Source: pack cyp-modulators.
    """
    found: dict[str, list[Modulator]] = defaultdict(list)
    for row in shelf.rows(PACK, "modulators"):
        if row["effect"] not in (INHIBITS, INDUCES) or row["strength"] not in STRENGTHS:
            raise _unknown(PACK, row, f"effect {INHIBITS}|{INDUCES}, strength {STRENGTHS}")
        found[row["drug"]].append(_modulator(row))
    ranges: dict[str, tuple[ScoreRange, ...]] = defaultdict(tuple)
    for row in shelf.rows(PACK, "score_ranges"):
        within = row["includes_from"] == "yes"
        ranges[row["gene"]] += (ScoreRange(Decimal(row["from"]), within, row["phenotype"]),)
    return Modulators(
        by_drug={drug: tuple(rows) for drug, rows in found.items()},
        sources={row["source"]: row["name"] for row in shelf.rows(PACK, "sources")},
        enzymes={row["gene"]: row["enzyme"] for row in shelf.rows(PACK, "enzymes")},
        ranges=dict(ranges),
        reference=shelf.reference(PACK),
    )


def _modulator(row: Row) -> Modulator:
    plain = ("enzyme", "effect", "strength", "drug", "source", "route", "note", "evidence")
    return Modulator(**{c: row[c] for c in plain}, is_read=row["certainty"] == "read")


def _unknown(pack: str, row: Row, expected: str) -> KnowledgeError:
    said = ", ".join(f"{column} {value}" for column, value in row.items() if value)
    return KnowledgeError(f"{pack}: a row says {said[:120]}; expected: {expected}", code="KNO006")


def load_rules(shelf: Shelf, pack: str) -> Rules:
    """Return the policy on inhibitors and inducers of a policy pack.

    Raises: KnowledgeError KNO002, KNO004, KNO006.
    Source: table phenoconversion of the policy packs.
    """
    return rules_of(shelf.rows(pack, TABLE), pack, shelf.reference(pack))


def rules_of(rows: Iterable[Row], pack: str, reference: str) -> Rules:
    """Return the policy that rows state.  Raises: KnowledgeError KNO006.

    Source: table phenoconversion of the policy packs.
    """
    by: dict[_Key, Rule] = {}
    fades: list[Fade] = []
    for row in rows:
        if row["rule"] not in KINDS:
            raise _unknown(pack, row, f"rule {', '.join(sorted(KINDS))}")
        if row["rule"] == FADES:
            fades += _fades(pack, row)
            continue
        rule = Rule(row["to"], row["why"], row["evidence"])
        for strength in values_in(row["strength"]) or ("",):
            for was in values_in(row["from"]) or ("",):
                by[(row["rule"], row["gene"], row["effect"], strength, was)] = rule
    for kind, values in ONCE.items():
        said = by.get((kind, ANY, "", "", ""))
        if said is None or (values and said.value not in values):
            expected = f"a row {kind} for every gene, to {' or '.join(values) or 'sources'}"
            raise KnowledgeError(f"{pack}, table {TABLE}: expected {expected}", code="KNO006")
    return Rules(by, reference, tuple(fades))


def _fades(pack: str, row: Row) -> list[Fade]:
    """Return a row of the fading of effects.  Raises: KnowledgeError KNO006."""
    least = float(row["from"]) if re.fullmatch(r"0?\.\d+|1", row["from"]) else 0.0
    is_known = row["to"] in STRENGTHS and row["effect"] in (INHIBITS, INDUCES)
    if not is_known or least <= 0:
        raise _unknown(pack, row, f"from a share above 0, to one of {STRENGTHS}")
    plain = (least, row["to"], row["why"], row["evidence"])
    return [Fade(row["effect"], was, *plain) for was in values_in(row["strength"])]


def modulations(
    known: Modulators, rules: Rules, enzyme: str, taken: Mapping[str, str]
) -> tuple[Modulation, ...]:
    """Return what medicines (id -> name) do to an enzyme, the strongest inhibitor first.

    Source: pack cyp-modulators; the policy says which source is heard.
    """
    acting = sorted(item for item in taken.items() if item[0] in known.by_drug)
    found = [
        heard if heard.name == name else replace(heard, name=name)
        for drug, name in acting
        for heard in effects_of(known, rules, drug, enzyme)
    ]
    if len(found) < 2:
        return tuple(found)
    return tuple(sorted(found, key=lambda m: (m.effect != INHIBITS, -rank_of(m.strength))))


def effects_of(known: Modulators, rules: Rules, drug: str, enzyme: str) -> tuple[Modulation, ...]:
    """Return what a drug does to an enzyme, worked out once for each policy.

    Source: pack cyp-modulators; the policy says which source is heard.
    """
    mark = (known.reference, drug, enzyme)
    effects = rules.memory.get(mark)
    if effects is None:
        chosen = (_chosen(known, rules, drug, enzyme, e) for e in (INHIBITS, INDUCES))
        effects = rules.memory[mark] = tuple(c for c in chosen if c is not None)
    return effects


def rank_of(strength: str) -> int:
    """Return how strong a strength is: 0 weak to 2 strong.

    Source: definitional.
    """
    return STRENGTHS.index(strength)


def _chosen(
    known: Modulators, rules: Rules, drug: str, enzyme: str, effect: str
) -> Modulation | None:
    """Return the effect of a drug as the policy hears it, with what other sources say."""
    order = values_in(rules.once("sources").value)
    said = sorted(
        (row for row in known.by_drug[drug] if (row.enzyme, row.effect) == (enzyme, effect)),
        key=lambda row: (_place(order, row.source), -rank_of(row.strength)),
    )
    if not said:
        return None
    lead = _heard(rules, said)
    others = (_saying(known, row) for row in said if row.strength != lead.strength)
    return Modulation(
        drug=drug,
        name=drug,
        enzyme=enzyme,
        effect=effect,
        strength=lead.strength,
        source=known.sources.get(lead.source, lead.source),
        is_read=lead.is_read,
        others=tuple(others),
        note=lead.note,
        evidence=tuple(dict.fromkeys((lead.evidence, *(row.evidence for row in said)))),
    )


def _heard(rules: Rules, said: Sequence[Modulator]) -> Modulator:
    """Return the row that the policy hears; `said` is in the order of sources.

    Where what was believed comes last and nothing was read, nothing is taken at its strongest.
    """
    read = said
    if rules.once("believed").value == "last":
        read = [row for row in said if row.is_read] or said[:1]
    if rules.once("disagreement").value == "strongest":
        return max(read, key=lambda row: rank_of(row.strength))
    return read[0]


def _place(order: Sequence[str], source: str) -> int:
    return order.index(source) if source in order else len(order)


def _saying(known: Modulators, row: Modulator) -> str:
    believed = "" if row.is_read else ", believed"
    return f"{row.strength} ({known.sources.get(row.source, row.source)}{believed})"
