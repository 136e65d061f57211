"""What the advisers have no rule for: said once an order, once a review, and shown of the packs.

Rules by occasion, guidance by genes, what function advisers cover -> NotAssessed, or a table
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.options import codes_of
from garrod.care.decide.words import listed
from garrod.core.advice import NotAssessed, Target
from garrod.knowledge.clinical import load_clinical
from garrod.knowledge.medicines import Medicine
from garrod.knowledge.shelf import Shelf
from garrod.science.safety.rules import TABLE, Rules, load_rules

GENES = "pharmacogenomics"
SUBJECT, CODE = "coverage", "no-guidance"
Covers = Callable[[Knowledge], frozenset[str]]


def covered_by(knowledge: Knowledge, functions: Mapping[str, Covers]) -> dict[str, frozenset[str]]:
    """Return the ingredients that each adviser speaks of at an order, by its name, sorted.

    `functions` are the advisers that are no rows, with what each covers. The same for everybody:
    worked out once.
    """
    key = ("covered", tuple(sorted(functions)))
    return knowledge.memory.once(key, lambda: _covered(knowledge, functions))


def _covered(knowledge: Knowledge, functions: Mapping[str, Covers]) -> dict[str, frozenset[str]]:
    found = {name: set(drugs) for name, drugs in _by_rules(knowledge.rules).items()}
    found.setdefault(GENES, set()).update(knowledge.guidelines)
    for name, covers in functions.items():
        found.setdefault(name, set()).update(covers(knowledge))
    return {name: frozenset(drugs) for name, drugs in sorted(found.items()) if drugs}


def _by_rules(rules: Rules, pack: str = "") -> dict[str, set[str]]:
    """Return the ingredients by adviser: of what is said of an order, or of all in one pack."""
    found: dict[str, set[str]] = {}
    singles = (((drug,), rule) for drug, mine in rules.by_drug.items() for rule in mine)
    pairs = ((pair, rule) for pair, both in rules.pairs.items() for rule in both)
    for drugs, rule in (*singles, *pairs):
        if (rule.pack == pack) if pack else (rule.scope != "review"):
            found.setdefault(rule.adviser, set()).update(drugs)
    return found


def covered_in(shelf: Shelf, name: str) -> dict[str, frozenset[str]]:
    """Return the ingredients that each adviser has rules for in one pack, at orders and reviews.

    Nothing of a pack without rules.  Raises: KnowledgeError.
    """
    if TABLE not in shelf.pack(name).tables:
        return {}
    rules = load_rules(shelf, load_clinical(shelf))
    found = _by_rules(rules, shelf.reference(name))
    return {adviser: frozenset(drugs) for adviser, drugs in sorted(found.items())}


def uncovered(
    covered: Mapping[str, frozenset[str]], medicines: Sequence[Medicine], *, is_order: bool
) -> tuple[NotAssessed, ...]:
    """Return one entry that says what no rule speaks of; none where every adviser has rules.

    Genes are left out: of those it is said with the medicine already.
    """
    covered = {name: drugs for name, drugs in covered.items() if name != GENES}
    missing = {
        m: [name for name, drugs in covered.items() if m.drug not in drugs] for m in medicines
    }
    if not any(missing.values()):
        return ()
    if is_order:
        names = listed([m.name for m in missing])
        target = Target(names, tuple(c for m in missing for c in codes_of(m)))
        lacking = [n for n in covered if any(n in mine for mine in missing.values())]
        return (_entry(target, f"no rule here speaks of it for: {', '.join(lacking)}"),)
    return (_entry(Target("medicines"), _of_all(covered, missing)),)


def _of_all(
    covered: Mapping[str, frozenset[str]], missing: Mapping[Medicine, Sequence[str]]
) -> str:
    """Return which medicines nothing speaks of, and how many each adviser has no rule for."""
    bare = [m.name for m, names in missing.items() if len(names) == len(covered)]
    counts = {name: sum(name in names for names in missing.values()) for name in covered}
    said = f"no rule here speaks of {listed(bare)}; " if bare else ""
    counted = ", ".join(f"{name} {count}" for name, count in counts.items() if count)
    return f"{said}of {len(missing)} medicines, these have no rule: {counted}"


def _entry(target: Target, reason: str) -> NotAssessed:
    return NotAssessed(target, SUBJECT, reason, CODE)


def coverage_lines(covered: Mapping[str, frozenset[str]], known: Iterable[str]) -> tuple[str, ...]:
    """Return for people, adviser by adviser, how many ingredients it has rules for, of how many."""
    every = frozenset(known)
    return tuple(
        f"adviser {name}: rules for {len(drugs & every)} of {len(every)} ingredients; "
        f"none for {len(every - drugs)}"
        for name, drugs in covered.items()
    )
