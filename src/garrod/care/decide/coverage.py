"""What the advisers have no rule for, and what they found nothing against: said once an order.

Rules by occasion, guidance by genes, what function advisers cover -> NotAssessed, Clear, a table
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from garrod.care.decide.asking import Question
from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.model import Clear, Decision
from garrod.care.decide.options import codes_of
from garrod.care.decide.words import listed, subject_words
from garrod.core.advice import NotAssessed, Target, Tier
from garrod.knowledge.clinical import load_clinical
from garrod.knowledge.medicines import Medicine
from garrod.knowledge.shelf import Shelf
from garrod.science.safety.apply import Judged, judged
from garrod.science.safety.rules import TABLE, Rules, load_rules

GENES = "pharmacogenomics"
SUBJECT, CODE = "coverage", "no-guidance"
TOLD = frozenset((Tier.T1, Tier.T2, Tier.T3))  # what is shown to a prescriber
OF_LIST = frozenset(("interactions", "duplicates", "burden", "qt"))  # moot if some line is unread
MOST_NAMED = 5  # medicines named in one entry; more are counted. Source: the project's design
UNREAD_LINE = "it is on the list and names no medicine known here, so this was not checked with it"
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
        return (_entry(target, f"no rule here speaks of it for: {_spoken(lacking)}"),)
    return (_entry(Target("medicines"), _of_all(covered, missing)),)


def _of_all(
    covered: Mapping[str, frozenset[str]], missing: Mapping[Medicine, Sequence[str]]
) -> str:
    """Return which medicines nothing speaks of, and how many each adviser has no rule for."""
    bare = [m.name for m, names in missing.items() if len(names) == len(covered)]
    counts = {name: sum(name in names for names in missing.values()) for name in covered}
    said = f"no rule here speaks of {listed(bare)}; " if bare else ""
    counted = ", ".join(f"{subject_words(name)} {count}" for name, count in counts.items() if count)
    medicines = "1 medicine" if len(missing) == 1 else f"{len(missing)} medicines"
    return f"{said}of {medicines}, these have no rule: {counted}"


def unread_lines(question: Question) -> tuple[NotAssessed, ...]:
    """Return the lines of the list that an order was not checked with: they name nothing known."""
    return tuple(
        NotAssessed(Target(line.text or "unnamed medicine"), "medicine", UNREAD_LINE, "unread")
        for line, named in question.case.named
        if question.is_order and not named and line is not question.order
    )


def checked(
    question: Question, covered: Mapping[str, frozenset[str]], found: Decision
) -> tuple[Clear, ...]:
    """Return one entry on what was checked of an order and speaks against nothing.

    None where something that is shown stands. An adviser counts if it knows every ingredient, says
    nothing that is shown or for a work-list, and misses no fact; those that miss one are named
    apart, unless what they miss is asked for. Genes have entries of their own.
    """
    new = [t for t in question.subject.taken if t.is_new]
    if not new or any(t.is_local for t in new) or any(a.tier in TOLD for a in found.advice):
        return ()
    drugs = {m.drug for m in question.ordered}
    silent = [n for n, known in covered.items() if n != GENES and drugs <= known]
    now = judged(question.knowledge.rules, question.subject, is_order=True)
    names = tuple(n for n in silent if n not in _not_silent(question, found, now))
    if not names:
        return ()
    target = Target(
        listed([m.name for m in question.ordered]),
        tuple(c for m in question.ordered for c in codes_of(m)),
    )
    reason = f"Nothing speaks against it in what the rules here check{_with(question)}: "
    reason += f"{_spoken(names)}."
    told = {n.subject for n in found.not_assessed}
    untold = [n for n in silent if n in now.open and n not in told]
    if untold:
        reason += f" Not told for want of facts: {_spoken(untold)}."
    return (Clear(target, names, reason, _packs(question, names)),)


def _spoken(names: Iterable[str]) -> str:
    return ", ".join(subject_words(n) for n in names)


def _not_silent(question: Question, found: Decision, now: Judged) -> set[str]:
    """Return the advisers that say something, or could not tell."""
    loud = {a.id.partition(":")[0] for a in found.advice if a.tier is not Tier.T5}
    signals = {s.rule.adviser for s in now.signals if s.rule.tier is not Tier.T5}
    is_part = "medicines" in question.case.person.unseen or bool(unread_lines(question))
    untold = {n.subject for n in found.not_assessed} | (OF_LIST if is_part else set())
    without = {name for name, pack in _own_packs(question.knowledge).items() if not pack}
    return {*loud, *signals, *now.open, *untold, *without}


def _with(question: Question) -> str:
    """Return with which medicines of the list an order was checked."""
    others = list(dict.fromkeys(t.name for t in question.subject.taken if not t.is_new))
    if len(others) > MOST_NAMED:
        return f" with the {len(others)} medicines of the list"
    return f" with {listed(others)}" if others else ""


def _packs(question: Question, names: Iterable[str]) -> tuple[str, ...]:
    """Return the packs with the rules of advisers, and the vocabulary that they are put in."""
    known = question.knowledge
    packs = known.memory.once("packs-of-advisers", lambda: _packs_of(known))
    found = (pack for name in names for pack in packs.get(name, ()))
    return tuple(sorted({known.medicines.reference, *found} - {""}))


def _own_packs(known: Knowledge) -> dict[str, frozenset[str]]:
    """Return the packs of each adviser that is a function; none where it is not on the shelf."""
    return {
        "allergy": frozenset((known.allergens.reference,)) - {""},
        "burden": known.burdens.packs,
        "duplicates": known.duplicates.packs,
    }


def _packs_of(known: Knowledge) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {name: set(packs) for name, packs in _own_packs(known).items()}
    tables = (*known.rules.by_drug.values(), *known.rules.pairs.values())
    for rule in (rule for mine in tables for rule in mine if rule.scope != "review"):
        found.setdefault(rule.adviser, set()).update(rule.packs)
    return {name: frozenset(packs) for name, packs in found.items()}


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
