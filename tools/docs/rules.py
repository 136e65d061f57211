"""The page of the rule language: each question as its code describes it, and what is in force."""

from __future__ import annotations

import inspect
from collections import Counter

from garrod.adapters.packs.load import load_shelf
from garrod.knowledge.clinical import load_clinical
from garrod.knowledge.shelf import Shelf
from garrod.science.safety.atoms import PERSON
from garrod.science.safety.atoms_line import ATOMS, LINE
from garrod.science.safety.atoms_medicines import MEDICINES
from garrod.science.safety.rules import SCOPES, SEVERITIES, TABLE

COLUMNS = {
    "`rule` · `adviser`": "its name within the pack; the kind of advice, as `packs show` lists it",
    "`subject` · `with`": "ingredients (ids of the pack `drugs`) or sets (`@nsaid`); "
    "`with` is the other side of a pair",
    "`when`": "the condition, in the language below; blank: always",
    "`scope`": f"{' · '.join(SCOPES)}: asked of an order, of a review of all medicines, or of both",
    "`group` · `rank`": "of the rules of a group the first by rank that holds is said",
    "`ask`": 'yes: what is missing for it is told as "not assessed"',
    "`action` · `severity` · `tier`": f"the coded act; {' · '.join(SEVERITIES)}; T1 (hard stop) to "
    "T5 (silent)",
    "`effect` · `manage` · `monitoring`": "codes of the pack's own phrases: what may happen, what "
    "to do, what to watch",
    "`dose_factor` · `alternatives` · `evidence`": "a factor; ingredients that may be given "
    "instead; rows of the pack's `evidence.csv`",
}
HEAD = f"""# The language of safety rules

A rule is a row of a pack's table `{TABLE}.csv`: what it speaks of, when it holds, what to do, how
loudly, and where that is written. Why it is so stands in
[decision 0013](../decisions/0013-rules-are-rows-over-three-answers.md).

| column | what it says |
|---|---|
{chr(10).join(f"| {name} | {said} |" for name, said in COLUMNS.items())}

Questions are joined by `and`, `or`, `not` and brackets. An answer is yes, no, or not known; what is
not known stays so unless the rest decides. Yes carries the entries of the record that made it, and
they are shown as the reasons of the advice.
"""
GROUPS = {
    "Of the person": PERSON,
    "Of medicines that are taken or were": MEDICINES,
    "Of the line that the rule speaks of": LINE,
    "Of the other line of a pair, and of genes": {
        word: atom for word, atom in ATOMS.items() if word not in {**PERSON, **MEDICINES, **LINE}
    },
}


def page() -> str:
    """Return the page."""
    parts = [HEAD]
    for title, atoms in GROUPS.items():
        rows = [f"- {one(inspect.getdoc(atom) or word)}" for word, atom in atoms.items()]
        parts.append(f"## {title}\n\n" + "\n".join(rows) + "\n")
    parts.append(_counts(load_shelf()))
    return "\n".join(parts)


def one(text: str) -> str:
    """Return a docstring on one line, each of its paragraphs after the other."""
    return " ".join(text.partition("Source:")[0].split())


def _counts(shelf: Shelf) -> str:
    """Return how many rules, pairs, conditions, measures and sets each pack holds."""
    clinical = load_clinical(shelf)
    rows = [
        "## What is in force\n",
        f"{len(clinical.conditions)} conditions, {len(clinical.measures)} measures, "
        f"{len(clinical.sets)} sets of medicines; no clinician has reviewed a rule yet.\n",
        "| pack | rules by adviser | pairs |",
        "|---|---|---|",
    ]
    for name in shelf.names():
        tables = shelf.pack(name).tables
        if TABLE not in tables:
            continue
        advisers = Counter(row["adviser"] for row in shelf.rows(name, TABLE))
        said = ", ".join(f"{adviser} {count}" for adviser, count in sorted(advisers.items()))
        pairs = len(shelf.rows(name, "pairs")) if "pairs" in tables else 0
        rows.append(f"| `{shelf.reference(name)}` | {said} | {pairs or ''} |")
    return "\n".join(rows) + "\n"
