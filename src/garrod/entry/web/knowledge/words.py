"""Puts the rows of packs into words. Pure.

a row, the names of medicines, the phrases of its pack -> what it is about, what it says
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from garrod.knowledge.pack import Row, values_in

TABLES = {
    "safety_rules": "Rules about medicines", "phrases": "Words on cards",
    "recommendations": "Advice by genetic result", "hard_stops": "Hard stops",
    "tiers": "How loudly advice is given", "contraindications": "When a medicine is not to be had",
    "quiet": "Advice that is given more quietly", "sources": "Whose guidance is heard first",
    "tests": "Genetic tests that can be ordered", "untested": "What is said of what is untested",
    "uses": "What a medicine is for", "genes": "Which genes matter to which medicine",
    "drugs": "Medicines and their names", "pairs": "Pairs of medicines", "doses": "Usual doses",
    "interactions": "Interactions", "treatments": "What else may be given",
    "functions": "What alleles do", "alleles": "Alleles", "positions": "Positions in the genome",
    "rules": "From alleles to what a gene does", "frequencies": "How common alleles are",
    "modulators": "Medicines that change an enzyme", "indications": "What medicines are given for",
    "populations": "Whom advice is for", "guidelines": "Guidelines",
}  # fmt: skip
COLUMNS = {
    "subject": "Medicine", "drugs": "Medicines", "drug": "Medicine", "with": "Together with",
    "when": "Holds when", "tier": "How loudly", "action": "What to do", "severity": "How grave",
    "effect": "Because", "manage": "In detail", "monitoring": "Watch", "alternatives": "Instead",
    "dose_factor": "Share of the usual dose", "evidence": "Source", "scope": "Asked of",
    "ask": "Says so where it cannot tell", "group": "Heard as one of", "rank": "Place among them",
    "gene": "Gene", "keys": "Genetic result", "strength": "Strength", "population": "For whom",
    "text": "Words", "rule": "Rule", "code": "Code", "why": "Because", "implication": "Because",
    "below_age": "Below the age of", "pregnant": "In pregnancy", "conditions": "With",
    "pack": "Pack", "source": "Source",
}  # fmt: skip
TIERS = {
    "T1": "hard stop", "T2": "warning that interrupts", "T3": "advice beside the order",
    "T4": "quiet note", "T5": "not shown",
}  # fmt: skip
ACTIONS = {
    "avoid": "avoid it", "prefer-alternative": "prefer another", "start-lower": "start lower",
    "start-higher": "start higher", "adjust": "adjust the dose", "monitor": "monitor",
    "stop": "stop it", "taper": "taper it", "ask": "ask first", "test-first": "test first",
    "consider-test": "consider a test", "refer": "refer", "standard": "no change",
}  # fmt: skip
SCOPES = {"both": "orders and what is taken", "order": "orders", "review": "what is taken"}
VALUES: dict[str, Mapping[str, str]] = {
    "tier": TIERS, "action": ACTIONS, "scope": SCOPES, "ask": {"yes": "yes", "no": "no"},
}  # fmt: skip
DRUGS = frozenset(("subject", "drugs", "drug", "with", "alternatives", "a", "b"))
PHRASED = frozenset(("effect", "manage", "monitoring"))
INSIDE = frozenset(("rank", "group", "ask", "scope", "adviser", "rule"))  # of a rule: not told anew
SIGNS = (
    ("measure ", ""), ("egfr", "eGFR"), ("crcl", "creatinine clearance"), (" >= ", " at least "),
    (" <= ", " at most "), (" < ", " below "), (" > ", " above "), ("has ", "with "),
    ("took ", "taking "), (" within ", " in the last "), ("_", " "), ("|", " or "), ("@", "any "),
)  # fmt: skip
NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Known:
    """What codes in rows mean: medicines by id, phrases and sources of either pack by code."""

    medicines: Mapping[str, str]
    phrases: Mapping[str, str]
    sources: Mapping[str, str]


def table_words(table: str) -> str:
    """Return what a table is called."""
    return TABLES.get(table, table.replace("_", " ").capitalize())


def column_words(column: str) -> str:
    """Return what a column is called."""
    return COLUMNS.get(column, column.replace("_", " ").capitalize())


def value_words(column: str, value: str, known: Known) -> str:
    """Return what a cell says; a code that nothing is known of as it is."""
    if not value:
        return NOTHING
    if column in VALUES:
        return VALUES[column].get(value, value)
    if column == "when":
        return condition_words(value)
    if column == "evidence":
        return "; ".join(known.sources.get(one, one) for one in values_in(value))
    if column in PHRASED:
        return ". ".join(known.phrases.get(one, one) for one in values_in(value))
    if column in DRUGS:
        return ", ".join(_drug(one, known) for one in values_in(value))
    return value.replace("|", ", ")


def condition_words(value: str) -> str:
    """Return when a rule holds, in words."""
    words = value
    for sign, said in SIGNS:
        words = words.replace(sign, said)
    return words


def title_of(table: str, row: Row, known: Known) -> str:
    """Return what a row is about."""
    if table == "safety_rules":
        drugs = value_words("subject", row.get("subject", ""), known)
        return f"{drugs[:1].upper()}{drugs[1:]}: {value_words('action', row['action'], known)}"
    if table == "phrases":
        return f"Words “{row.get('code', '')}”"
    parts = [
        value_words(column, value, known)
        for column, value in row.items()
        if value and column not in ("evidence", "id", "rank")
    ]
    return " – ".join(parts[:3]) or "A row"


def says_of(table: str, row: Row, known: Known) -> tuple[tuple[str, str], ...]:
    """Return what a row says, column by column; what is only for the program is left out."""
    left_out = INSIDE | {"subject", "action"} if table == "safety_rules" else frozenset()
    return tuple(
        (column_words(column), value_words(column, value, known))
        for column, value in row.items()
        if value and column not in left_out
    )


def _drug(id: str, known: Known) -> str:
    if id.startswith("@"):
        return f"any {id[1:].replace('-', ' ')}"
    return known.medicines.get(id, id)
