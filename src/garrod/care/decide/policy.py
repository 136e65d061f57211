"""A nation's policy: how loudly each kind of advice speaks, and which conditions mean what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from garrod.care.decide.contraindications import Limit, limit_of
from garrod.core.advice import Action, Tier
from garrod.core.evidence import Evidence
from garrod.core.identifiers import Icd10, Snomed
from garrod.core.medicine import Coding
from garrod.knowledge.pack import Row, values_in
from garrod.knowledge.shelf import Shelf

PACK = "policy-england"
BEHAVES = "behaves-as"  # the row of tiers for conversions that rest on the policy alone
NATIONS = {"england": PACK, "netherlands": "policy-netherlands", "us": "policy-us"}
KEPT, KEPT_LETTERS = 4096, 200  # Not clinical: codings whose indications are kept, their longest
# Words that say that a condition named is not one that the person has or had.
NOT_THEIRS = re.compile(
    r"\b(?:family history|fh|no (?:evidence|history|past history)|heat stroke|heatstroke|"
    r"risk of (?:stroke|tia|heart|myocardial))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class HardStop:
    """A result under which ordering a drug needs a reason and a second look."""

    drugs: frozenset[str]
    gene: str
    keys: frozenset[str]
    tier: Tier


@dataclass(frozen=True, slots=True)
class Indication:
    """A reason for treatment, and the words and codes by which it is recognised."""

    name: str
    words: tuple[re.Pattern[str], ...]
    snomed: frozenset[str]
    icd10: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Who writes guidance, and the pack that holds it; a policy lists them in its order."""

    name: str
    pack: str


@dataclass(frozen=True, slots=True)
class OfferedTest:
    """The test of a gene that a nation offers for a drug, and how it is commissioned."""

    offer: str  # "before" the first dose, or "consider"
    status: str  # "in-force" or "believed"
    directory_code: str
    commissioning: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Untested:
    """What is said to a person without a result: the act, and the words with {genes}."""

    action: Action
    words: str


@dataclass(frozen=True, slots=True)
class QuietUse:
    """A use for which guidance does not speak, so that its advice does not interrupt."""

    drugs: frozenset[str]
    indications: frozenset[str]
    tier: Tier


@dataclass(frozen=True, slots=True)
class Policy:
    """The rows of a policy pack, ready to ask."""

    sources: tuple[Source, ...]  # the first speaks first
    tests: Mapping[tuple[str, str], OfferedTest]  # by drug and gene
    untested: Mapping[str, Untested]  # by offer
    tiers: tuple[tuple[str, str, Tier], ...]
    hard_stops: tuple[HardStop, ...]
    indications: tuple[Indication, ...]
    contraindications: tuple[Limit, ...]
    quiet: Mapping[str, Tier]  # by the implication of a row
    uses: tuple[QuietUse, ...]
    left_out: frozenset[tuple[str, str]]  # (drug or "*", action) that the look ahead leaves out
    reference: str
    _known: dict[Coding, frozenset[str]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def tier_of(
        self,
        drug: str,
        action: Action,
        strength: str,
        keys: Mapping[str, Sequence[str]],
        *,
        implication: str = "",
    ) -> Tier:
        """Return how loudly to speak about a drug, given the keys of each gene's result."""
        if implication in self.quiet:
            return self.quiet[implication]
        if action in (Action.AVOID, Action.PREFER_ALTERNATIVE, Action.STOP, Action.START_LOWER):
            for stop in self.hard_stops:
                if drug in stop.drugs and stop.keys & set(keys.get(stop.gene, ())):
                    return stop.tier
        for wanted, level, tier in self.tiers:
            if wanted == action.value and level in ("*", strength):
                return tier
        return Tier.T3

    @property
    def behaving_tier(self) -> Tier:
        """Return how loudly to speak where only this policy says what a gene behaves as."""
        return next((t for act, _, t in self.tiers if act == BEHAVES), Tier.T3)

    def test_of(self, drug: str, gene: str) -> OfferedTest | None:
        """Return the test of a gene that is offered to the untested, or None."""
        return self.tests.get((drug, gene))

    def is_tested_before(self, drug: str, genes: Iterable[str]) -> bool:
        """Return whether one of a drug's genes is to be tested before the first dose."""
        found = (self.tests.get((drug, gene)) for gene in genes)
        return any(test is not None and test.offer == "before" for test in found)

    def quiet_for(self, drug: str, indications: frozenset[str]) -> Tier | None:
        """Return how loudly at most to speak, where all that it is for is such a use."""
        tiers = (u.tier for u in self.uses if drug in u.drugs and indications <= u.indications)
        return next(tiers, None) if indications else None

    def contraindicated(self, drug: str) -> tuple[Limit, ...]:
        """Return the circumstances that speak against a medicine."""
        return tuple(c for c in self.contraindications if c.drug == drug)

    def is_ahead(self, drug: str, action: Action) -> bool:
        """Return whether advice is worth knowing before the medicine is thought of."""
        return not self.left_out & {(drug, action.value), ("*", action.value)}

    def indications_of(self, named: Iterable[Coding]) -> frozenset[str]:
        """Return the indications that codings (or their words) stand for."""
        return frozenset(name for coding in named for name in self._stood_for(coding))

    def _stood_for(self, coding: Coding) -> frozenset[str]:
        """Return the indications of one coding; the same few come again and again."""
        found = self._known.get(coding)
        if found is None:
            found = frozenset(i.name for i in self.indications if _is(i, coding))
            if len(coding.code) + len(coding.display) <= KEPT_LETTERS:
                if len(self._known) >= KEPT:
                    self._known.clear()
                self._known[coding] = found
        return found


def _is(indication: Indication, coding: Coding) -> bool:
    if coding.system == Snomed.system and coding.code in indication.snomed:
        return True
    if coding.system.startswith(Icd10.system) and coding.code.startswith(indication.icd10):
        return True
    if NOT_THEIRS.search(coding.display):
        return False
    return any(word.search(coding.display) for word in indication.words)


def load_policy(shelf: Shelf, pack: str = PACK) -> Policy:
    """Return the policy of a pack.  Raises: KnowledgeError KNO002, KNO004, KNO005."""
    return Policy(
        sources=_sources(shelf, pack),
        tests={
            (drug, gene): _test(shelf, pack, row)
            for row in shelf.rows(pack, "tests")
            for drug in values_in(row["drugs"])
            for gene in values_in(row["genes"])
        },
        untested={
            row["offer"]: Untested(Action(row["action"]), row["words"])
            for row in shelf.rows(pack, "untested")
        },
        tiers=tuple(
            (row["action"], row["strength"], Tier(row["tier"])) for row in shelf.rows(pack, "tiers")
        ),
        hard_stops=tuple(
            HardStop(
                frozenset(values_in(row["drugs"])),
                row["gene"],
                frozenset(values_in(row["keys"])),
                Tier(row["tier"]),
            )
            for row in shelf.rows(pack, "hard_stops")
        ),
        indications=tuple(map(_indication, shelf.rows(pack, "indications"))),
        contraindications=tuple(
            limit_of(row, shelf.evidence(pack, row["evidence"]))
            for row in shelf.rows(pack, "contraindications")
        ),
        quiet={r["implication"]: Tier(r["tier"]) for r in shelf.rows(pack, "quiet")},
        uses=tuple(map(_use, shelf.rows(pack, "uses"))),
        left_out=frozenset(
            (drug, row["action"])
            for row in shelf.rows(pack, "left_out")
            for drug in values_in(row["drugs"])
        ),
        reference=shelf.reference(pack),
    )


def _sources(shelf: Shelf, pack: str) -> tuple[Source, ...]:
    rows = sorted(shelf.rows(pack, "sources"), key=lambda row: int(row["rank"]))
    return tuple(Source(row["source"], row["pack"]) for row in rows)


def _test(shelf: Shelf, pack: str, row: Row) -> OfferedTest:
    plain = ("offer", "status", "directory_code", "commissioning")
    evidence = shelf.evidence(pack, row["evidence"])
    return OfferedTest(**{column: row[column] for column in plain}, evidence=evidence)


def _use(row: Row) -> QuietUse:
    drugs, uses = values_in(row["drugs"]), values_in(row["indications"])
    return QuietUse(frozenset(drugs), frozenset(uses), Tier(row["tier"]))


def _indication(row: Row) -> Indication:
    return Indication(
        row["indication"],
        tuple(re.compile(rf"\b{re.escape(w)}\b", re.IGNORECASE) for w in values_in(row["words"])),
        frozenset(values_in(row["snomed"])),
        values_in(row["icd10"]),
    )
