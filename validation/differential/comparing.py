"""Asks both, compares, and keeps the tally: agreed, explained by a row, or not explained."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from validation.differential.asking import Question
from validation.differential.judge import Judge
from validation.differential.reasons import reasons
from validation.differential.servers import Found, Garrod, Oracle

TABLE = Path(__file__).parents[1] / "fhir_differential.csv"
SHOWN = 25
WIDTH = 150


def explained() -> dict[str, str]:
    """Return the reasons that are written down, by their name."""
    with TABLE.open(encoding="utf-8") as file:
        return {row["name"]: row["reason"] for row in csv.DictReader(file)}


@dataclass(slots=True)
class Tally:
    """What all questions came to: by sort of question, and by reason."""

    known: dict[str, str] = field(default_factory=explained)
    asked: Counter[str] = field(default_factory=Counter)
    agreed: Counter[str] = field(default_factory=Counter)
    telling: Counter[str] = field(default_factory=Counter)
    because: Counter[str] = field(default_factory=Counter)
    unexplained: list[str] = field(default_factory=list)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, sort: str, agrees: bool, why: str, told: str) -> None:
        """Count one question; `why`: the reason for a difference, "" where there is none."""
        self.asked[sort] += 1
        if agrees:
            self.agreed[sort] += 1
        elif why in self.known:
            self.because[why] += 1
            self.examples.setdefault(why, told)
        else:
            self.unexplained.append(told)


def sort_of(question: Question) -> str:
    """Return of which sort a question is, for the table."""
    if question.sort:
        return "_sort"
    if question.includes:
        return "_include, _revinclude"
    if len(question.filters) > 1:
        return "several criteria"
    (asked,) = question.filters
    if asked.hops:
        return "_has" if any(hop.is_backward for hop in asked.hops) else "chain"
    return ":missing" if asked.modifier == "missing" else asked.type


def compared(
    question: Question, ours: Garrod, peer: Oracle, *, judge: Judge, now: datetime, tally: Tally
) -> None:
    """Ask both one question, and count what came of it."""
    one, other = ours.search(question.url), peer.search(question.url)
    wrong = fault(question, one, judge, now)
    sort = sort_of(question)
    if wrong:
        tally.asked[sort] += 1
        tally.unexplained.append(f"Garrod: {wrong}: {question.url}")
        return
    same = set(one.matches) == set(other.matches) and set(one.included) == set(other.included)
    same = same and other.status == 200 and ordered(question, other.matches, judge)
    everything = len(judge.ids(question.kind))
    tally.telling[sort] += same and 0 < len(one.matches) < everything
    why = next((name for name in reasons(question) if name in tally.known), "")
    tally.add(
        sort,
        same,
        why,
        f"{question.url}: {len(one.matches)}, Medplum {other.said or len(other.matches)}",
    )


def fault(question: Question, found: Found, judge: Judge, now: datetime) -> str:
    """Return how an answer of Garrod's differs from R4 as the judge reads it; "": not at all."""
    if found.status != 200:
        return f"{found.status} {found.said}"
    due = {f"{question.kind}/{id}" for id in judge.matches(question, now)}
    if set(found.matches) != due or len(found.matches) != len(due):
        return f"{sorted(set(found.matches) ^ due)[:5]} found or missed"
    if found.total != len(due):
        return f"a total of {found.total} for {len(due)}"
    matched = [name.partition("/")[2] for name in found.matches]
    along = {f"{kind}/{id}" for kind, id in judge.included(question, matched)}
    if set(found.included) != along or len(found.included) != len(along):
        return f"{sorted(set(found.included) ^ along)[:5]} included or not"
    return "" if ordered(question, found.matches, judge) else "another order"


def ordered(question: Question, names: tuple[str, ...], judge: Judge) -> bool:
    """Return whether matches stand as asked: what has no place last, by the later keys if alike."""
    ids = [name.partition("/")[2] for name in names]
    rows = [[judge.place(question.kind, id, key) for key in question.sort] for id in ids]
    for before, after in pairwise(rows):
        for key, one, other in zip(question.sort, before, after, strict=True):
            if one == other:
                continue
            if one is None or (other is not None and (one < other) is key.is_descending):
                return False
            break
    return True


def paged(ours: Garrod, peer: Oracle, judge: Judge, kinds: tuple[str, ...], tally: Tally) -> None:
    """Go through every kind page by page in both, and ask how many there are."""
    for kind in kinds:
        for count in (1, 7, 50):
            if count == 1 and len(judge.ids(kind)) > SHOWN:
                continue
            pages = ours.pages(f"{kind}?_count={count}&_total=accurate")
            theirs = [peer.search(f"{kind}?_count={count}&_offset={n * count}").matches
                      for n in range(len(pages))]  # fmt: skip
            same = [page.matches for page in pages] == theirs
            same = same and all(page.total == len(judge.ids(kind)) for page in pages)
            tally.add("pages, _total", same, "", f"pages of {count} of {kind} differ")
            tally.telling["pages, _total"] += same
        one, other = (s.search(f"{kind}?_summary=count") for s in (ours, peer))
        same = one.total == other.total == len(judge.ids(kind)) and not one.matches
        tally.add("pages, _total", same, "", f"{kind}?_summary=count: {one.total}, {other.total}")


def table(tally: Tally) -> str:
    """Return the figures as tables, and what is not explained."""
    lines = ["| question | asked | agreed with Medplum (of these, some but not all found) |"]
    lines += ["|---|---|---|"]
    for sort, asked in sorted(tally.asked.items()):
        lines.append(f"| {sort} | {asked:,} | {tally.agreed[sort]:,} ({tally.telling[sort]:,}) |")
    told, agreed = sum(tally.telling.values()), sum(tally.agreed.values())
    lines.append(f"| all | {sum(tally.asked.values()):,} | {agreed:,} ({told:,}) |")
    lines += ["", "| difference, explained in fhir_differential.csv | times | such as |"]
    lines += ["|---|---|---|"]
    for name, count in sorted(tally.because.items()):
        lines.append(f"| {name} | {count:,} | `{tally.examples[name][:WIDTH]}` |")
    lines.append(f"| all | {sum(tally.because.values()):,} | |")
    lines.append(f"\nNot explained: {len(tally.unexplained)}")
    return "\n".join([*lines, *tally.unexplained[:SHOWN]])
