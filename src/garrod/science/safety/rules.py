"""The rules of the safety packs: rows, read once into what they speak of and when they hold.

packs with a table safety_rules -> Rule; pairs of ingredients were expanded when the pack was built
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from garrod.core.advice import Action, Tier
from garrod.core.errors import KnowledgeError
from garrod.core.evidence import Evidence
from garrod.knowledge.clinical import Clinical
from garrod.knowledge.pack import Row, values_in
from garrod.knowledge.shelf import Shelf
from garrod.science.safety.atoms_line import ATOMS
from garrod.science.safety.interacting import Interactions, load_interactions
from garrod.science.safety.language import Check, compiled, names_in

TABLE = "safety_rules"
COMPUTED = re.compile(r"\b(?:crcl|egfr|rising)\b")  # worked out of creatinine
LOCAL_WORDS = re.compile(r"\b(?:local|route)\b")
SCOPES = ("order", "review", "both")
SEVERITIES = ("contraindicated", "serious", "moderate", "minor")


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """What is said when it holds, of which ingredients, and where that is written.

    `subjects` are what it speaks of; `partners` the other side of a pair, none for a rule about one
    medicine; with neither it is about the person (a medicine that is missing). Of the rules of one
    `group` only the first by `rank` that holds is said. `effect`, `manage` and `monitoring` are
    codes of phrases. `is_asked` says that what is missing for it is worth saying.
    """

    id: str
    adviser: str
    pack: str
    subjects: frozenset[str]
    partners: frozenset[str]
    when: Check
    when_text: str
    scope: str
    group: str
    rank: int
    is_asked: bool
    action: Action
    severity: str
    tier: Tier
    effect: str
    manage: tuple[str, ...]
    monitoring: tuple[str, ...]
    dose_factor: str
    alternatives: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    vocabulary: frozenset[str]  # packs that say what it calls a set, a condition or a measure

    @property
    def packs(self) -> tuple[str, ...]:
        """Return its own pack and those of the words that it is put in, sorted."""
        return tuple(sorted({self.pack, *self.vocabulary}))

    @property
    def is_local_too(self) -> bool:
        """Return whether it speaks of forms that act where they are put, because it asks of it."""
        return bool(LOCAL_WORDS.search(self.when_text))


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules in force by ingredient, those about the person, and the phrases that they use.

    `covered` are the ingredients that each adviser has rules for, as subject or partner;
    `interactions` is what packs say of a rule beside, by (pack reference, rule).
    """

    by_drug: Mapping[str, tuple[Rule, ...]]
    about_person: tuple[Rule, ...]
    pairs: Mapping[tuple[str, str], tuple[Rule, ...]]  # (subject, partner)
    phrases: Mapping[tuple[str, str], str]  # by (pack reference, code)
    covered: Mapping[str, frozenset[str]]
    references: tuple[str, ...]
    interactions: Interactions = field(default_factory=dict)

    def phrase(self, rule: Rule, code: str) -> str:
        """Return the words of a code in the pack of its rule.  Raises: KnowledgeError KNO005."""
        try:
            return self.phrases[rule.pack, code]
        except KeyError:
            raise KnowledgeError(
                f"{rule.pack}: rule {rule.id!r} uses the phrase {code!r}, which has no row",
                code="KNO005",
            ) from None


def load_rules(shelf: Shelf, clinical: Clinical) -> Rules:
    """Return the rules of every pack that has a table safety_rules.

    Raises: KnowledgeError KNO004, KNO005 (a citation or phrase without a row), KNO010 (what a rule
    says cannot be read).  Source: the project's design.
    """
    packs = [n for n in shelf.names() if TABLE in shelf.pack(n).tables]
    found = [_rule(shelf, name, row, clinical) for name in packs for row in shelf.rows(name, TABLE)]
    phrases = {
        (shelf.reference(name), row["code"]): row["text"]
        for name in packs
        for row in shelf.rows(name, "phrases")
    }
    loaded = rules_of(found, phrases, _pairs(shelf, packs, {(r.pack, r.id): r for r in found}))
    return replace(loaded, interactions=load_interactions(shelf, packs))


def rules_of(
    found: Iterable[Rule],
    phrases: Mapping[tuple[str, str], str],
    listed: Mapping[tuple[str, str], tuple[Rule, ...]],
) -> Rules:
    """Return rules ready to ask. `listed` are pairs of ingredients that name their rules.

    Source: the project's design.
    """
    rules = tuple(found)
    by_pair = {rule for named in listed.values() for rule in named}
    single: dict[str, list[Rule]] = {}
    pairs: dict[tuple[str, str], list[Rule]] = {k: list(v) for k, v in listed.items()}
    for rule in rules:
        if rule.partners:
            for pair in ((a, b) for a in sorted(rule.subjects) for b in sorted(rule.partners)):
                pairs.setdefault(pair, []).append(rule)
        else:
            for drug in sorted(rule.subjects):
                single.setdefault(drug, []).append(rule)
    covered: dict[str, set[str]] = {}
    for drug, mine in single.items():
        for rule in mine:
            covered.setdefault(rule.adviser, set()).add(drug)
    for pair, both in pairs.items():
        for rule in both:
            covered.setdefault(rule.adviser, set()).update(pair)
    result = Rules(
        {drug: tuple(mine) for drug, mine in single.items()},
        tuple(r for r in rules if not r.subjects and r not in by_pair),
        {pair: tuple(dict.fromkeys(both)) for pair, both in pairs.items()},
        phrases,
        {adviser: frozenset(drugs) for adviser, drugs in covered.items()},
        tuple(dict.fromkeys(r.pack for r in rules)),
    )
    for rule in rules:
        for code in (rule.effect, *rule.manage, *rule.monitoring):
            result.phrase(rule, code)
    return result


def _pairs(
    shelf: Shelf, packs: Iterable[str], by_id: Mapping[tuple[str, str], Rule]
) -> dict[tuple[str, str], tuple[Rule, ...]]:
    found: dict[tuple[str, str], list[Rule]] = {}
    for name in packs:
        if "pairs" not in shelf.pack(name).tables:
            continue
        reference = shelf.reference(name)
        for row in shelf.rows(name, "pairs"):
            rule = by_id.get((reference, row["rule"]))
            if rule is None:
                raise _fault(name, row["rule"], "is named by a pair and has no row")
            found.setdefault((row["a"], row["b"]), []).append(rule)
    return {pair: tuple(rules) for pair, rules in found.items()}


def _rule(shelf: Shelf, name: str, row: Row, clinical: Clinical) -> Rule:
    rule = row["rule"]
    if row["scope"] not in SCOPES or row["severity"] not in SEVERITIES:
        raise _fault(name, rule, f"scope is one of {SCOPES}, severity one of {SEVERITIES}")
    try:
        action, tier, rank = Action(row["action"]), Tier(row["tier"]), int(row["rank"] or 0)
    except ValueError as error:
        raise _fault(name, rule, str(error)) from None
    return Rule(
        id=rule,
        adviser=row["adviser"],
        pack=shelf.reference(name),
        subjects=_drugs(name, rule, row["subject"], clinical),
        partners=_drugs(name, rule, row["with"], clinical),
        when=compiled(row["when"] or "always", rule, clinical, ATOMS),
        when_text=row["when"] or "always",
        scope=row["scope"],
        group=row["group"] or rule,
        rank=rank,
        is_asked=row["ask"] == "yes",
        action=action,
        severity=row["severity"],
        tier=tier,
        effect=row["effect"],
        manage=values_in(row["manage"]),
        monitoring=values_in(row["monitoring"]),
        dose_factor=row["dose_factor"],
        alternatives=values_in(row["alternatives"]),
        evidence=tuple(shelf.evidence(name, key) for key in values_in(row["evidence"])),
        vocabulary=clinical.packs_of(_names(row)),
    )


def _names(row: Row) -> Iterable[str]:
    """Return what a rule calls by a name of the shelf; what is worked out, by what it is from."""
    asked = names_in(row["when"], row["rule"])
    yield from (*values_in(row["subject"]), *values_in(row["with"]), *asked)
    if COMPUTED.search(row["when"]):
        yield "creatinine"


def _drugs(name: str, rule: str, cell: str, clinical: Clinical) -> frozenset[str]:
    found: set[str] = set()
    for wanted in values_in(cell):
        try:
            found |= clinical.members(wanted)
        except KeyError:
            raise _fault(name, rule, f"{wanted!r} is no set of medicines on the shelf") from None
    return frozenset(found)


def _fault(pack: str, rule: str, said: str) -> KnowledgeError:
    return KnowledgeError(f"{pack}: rule {rule!r}: {said}", code="KNO010")
