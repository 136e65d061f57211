"""Words advice for medicines not taken yet: rows by class, like advice merged into one row."""

from __future__ import annotations

from collections.abc import Sequence

from garrod.adapters.report.cards import results_of
from garrod.adapters.report.phrases import (
    CLASSES,
    OTHER_CLASS,
    capital,
    citation_of,
    class_of,
    strength_of,
    tag_of,
)
from garrod.adapters.report.view import NextGroup, NextRow
from garrod.care.decide.wording import dose_in_words
from garrod.care.decide.words import likelihood, listed
from garrod.core.advice import Action, Advice

REPLACED = (Action.AVOID, Action.STOP, Action.PREFER_ALTERNATIVE)
DOSED = (Action.START_LOWER, Action.START_HIGHER, Action.ADJUST)


def groups_of(advice: Sequence[Advice]) -> tuple[NextGroup, ...]:
    """Return the groups in the order of the classes, each most urgent first."""
    by_class: dict[str, list[Advice]] = {}
    for a in advice:
        by_class.setdefault(class_of(a), []).append(a)
    order = [*CLASSES.values(), OTHER_CLASS]
    return tuple(NextGroup(name, _rows(by_class[name])) for name in order if name in by_class)


def _rows(advice: Sequence[Advice]) -> tuple[NextRow, ...]:
    alike: dict[object, list[Advice]] = {}
    for a in sorted(advice, key=lambda a: (a.tier, a.target.name.casefold())):
        alike.setdefault(_content(a), []).append(a)
    return tuple(_row(same) for same in alike.values())


def _content(a: Advice) -> object:
    names = tuple(o.name for o in a.options)
    sources = tuple((e.source, e.locus, e.pmid, e.url) for e in a.evidence)
    said = (tag_of(a), a.dose_factor, names, results_of(a), _certainty(a), strength_of(a))
    return (*said, sources)


def _row(same: Sequence[Advice]) -> NextRow:
    first = same[0]
    return NextRow(
        medicines=listed(list(dict.fromkeys(a.target.name for a in same))),
        tag=tag_of(first),
        act=_act(first),
        why=results_of(first),
        certainty=_certainty(first),
        strength=strength_of(first),
        citations=tuple(dict.fromkeys(citation_of(e) for e in first.evidence)),
    )


def _act(a: Advice) -> str:
    """Return the dose and the alternatives, as far as the advice names any."""
    parts = []
    if a.dose_factor and a.action in DOSED:
        parts.append(dose_in_words(a.dose_factor))
    if a.options:
        start = "Instead" if a.action in REPLACED else "Or"
        parts.append(f"{start}: {listed([o.name for o in a.options], 'or')}")
    return ". ".join(parts)


def _certainty(a: Advice) -> str:
    """Return how sure the advice is, unless the result beside it says just that."""
    sure = "not stated" if a.p_recommendation is None else likelihood(a.p_recommendation)
    is_said = any(text.endswith(sure) for text in results_of(a))
    parts = [] if is_said else [f"Advice: {sure}"]
    if a.stable is False:
        parts.append("other possibilities would change it")
    return capital("; ".join(parts))
