"""Which ingredients rows and rules speak of, in either of two states of the knowledge.

rows, rules, genes, words of the rule language -> Named (ingredients, pairs, or everybody)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from garrod.care.decide.knowledge import Knowledge
from garrod.knowledge.pack import Row, values_in
from garrod.science.safety.rules import Rule, Rules


@dataclass(frozen=True, slots=True)
class Named:
    """What is spoken of: single ingredients, pairs that are taken together, or everybody."""

    drugs: frozenset[str] = frozenset()
    pairs: frozenset[frozenset[str]] = frozenset()
    everybody: bool = False

    def joined(self, other: Named) -> Named:
        """Return what either speaks of."""
        return Named(
            self.drugs | other.drugs,
            self.pairs | other.pairs,
            self.everybody or other.everybody,
        )


NOBODY = Named()
Both = Sequence[Knowledge]
Test = Callable[[Rule], bool]


def members_of(cell: str, both: Both) -> frozenset[str]:
    """Return the ingredients of a cell, the members of its sets in either state."""
    found: set[str] = set()
    for word in values_in(cell):
        if not word.startswith("@"):
            found.add(word)
            continue
        for knowledge in both:
            group = knowledge.clinical.sets.get(word[1:])
            found |= group.drugs if group is not None else frozenset()
    return frozenset(found)


def named_by(rows: Iterable[Row], columns: Sequence[str], both: Both) -> frozenset[str]:
    """Return the ingredients that some columns of rows name."""
    return frozenset(d for row in rows for c in columns for d in members_of(row.get(c, ""), both))


def _meant(both: Both, is_meant: Test) -> Named:
    singles: set[str] = set()
    pairs: set[frozenset[str]] = set()
    everybody = False
    for knowledge in both:
        rules = knowledge.rules
        everybody |= any(is_meant(r) for r in rules.about_person)
        singles |= {d for d, mine in rules.by_drug.items() if any(map(is_meant, mine))}
        pairs |= {frozenset(p) for p, mine in rules.pairs.items() if any(map(is_meant, mine))}
    twice = {pair for pair in pairs if len(pair) == 1}  # two lines of one ingredient
    return Named(frozenset(singles).union(*twice), frozenset(pairs - twice), everybody)


def of_rules(both: Both, wanted: frozenset[tuple[str, str]]) -> Named:
    """Return what some rules, by pack and id, speak of."""
    return _meant(both, lambda rule: key_of(rule) in wanted)


def key_of(rule: Rule) -> tuple[str, str]:
    """Return the pack of a rule, whatever its version, and its id."""
    return rule.pack.partition("@")[0], rule.id


def only(rules: Rules, wanted: frozenset[tuple[str, str]]) -> Rules:
    """Return some rules alone, ready to ask."""

    def kept(mine: Iterable[Rule]) -> tuple[Rule, ...]:
        return tuple(rule for rule in mine if key_of(rule) in wanted)

    return replace(
        rules,
        by_drug={d: some for d, mine in rules.by_drug.items() if (some := kept(mine))},
        pairs={p: some for p, mine in rules.pairs.items() if (some := kept(mine))},
        about_person=kept(rules.about_person),
    )


def of_gene(both: Both, genes: Iterable[str]) -> Named:
    """Return what guidance and rules about some genes speak of."""
    wanted = frozenset(genes)
    said = re.compile("|".join(rf"\bgene {re.escape(g)}\b" for g in sorted(wanted)))
    drugs = {d for k in both for d in k.guidelines if not wanted.isdisjoint(k.genes_of(d))}
    return _meant(both, lambda r: bool(said.search(r.when_text))).joined(Named(frozenset(drugs)))


def genetic_drugs(both: Both) -> frozenset[str]:
    """Return the ingredients that guidance by genes or a nation's policy speaks of."""
    found: set[str] = set()
    for knowledge in both:
        found.update(knowledge.guidelines)
        found.update(limit.drug for limit in knowledge.policy.contraindications)
    return frozenset(found)


def worded_by(both: Both, family: str, codes: Iterable[str]) -> frozenset[str]:
    """Return the rules of a pack that name some phrases as what to watch, or as their effect."""
    wanted = frozenset(codes)
    return frozenset(
        rule.id
        for knowledge in both
        for rule in _every(knowledge)
        if rule.pack.split("@")[0] == family
        and not wanted.isdisjoint((rule.effect, *rule.monitoring))
    )


def _every(knowledge: Knowledge) -> Iterator[Rule]:
    yield from knowledge.rules.about_person
    for mine in (*knowledge.rules.by_drug.values(), *knowledge.rules.pairs.values()):
        yield from mine


def offered_by(both: Both) -> dict[str, frozenset[str]]:
    """Return what may be offered to the takers of each ingredient."""
    found: dict[str, set[str]] = {}
    for knowledge in both:
        rules = knowledge.rules
        for drug, mine in rules.by_drug.items():
            found.setdefault(drug, set()).update(d for r in mine for d in _options(knowledge, r))
        for pair, mine in rules.pairs.items():
            for drug in pair:
                found.setdefault(drug, set()).update(
                    d for r in mine for d in _options(knowledge, r)
                )
        for drug, views in knowledge.guidelines.items():
            named = {a for v in views for r in v.by_drug.get(drug, ()) for a in r.alternatives}
            found.setdefault(drug, set()).update(named)
    return {drug: frozenset(offered) for drug, offered in found.items()}


def _options(knowledge: Knowledge, rule: Rule) -> tuple[str, ...]:
    how = knowledge.rules.interactions.get((rule.pack, rule.id))
    instead = (*how.instead_of_first, *how.instead_of_second) if how is not None else ()
    return (*rule.alternatives, *instead)
