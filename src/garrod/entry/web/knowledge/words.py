"""Puts the rows of packs into words. Pure.

a row, the names of medicines, the phrases of its pack -> what it is about, what it says
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from garrod.entry.web.wording import Words
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


WORDS = Words(
    all_knowledge_packs="All knowledge packs",
    nothing_was_changed="Nothing was changed",
    made_up_for_the_demo="Made up for the demo",
    read_from_its_folder_each_files_sum=(
        "{}, read from its folder, {}. Each file’s sum was checked."
    ),
    it_cannot_be_used="It cannot be used: {}",
    what_it_changes="What it changes",
    show_all_that_differs="Show all that differs",
    hard_stops_lowered="Hard stops lowered",
    no_hard_stop_is_lowered="No hard stop is lowered.",
    before="before:",
    now="now:",
    what_it_says="What it says",
    who_is_affected="Who is affected",
    people_looked_at="People looked at",
    of="{} of {}",
    look_again="Look again",
    what_is_to_be_done_and_for_how_many="What is to be done, and for how many people",
    what="What",
    people="People",
    people_2="People:",
    about_which_medicines="About which medicines",
    medicine="Medicine",
    people_whose_record_you_may_see="People whose record you may see",
    the_people_before="The people before",
    more_people="More people",
    is_affected_now="Work out who is affected now",
    would_be_affected="Work out who would be affected",
    it_goes_through_the_record_beside=(
        "It goes through the record beside other work, and is written into the access log."
    ),
    approvals="Approvals",
    of_exactly_this_content="Of exactly this content",
    who="Who",
    as_="As",
    when="When",
    why="Why",
    as__2="As:",
    clinical="{} (clinical)",
    not_clinical="{} (not clinical)",
    when_2="When:",
    why_2="Why:",
    not_said="Not said",
    agreed_to_the_hard_stops_that_are="Agreed to the hard stops that are lowered",
    nobody_has_approved_it="Nobody has approved it.",
    missing="Missing:",
    may_be_left_empty="may be left empty",
    at_least_characters="At least {} characters.",
    it_is_kept_with_your_name_and="It is kept with your name, and cannot be changed.",
    you_sign_in_again_for_it_where_that=(
        "You sign in again for it, where that was more than some minutes ago."
    ),
    what_it_covers_and_from_where="What it covers, and from where",
    covers="Covers",
    does_not_cover="Does not cover",
    it_does_not_say="It does not say.",
    sources="Sources",
    more_stand_in_the_packs_evidence="{} more stand in the pack’s evidence.csv.",
    knowledge="Knowledge",
    pack="Pack",
    version="Version",
    facts_of="Facts of",
    from_="From",
    licence="Licence",
    approved_by="Approved by",
    state="State",
    made_up="Made up",
    version_2="Version:",
    facts_of_2="Facts of:",
    from__2="From:",
    licence_2="Licence:",
    approved_by_2="Approved by:",
    state_2="State:",
    what_advice_comes_from_packs_of=(
        "What advice comes from: packs of facts, each with its sources. A new one takes force"
        " when two different people have approved it, one of them in a clinical role, and "
        "neither signed it."
    ),
    from_this_servers_packs_and_its=(
        "From this server’s packs and its site’s state, {}. What other servers have in force "
        "is not known here."
    ),
    waits_for_you="Waits for you",
    read_what_each_changes_then_decide="Read what each changes, and whom it affects, then decide",
    nothing_else_is_proposed="Nothing else is proposed.",
    proposed="Proposed",
    not_in_force_read_what_each_changes="Not in force: read what each changes, and whom it affects",
    nothing_is_proposed="Nothing is proposed.",
    earlier_versions_of_this_sites="Earlier versions of this site’s",
    they_were_in_force_once_and_can_be="They were in force once, and can be again",
    what_was_done="What was done",
    the_newest_first_nothing_of_it_can=(
        "The newest first; nothing of it can be changed or taken away"
    ),
    by="By",
    whom_it_affected="Whom it affected",
    by_2="By:",
    affected="Affected:",
    in_force="In force",
    what_comes_with_garrod_changes_with=(
        "What comes with Garrod changes with the program; nobody here has approved it."
    ),
    packs_by_name="{} packs, by name",
)
