"""Two lines for one purpose: the same product, ingredient or class, and what makes it wanted.

Lines, DuplicateRules -> Duplicate, one a pair of lines and kind
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, islice, product

from garrod.core.medicine import MedicineLine
from garrod.knowledge.medicines import runs_of, words_of
from garrod.science.safety.duplicate_rules import AllowedPair, DuplicateClass, DuplicateRules
from garrod.science.safety.subject import Subject, Taken

STRENGTH = re.compile(
    r"(\d+(?:[.,]\d+)*)\s*(micrograms?|mcg|µg|mg|g|ml|units?|%|mmol|mg/ml)(?![a-z])", re.IGNORECASE
)
UNITS = {"mcg": "microgram", "µg": "microgram", "micrograms": "microgram", "units": "unit"}
PRN = re.compile(r"\b(?:when required|as required|when needed|as needed|prn)\b", re.IGNORECASE)
LOADING = re.compile(r"\b(?:loading|stat|once only)\b", re.IGNORECASE)


class Kind(StrEnum):
    """In what two lines are alike. The first that fits is said."""

    EXACT = "exact"
    INGREDIENT = "ingredient"
    SHARED = "shared"
    ROUTE = "route"
    BOTH_LOCAL = "both-local"
    LOCAL = "local"
    CLASS = "class"
    ALLOWED = "allowed"
    REPLACES = "replaces"
    RENEWS = "renews"


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A line with its ingredients, and what its words say of form, release and strength."""

    taken: tuple[Taken, ...]
    form: str
    release: str
    strength: frozenset[str]

    @property
    def line(self) -> MedicineLine:
        """Return the line itself."""
        return self.taken[0].line

    @property
    def drugs(self) -> frozenset[str]:
        """Return the ingredients."""
        return frozenset(t.drug for t in self.taken)

    @property
    def is_new(self) -> bool:
        """Return whether it is proposed."""
        return self.taken[0].is_new

    @property
    def is_local(self) -> bool:
        """Return whether it acts where it is put."""
        return self.taken[0].is_local

    @property
    def text(self) -> str:
        """Return the words of the line."""
        return self.line.text

    @property
    def is_repeat(self) -> bool:
        """Return whether it is a repeat that does not say of which line."""
        return self.line.is_repeat

    def is_of_kind(self, other: Item) -> bool:
        """Return whether another line has the same ingredients, and acts where this one does."""
        return (self.drugs, self.is_local) == (other.drugs, other.is_local)

    def goes_on_with(self, other: Item) -> bool:
        """Return whether it says that it belongs to the treatment of another line."""
        return self.line.goes_on_with(other.line)

    @property
    def is_as_needed(self) -> bool:
        """Return whether it is taken only when needed."""
        return self.line.is_as_needed or bool(PRN.search(self.text))


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A pair of lines that are alike: by which ingredients of each, and why both may be wanted."""

    kind: Kind
    first: Item
    second: Item
    by: tuple[Taken, Taken]
    of_class: DuplicateClass | None = None
    allowed: AllowedPair | None = None


Doubles = tuple[Duplicate, ...]


def duplicates(rules: DuplicateRules, subject: Subject, *, is_order: bool) -> Doubles:
    """Return the pairs that are alike: of an order those with the order, else all.

    Source: pack duplicate-rules; each row names its own.
    """
    return pairs_in(rules, subject.taken, is_order=is_order)


def pairs_in(rules: DuplicateRules, taken: Iterable[Taken], *, is_order: bool) -> Doubles:
    """Return the pairs that are alike among lines, whoever takes them.

    Source: pack duplicate-rules; each row names its own.
    """
    if not rules.reference:
        return ()
    if not is_order:
        pairs = combinations(_items(rules, taken), 2)
        return tuple(x for one, two in pairs for x in _between(rules, one, two, frozenset()))
    items = _items(rules, _near(rules, tuple(taken)))
    old, new = [i for i in items if not i.is_new], [i for i in items if i.is_new]
    ordered, renewed = (*product(old, new), *combinations(new, 2)), _renewed(old, new)
    return tuple(x for one, two in ordered for x in _between(rules, one, two, renewed))


def _near(rules: DuplicateRules, taken: Sequence[Taken]) -> Iterator[Taken]:
    """Yield the lines that can be alike to an order: they share an ingredient or a class."""
    ordered = {one.drug for one in taken if one.is_new}
    near = ordered.union(*(row.drugs for row in rules.classes if not ordered.isdisjoint(row.drugs)))
    lines = {id(one.line) for one in taken if one.is_new or one.drug in near}
    return (one for one in taken if id(one.line) in lines)


def _renewed(taken: Sequence[Item], orders: Sequence[Item]) -> frozenset[Item]:
    """Return the lines that an order goes on with: those that it names; of a bare repeat the first.

    A repeat renews one line: where the same is taken twice, the other one stays a duplicate.
    """
    pairs = [(o, x) for o in orders for x in taken if o.is_of_kind(x)]
    named = {x for o, x in pairs if o.goes_on_with(x)}
    if not named:
        same = (x for o, x in pairs if o.is_repeat and not x.is_repeat and _is_going_on(o, x))
        named.update(islice(same, 1))
    return frozenset(named)


def _items(rules: DuplicateRules, taken: Iterable[Taken]) -> list[Item]:
    lines: dict[int, list[Taken]] = {}
    for one in taken:
        lines.setdefault(id(one.line), []).append(one)
    longest = max((len(words) for words, _, _ in rules.forms), default=0)
    return [_item(rules, tuple(taken), longest) for taken in lines.values()]


def _item(rules: DuplicateRules, taken: tuple[Taken, ...], longest: int) -> Item:
    runs = frozenset(runs_of(words_of(taken[0].line.text), longest))
    form = release = ""
    for part, is_form, is_release in rules.forms:
        if part in runs:
            form, release = form or is_form, release or is_release
    return Item(taken, form, release, strengths_in(taken[0].line.text))


def strengths_in(text: str) -> frozenset[str]:
    """Return the strengths that a text names, as number and unit: "500 mg".

    Source: the project's design.
    """
    return frozenset(
        f"{number.replace(',', '')} {UNITS.get(unit.lower(), unit.lower())}"
        for number, unit in STRENGTH.findall(text)
    )


def _between(
    rules: DuplicateRules, first: Item, second: Item, renewed: frozenset[Item]
) -> Iterator[Duplicate]:
    shared = first.drugs & second.drugs
    if shared:
        is_linked = not renewed.isdisjoint((first, second)) and first.drugs == second.drugs
        yield _of_ingredient(rules, first, second, min(shared), is_linked=is_linked)
    if not first.is_local and not second.is_local:
        yield from _of_class(rules, first, second, shared)


def _of_ingredient(
    rules: DuplicateRules, first: Item, second: Item, drug: str, *, is_linked: bool
) -> Duplicate:
    by = (_taken(first, drug), _taken(second, drug))
    if is_linked and _is_going_on(first, second):
        return Duplicate(Kind.RENEWS, first, second, by)
    allowed = _allowed(rules, first, second, by, "ingredient")
    if allowed is not None:
        return Duplicate(Kind.ALLOWED, first, second, by, None, allowed)
    return Duplicate(Kind.REPLACES if is_linked else _kind(first, second), first, second, by)


def _kind(first: Item, second: Item) -> Kind:
    if first.is_local != second.is_local:
        return Kind.LOCAL
    if first.is_local:
        return Kind.BOTH_LOCAL
    routes = {item.line.route for item in (first, second)} - {""}
    if len(routes) > 1:
        return Kind.ROUTE
    if first.drugs != second.drugs:
        return Kind.SHARED
    if first.is_new != second.is_new and _is_replaced(first, second):
        return Kind.REPLACES
    is_told = bool(first.form and first.strength)
    is_same = (first.form, first.release, first.strength) == (
        second.form, second.release, second.strength,
    )  # fmt: skip
    return Kind.EXACT if is_told and is_same else Kind.INGREDIENT


def _is_going_on(one: Item, two: Item) -> bool:
    """Return whether nothing that both state differs: form, release, strength, dose, route."""
    first, second = one.line, two.line
    stated = (
        (one.form, two.form),
        (one.strength, two.strength),
        (first.daily_mg, second.daily_mg),
        (first.route, second.route),
    )
    is_same = all(not mine or not theirs or mine == theirs for mine, theirs in stated)
    return is_same and one.release == two.release


def _is_replaced(first: Item, second: Item) -> bool:
    """Return whether an order is the same product in another dose."""
    one, two = first.line, second.line
    if (
        first.form and second.form and first.form != second.form
    ) or first.release != second.release:
        return False
    if one.daily_mg is not None and two.daily_mg is not None:
        return one.daily_mg != two.daily_mg
    return bool(first.strength and second.strength) and first.strength != second.strength


def _of_class(
    rules: DuplicateRules, first: Item, second: Item, shared: frozenset[str]
) -> Iterator[Duplicate]:
    """Yield the classes that both have a medicine of; a narrow class speaks for a wide one."""
    said: set[frozenset[str]] = set()
    mine, theirs = first.drugs - shared, second.drugs - shared
    for row in rules.classes:
        if row.drugs.isdisjoint(mine) or row.drugs.isdisjoint(theirs):
            continue
        for one in (t for t in first.taken if t.drug in row.drugs - shared):
            two = next((t for t in second.taken if t.drug in row.drugs - shared), None)
            if two is None or frozenset((one.drug, two.drug)) in said:
                continue
            said.add(frozenset((one.drug, two.drug)))
            allowed = _allowed(rules, first, second, (one, two), "class")
            kind = Kind.CLASS if allowed is None else Kind.ALLOWED
            yield Duplicate(kind, first, second, (one, two), row, allowed)


def _taken(item: Item, drug: str) -> Taken:
    return next(t for t in item.taken if t.drug == drug)


def _allowed(
    rules: DuplicateRules, first: Item, second: Item, by: tuple[Taken, Taken], of: str
) -> AllowedPair | None:
    one, two = by[0].drug, by[1].drug
    for row in rules.allowed:
        is_pair = (one in row.first and two in row.second) or (
            two in row.first and one in row.second
        )
        if row.of == of and is_pair and CONDITIONS[row.when](first, second):
            return row
    return None


def _is_one_loading(first: Item, second: Item) -> bool:
    return bool(LOADING.search(first.text)) != bool(LOADING.search(second.text))


def _differ_in_strength(first: Item, second: Item) -> bool:
    return bool(first.strength and second.strength) and first.strength != second.strength


CONDITIONS: Mapping[str, Callable[[Item, Item], bool]] = {
    "": lambda first, second: True,
    "as-needed": lambda first, second: first.is_as_needed != second.is_as_needed,
    "release": lambda first, second: first.release != second.release,
    "strength": _differ_in_strength,
    "loading": _is_one_loading,
}
