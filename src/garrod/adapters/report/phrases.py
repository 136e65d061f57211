"""The fixed words of the report: codes to what a person reads, in British English."""

from __future__ import annotations

import re

from garrod.adapters.report.view import Citation, Tag
from garrod.care.decide.words import spoken
from garrod.core.advice import Action, Advice, Tier
from garrod.core.evidence import Evidence
from garrod.core.finding import Status

ACTS = {
    Action.AVOID: ("stop", "Do not use"),
    Action.STOP: ("stop", "Stop"),
    Action.PREFER_ALTERNATIVE: ("change", "Choose another"),
    Action.START_LOWER: ("change", "Start lower"),
    Action.START_HIGHER: ("change", "Start higher"),
    Action.ADJUST: ("change", "Adjust the dose"),
    Action.TAPER: ("change", "Taper"),
    Action.MONITOR: ("check", "Watch closely"),
    Action.ASK: ("check", "Ask first"),
    Action.TEST_FIRST: ("check", "Test first"),
    Action.CONSIDER_TEST: ("check", "Consider a test"),
    Action.REFER: ("check", "Seek advice"),
    Action.STANDARD: ("clear", "No change"),
    Action.NO_RECOMMENDATION: ("unknown", "No recommendation"),
}
URGENCIES = {
    Tier.T1: "Hard stop (tier 1 of 5): do not go on without a recorded reason",
    Tier.T2: "Warning (tier 2 of 5): act before the next supply",
    Tier.T3: "Advice (tier 3 of 5): weigh it at this review",
    Tier.T4: "Information (tier 4 of 5): for the pharmacist's list",
    Tier.T5: "Record only (tier 5 of 5)",
}
STATUSES = {
    Status.CALLED: Tag("called", "Called"),
    Status.AMBIGUOUS: Tag("ambiguous", "Ambiguous"),
    Status.NO_CALL: Tag("none", "No call"),
    Status.NOT_ASSESSED: Tag("none", "Not tested"),
}
STEPS = {
    "medicine": "Medicine",
    "population": "Who it is for",
    "guidance": "Guideline row",
    "phenotype": "Phenotype",
    "behaves-as": "Behaves as",
    "diplotype": "Diplotype",
    "variant": "Line of the file",
    "not-tested": "Not tested",
    "caution": "Caution",
    "other-guidance": "Other source",
    "dose": "Dose",
    "test": "Test",
    "contraindication": "Must not be used",
}
# Main groups of the ATC classification (WHO Collaborating Centre), named for people.
CLASSES = {
    "A": "Digestion and metabolism",
    "B": "Blood and clotting",
    "C": "Heart and circulation",
    "D": "Skin",
    "G": "Urinary tract and sex hormones",
    "H": "Hormones",
    "J": "Infections and vaccines",
    "L": "Cancer and the immune system",
    "M": "Muscles, joints and bones",
    "N": "Brain, nerves and pain",
    "P": "Parasites",
    "R": "Breathing",
    "S": "Eyes and ears",
    "V": "Antidotes and other medicines",
}
OTHER_CLASS = "Other medicines"
_POSITION = re.compile(r"(?P<gene>[^:]+):(?P<place>\d+)")


def tag_of(advice: Advice) -> Tag:
    """Return the status of a piece of advice; a hard stop has the shape of one."""
    kind, text = ACTS[advice.action]
    if advice.tier is Tier.T1:
        return Tag("stop", f"Hard stop: {text[:1].lower()}{text[1:]}")
    return Tag(kind, text)


def class_of(advice: Advice) -> str:
    """Return the class of a medicine from its first ATC code."""
    codes = [c.rpartition("|")[2] for c in advice.target.codes if "atc" in c.partition("|")[0]]
    return CLASSES.get(codes[0][:1], OTHER_CLASS) if codes else OTHER_CLASS


def strength_of(advice: Advice) -> str:
    """Return how strongly the guideline speaks."""
    if advice.strength.casefold() in {"", "n/a", "none"}:
        return "Strength not graded"
    return f"{capital(advice.strength.casefold())} recommendation".replace(
        "recommendation recommendation", "recommendation"
    )


def phenotype_words(value: str) -> str:
    """Return a phenotype as a table cell reads it: "Poor metaboliser"."""
    if value.casefold() in {"", "n/a"}:
        return "No phenotype defined"
    return capital(spoken(value))


def place_words(position_id: str) -> str:
    """Return a position's id as a place: "CYP2C19, position 94842866 (GRCh38)"."""
    found = _POSITION.fullmatch(position_id)
    return f"{found['gene']}, position {found['place']} (GRCh38)" if found else position_id


def capital(text: str) -> str:
    """Return a text that starts with a capital, but for the name of a variant ("rs4244285")."""
    return text if re.match(r"rs\d", text) else text[:1].upper() + text[1:]


def count_words(number: int, noun: str) -> str:
    """Return "1 gene", "2 genes"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def citation_of(evidence: Evidence) -> Citation:
    """Return a source in words, with links only to addresses of the web."""
    text = ", ".join(part for part in (evidence.source, evidence.locus) if part)
    links = []
    if evidence.url and re.match(r"https?://", evidence.url):
        host = evidence.url.split("/")[2].removeprefix("www.")
        links.append((host, evidence.url))
    if evidence.pmid and evidence.pmid.isdecimal():
        address = f"https://pubmed.ncbi.nlm.nih.gov/{evidence.pmid}/"
        links.append((f"PubMed\u00a0{evidence.pmid}", address))
    return Citation(evidence.source, text, evidence.version, evidence.licence, tuple(links))
