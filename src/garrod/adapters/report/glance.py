"""Words the summary: one line per medicine, and the sentence above them. Report -> Glance, pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from garrod.adapters.report.cards import results_of
from garrod.adapters.report.genes import gap_words, unsure_words
from garrod.adapters.report.model import Report
from garrod.adapters.report.phrases import capital, count_words, tag_of
from garrod.adapters.report.view import ClearRow, Glance, Tag
from garrod.care.decide.words import likelihood, listed, percent
from garrod.core.advice import Action, Advice

NO_CHANGE = Tag("clear", "No change")
LESS_SURE = Tag("ambiguous", "No change, less sure")
# kind of a line, what to say of one medicine, what to say of several
COUNTED = (
    ("check", "needs a closer look", "need a closer look"),
    ("ambiguous", "needs no change, but that is less sure", "need no change, but less surely"),
    ("unknown", "could not be assessed", "could not be assessed"),
)


def glance_of(report: Report) -> tuple[Glance, ...]:
    """Return one line per medicine, changes first; one that no answer names says so."""
    lines: list[Glance] = []
    for i, advice in enumerate(report.now, 1):
        name = _taken_as(report, advice.target.name)
        lines.append(Glance(tag_of(advice), name, _short(advice), f"advice-{i}"))
    for row in clear_rows(report):
        first = re.split(r"(?<=\.)\s", row.reason)[0]
        text = " But ".join((first, *row.doubts[:1]))
        lines.append(Glance(row.tag, _taken_as(report, row.name), text, "clear"))
    used = {line.medicine for line in lines}
    untold = (_untold(report, m) for m in report.medicines if m not in used)
    return (*lines, *untold)


def clear_rows(report: Report) -> tuple[ClearRow, ...]:
    """Return the medicines that need no change, each with what makes that less than sure."""
    return tuple(_clear(report, text) for text in report.clear)


def _clear(report: Report, text: str) -> ClearRow:
    name, _, reason = text.partition(": ")
    genes = [f for f in report.findings if _names_it(f.gene, reason)]
    gaps = [n for n in report.not_assessed if n.target.name == name]
    told = {n.subject for n in gaps}
    doubts = [words for f in genes if f.gene not in told and (words := unsure_words(f))]
    doubts += [gap_words(n) for n in gaps]
    return ClearRow(LESS_SURE if doubts else NO_CHANGE, name, capital(reason), tuple(doubts))


def _untold(report: Report, medicine: str) -> Glance:
    reasons = [gap_words(n) for n in report.not_assessed if _names_it(n.target.name, medicine)]
    if reasons:
        text = "; ".join(dict.fromkeys(reasons))
        return Glance(Tag("unknown", "Not assessed"), medicine, text, "gaps")
    text = "No answer carries this name: check it by hand"
    return Glance(Tag("unknown", "Not matched"), medicine, text)


def _short(advice: Advice) -> str:
    """Return the result, the alternatives and the certainty, in one line."""
    parts = [re.sub(r", [^,]*\([^)]*%\)$", "", text) for text in results_of(advice)]
    p = advice.p_recommendation
    if p is not None and advice.action in (Action.CONSIDER_TEST, Action.TEST_FIRST):
        return f"Not excluded: {'; '.join(parts)} ({percent(p)})"
    if advice.options:
        parts.append(f"use {listed([o.name for o in advice.options], 'or')}")
    if not parts:  # a limit by age or condition has no result to name
        return advice.summary
    return "; ".join(parts) + ("" if p is None else f" – {likelihood(p)}")


def _taken_as(report: Report, name: str) -> str:
    """Return the line of the medicine list that names an ingredient, or the ingredient."""
    return next((m for m in report.medicines if _names_it(name, m)), capital(name))


def _names_it(name: str, line: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", line.casefold()))


def headline_of(report: Report, glance: Sequence[Glance]) -> tuple[str, tuple[str, ...]]:
    """Return the summary in one line, and the rest that must not be missed."""
    changing = {g.medicine for g in glance if g.tag.kind in {"stop", "change"}}
    more = []
    for kind, one, many in COUNTED:
        number = len({g.medicine for g in glance if g.tag.kind == kind} - changing)
        if number:
            more.append(f"{number} {one if number == 1 else many}")
    if report.next:
        number = len({a.target.name for a in report.next})
        more.append(f"{count_words(number, 'other medicine')} to know about before prescribing")
    unread = sum(not f.is_usable for f in report.findings)
    if unread:
        more.append(f"{count_words(unread, 'gene')} not tested or not callable")
    return _changed_words(len(changing), len(report.medicines)), tuple(more)


def _changed_words(changed: int, total: int) -> str:
    if not total:
        return "No medicines were listed"
    if total == 1:
        return f"{'A' if changed else 'No'} change is advised for the one medicine"
    if not changed:
        return f"No change is advised in {total} medicines"
    return f"{changed} of {total} medicines {'needs' if changed == 1 else 'need'} a change"
