"""The adviser on duplicates: what is alike in an order and the list, and what may be wanted.

Question -> science.safety.duplicates -> one Advice for each class, or kind and ingredient
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from garrod.care.decide.asking import Question
from garrod.care.decide.model import Decision
from garrod.care.decide.options import codes_of
from garrod.care.decide.wording import sentence
from garrod.care.decide.words import DOING, listed
from garrod.core.advice import Action, Advice, Because, Target, Tier
from garrod.science.safety.duplicate_rules import (
    AllowedPair,
    DuplicateClass,
    DuplicateRules,
    Grave,
    KindRow,
)
from garrod.science.safety.duplicates import Duplicate, Item, Kind, duplicates
from garrod.science.safety.subject import Taken

STRENGTHS = {Tier.T1: "contraindicated", Tier.T2: "serious", Tier.T3: "moderate"}
INGREDIENT = frozenset((Kind.EXACT, Kind.INGREDIENT, Kind.SHARED))
COUNTED = "{count}"  # in words, once it is known how many are alike
COUNTS = {2: "two", 3: "three", 4: "four"}
Row = AllowedPair | DuplicateClass | Grave | KindRow
ENDS = "Does it replace the other? If so, end that line now"


@dataclass(frozen=True, slots=True)
class _Said:
    """How one duplicate is said."""

    key: str
    tier: Tier
    action: Action
    words: str
    manage: tuple[str, ...]
    row: Row


def by_duplicates(question: Question) -> Decision:
    """Return what of an order is there already, or what stands twice on the list."""
    rules = question.knowledge.duplicates
    found = duplicates(rules, question.subject, is_order=question.is_order)
    groups: dict[tuple[str, Tier], list[tuple[Duplicate, _Said]]] = {}
    for one in found:
        said = _said(rules, one, is_order=question.is_order)
        groups.setdefault((said.key, said.tier), []).append((one, said))
    return Decision(tuple(_advice(question, group) for group in groups.values()))


def _said(rules: DuplicateRules, one: Duplicate, *, is_order: bool) -> _Said:
    drug = one.by[0].drug.replace(" ", "-")
    if one.allowed is not None:
        return _allowed(rules, one, one.allowed, is_order=is_order)
    if one.of_class is not None:
        group = one.of_class
        tier = group.tier_order if is_order else group.tier_review
        words = f"{COUNTED} {group.name}"
        return _Said(group.id, tier, group.action, words, (group.manage,), group)
    row = rules.kinds[one.kind]
    grave = rules.grave(frozenset((one.by[0].drug,)))
    key, tier = f"{one.kind}-{drug}", row.tier_order if is_order else row.tier_review
    if grave is not None and one.kind in INGREDIENT:
        manage = (grave.why, row.manage)
        return _Said(key, min(tier, grave.tier), row.action, row.words, manage, grave)
    if grave is not None and one.kind is Kind.REPLACES:
        return _Said(key, Tier.T3, Action.ASK, row.words, (grave.why, ENDS), grave)
    return _Said(key, tier, row.action, row.words, (row.manage,), row)


def _allowed(
    rules: DuplicateRules, one: Duplicate, allowed: AllowedPair, *, is_order: bool
) -> _Said:
    """Return how two are said that belong together."""
    row = rules.kinds[Kind.ALLOWED]
    what = one.of_class.id if one.of_class else one.by[0].drug.replace(" ", "-")
    tier = row.tier_order if is_order else row.tier_review
    return _Said(f"allowed-{what}", tier, row.action, row.words, (allowed.reason,), allowed)


def _advice(question: Question, group: Sequence[tuple[Duplicate, _Said]]) -> Advice:
    parts = _parts(group)
    said = _counted(group[0][1], len({t.drug for t, _ in parts}))
    focus = next((t for t, item in parts if item.is_new), parts[-1][0])
    lines = list(dict.fromkeys(item.text for _, item in parts))
    drugs = "+".join(sorted({t.drug.replace(" ", "-") for t, _ in parts}))
    medicine = question.knowledge.medicines.by_id(focus.drug)
    why = f"{said.words}: {listed(lines)}"
    rules = question.knowledge.duplicates
    return Advice(
        id=f"duplicates:{said.key}:{drugs}",
        action=said.action,
        target=Target(focus.name, codes_of(medicine) if medicine else ()),
        tier=said.tier,
        strength=STRENGTHS.get(said.tier, "minor"),
        title=_title(said, focus, parts),
        summary=" ".join(sentence(s) for s in (why, *said.manage) if s),
        because=(
            *dict.fromkeys(Because("medicine", _line(item), t.ref) for t, item in parts),
            Because("rule", f"duplicates, {said.key}", rules.reference),
        ),
        evidence=tuple(dict.fromkeys(s.row.evidence for _, s in group)),
        packs=tuple(sorted({rules.reference, *(p for _, s in group for p in s.row.vocabulary)})),
        stable=True,
    )


def _counted(said: _Said, count: int) -> _Said:
    """Return how it is said, with how many medicines of the class there are."""
    return replace(said, words=said.words.replace(COUNTED, COUNTS.get(count, str(count))))


def _parts(group: Sequence[tuple[Duplicate, _Said]]) -> list[tuple[Taken, Item]]:
    """Return the lines of a group with the ingredient that each is there for, each line once."""
    found: dict[Item, Taken] = {}
    for one, _ in group:
        for taken, item in zip(one.by, (one.first, one.second), strict=True):
            found.setdefault(item, taken)
    return [(taken, item) for item, taken in found.items()]


def _line(item: Item) -> str:
    return f"{item.text}: {'proposed' if item.is_new else 'taken'}"


def _title(said: _Said, focus: Taken, parts: Sequence[tuple[Taken, Item]]) -> str:
    others = [t.name for t, _ in parts if t.drug != focus.drug]
    together = f" with {listed(list(dict.fromkeys(others)))}" if others else ""
    if said.action is Action.STANDARD:
        return f"{focus.name[:1].upper()}{focus.name[1:]}{together}: {said.words}"
    return f"{DOING[said.action]} {focus.name}{together}: {said.words}"
