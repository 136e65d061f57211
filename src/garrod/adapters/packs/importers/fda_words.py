"""Reads the FDA's wording: subgroups as guidance keys, descriptions as coded acts.

Fixed patterns only. A subgroup that they do not cover gives no keys, with the reason; a sentence
that speaks of some people only (children, a co-medication) never sets the act for everyone.
Nothing of the wording itself is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from garrod.adapters.packs.importers.fda_table import KINETICS, MANAGEMENT, SAFETY, Association

CPIC = {
    "ultrarapid": "Ultrarapid Metabolizer", "rapid": "Rapid Metabolizer",
    "normal": "Normal Metabolizer", "extensive": "Normal Metabolizer",
    "intermediate": "Intermediate Metabolizer", "poor": "Poor Metabolizer",
}  # fmt: skip
FUNCTION = {"intermediate": "Decreased", "decreased": "Decreased", "poor": "Poor",
            "normal": "Normal", "increased": "Increased"}  # fmt: skip
# Spelt as the guidance keys of these genes. Source: packs pgx-guidance (CPIC) and pgx-phenotypes
VARIANTS = {
    ("VKORC1", "-1639g>a"): ("-1639 AG", "-1639 AA"),
    ("CYP4F2", "v433m"): ("*1/*3", "*3/*3"),
}
DEFICIENT = ("Deficient", "Deficient with CNSHA")
# *80 is UGT1A1's proxy of *28, which a caller names with it. Source: pack pgx-definitions
SPELLINGS = {("UGT1A1", "*28"): ("*28", "*80+*28")}
_GENE = re.compile(r"[A-Z][A-Z0-9]+(?:-[A-Z0-9]+)*")
_WORD = "|".join(dict.fromkeys((*CPIC, *FUNCTION)))
_METABOLISERS = re.compile(rf"((?:(?:{_WORD}|or|and|,)\s*)+)metaboli[sz]ers?", re.I)
_TRANSPORTERS = re.compile(rf"((?:(?:{_WORD}|or|and|,)\s*)+)function", re.I)
_ALLELE = re.compile(r"(\*\d+(?::\d+)+)(?: allele)? (positive|negative)", re.I)
_PAIR = re.compile(r"(\*\d+)/(\*\d+)")
_SOME = re.compile(
    r"\b(child\w*|p(?:a)?ediatric\w*|adolescen\w*|adult\w*|pregnan\w*|breast-?feed\w*|juvenile|"
    r"neonat\w*|taking (?:an?|other|strong|moderate)|co-?administ\w+|CYP\w+ inhibitors?|"
    r"both genes)\b|\*\d+/\*\d+",
    re.I,
)
_YOUNG, _GROWN = re.compile(r"\b(child|p(?:a)?ediatric)", re.I), re.compile(r"\badult", re.I)
_EITHER = re.compile(r",? and (?=(?:insufficient|no|poor|intermediate|ultrarapid)\b)", re.I)
_PERCENT = re.compile(r"\bby (\d{1,2}) ?%", re.I)
_HALF = re.compile(r"\b(?:by|to) half\b", re.I)
_LIMIT = re.compile(r"(\d+(?:\.\d+)?) ?mg(/day|/m2|/kg)?", re.I)
_MAXIMUM = re.compile(r"maximum recommended|should not exceed", re.I)
# The first that fits a sentence holds; the acts stand from the most to the least cautious
ACTS = (
    ("avoid", re.compile(r"\b(do not use|avoid use|contraindicated|no dosage has proven)\b", re.I)),
    ("prefer-alternative", re.compile(
        r"\b(alternative (therapy|agent|drug|treatment)|consider (use of )?another|"
        r"use another|consider avoiding|may not achieve adequate)\b", re.I)),
    ("adjust", re.compile(r"\b(may require|may be necessary|dos\w+ may be)\b", re.I)),
    ("start-lower", re.compile(
        r"\b(reduc(e|ing) (the )?(initial |starting )*dos\w+|dos\w+ reductions?|"
        r"lower starting dos\w+|lowest recommended|reduced dos\w+|"
        r"dos\w+ (should be|is) (reduced|lower))\b", re.I)),
    ("adjust", re.compile(
        r"\b(maximum recommended|should not exceed|dos\w+ (are |is )?based on|titrat\w+|"
        r"select initial|dos\w+ adjustments?|adjust\w*)\b", re.I)),
    ("monitor", re.compile(r"\b(monitor\w*|use with caution|cautiously|risk and benefit)\b", re.I)),
)  # fmt: skip
_PREFER, _LOWER = (next(shape for act, shape in ACTS if act == name)
                   for name in ("prefer-alternative", "start-lower"))  # fmt: skip
_NEGATED = re.compile(r"\bno (dosage|dose) adjustment\b", re.I)
CAUTION = ("avoid", "prefer-alternative", "start-lower", "adjust", "monitor")
LEVELS = (
    ("higher", re.compile(r"\bhigher systemic\b", re.I)),
    ("lower", re.compile(r"\blower systemic\b", re.I)),
    ("differs", re.compile(r"\b(alters?|affects?) systemic\b", re.I)),
)
_HARM = re.compile(r"\bhigher cardiovascular risk\b|\badverse reaction risk|\bdeath\b", re.I)
_WEAKER = re.compile(r"\b(reduced efficacy|lower \w+ response|diminished)\b", re.I)
WATCH = (
    ("skin", re.compile(r"\b(skin|cutaneous)\b", re.I)),
    ("liver", re.compile(r"\b(liver|hepatotox\w+)\b", re.I)),
    ("blood-count", re.compile(r"\b(myelosuppression|neutropenia)\b", re.I)),
    ("qt-interval", re.compile(r"\bQT\b")),
    ("inr", re.compile(r"\bINR\b")),
    ("drug-level", re.compile(r"\b(trough|drug concentrations)\b", re.I)),
    ("jaundice", re.compile(r"\bhyperbilirubin\w+", re.I)),
    ("breathing", re.compile(r"\brespiratory depression\b", re.I)),
    ("muscle-symptoms", re.compile(r"\bmyopathy\b", re.I)),
    ("side-effects", re.compile(r"\bmonitor (patients )?for adverse\b", re.I)),
)


@dataclass(frozen=True, slots=True)
class Coded:
    """What one description asks for the same keys, in our codes."""

    action: str
    dose_factor: str
    dose_limit: str
    monitoring: tuple[str, ...]
    implication: str
    notes: tuple[str, ...]


def genes_of(cell: str) -> tuple[str, ...]:
    """Return the genes that a cell names, or none where it names no gene exactly."""
    parts = re.split(r"\s*(?:and/or|,|/|\band\b|\bor\b)\s*", cell)
    return tuple(parts) if all(_GENE.fullmatch(part) for part in parts) else ()


def keys_of(gene: str, subgroup: str) -> tuple[str, ...]:
    """Return the guidance keys of a subgroup, or none where the patterns do not cover it.

    A genotype with a phenotype in brackets stands for the genotype alone: others of that phenotype
    are not named.
    """
    pair = _PAIR.findall(subgroup)
    if pair:
        return tuple(name for one, two in pair for name in _pairs(gene, one, two))
    if allele := _ALLELE.search(subgroup):
        return (f"{allele[1]} {allele[2].lower()}",)
    for (name, words), keys in VARIANTS.items():
        if gene == name and words in subgroup.casefold():
            return keys
    if gene == "G6PD" and re.search(r"\bdeficien", subgroup, re.I):
        return DEFICIENT
    if found := _METABOLISERS.search(subgroup):
        return _named(found[1], CPIC)
    if found := _TRANSPORTERS.search(subgroup):
        return tuple(f"{word} Function" for word in _named(found[1], FUNCTION))
    return ()


def _pairs(gene: str, one: str, two: str) -> tuple[str, ...]:
    ones, twos = SPELLINGS.get((gene, one), (one,)), SPELLINGS.get((gene, two), (two,))
    return tuple(dict.fromkeys("/".join(sorted((a, b))) for a in ones for b in twos))


def _named(words: str, names: dict[str, str]) -> tuple[str, ...]:
    found = re.findall(r"[a-z]+", words.casefold())
    return tuple(dict.fromkeys(names[word] for word in found if word in names))


def coded_for(row: Association, key: str) -> Coded:
    """Return what a description asks of people with one of the row's keys."""
    mine = {key, *(() if key in CPIC.values() else _phenotypes(row.subgroup))}
    clauses = [(_act(clause), clause) for clause in _clauses(row.description, mine)]
    told = [(act, clause) for act, clause in clauses if act and is_for_all(clause)]
    action = min((act for act, _ in told), key=CAUTION.index, default="")
    limit, factor = _amounts([c for act, c in told if act == action and not _SOME.search(c)])
    qualified = any(act and _SOME.search(clause) for act, clause in clauses)
    action = _within(row.section, action, qualified or bool(_HARM.search(row.description)))
    notes = []
    if "unless" in row.description.casefold() and action == "avoid":
        notes.append("unless-benefit-outweighs")
    if action == "start-lower" and any(_PREFER.search(clause) for _, clause in told):
        notes.append("or-alternative")
    if qualified or re.search(r"\brefer to\b", row.description, re.I):
        notes.append("label-has-more")
    return Coded(
        action=action,
        dose_factor=factor if action == "start-lower" else "",
        dose_limit=limit if action == "adjust" else "",
        monitoring=tuple(code for code, shape in WATCH if shape.search(row.description)),
        implication=_implication(row.description),
        notes=tuple(notes),
    )


def _within(section: str, action: str, is_harmful: bool) -> str:
    """Return the act that a section can bear: pharmacokinetics alone asks for none."""
    if section == KINETICS:
        return "monitor" if action == "monitor" else "no-recommendation"
    if action:
        return action
    assert section in (MANAGEMENT, SAFETY)
    return "monitor" if is_harmful else "no-recommendation"


def is_for_all(clause: str) -> bool:
    """Return whether a clause speaks of everyone; of children and of adults is everyone too."""
    return not _SOME.search(clause) or bool(_YOUNG.search(clause) and _GROWN.search(clause))


def _phenotypes(text: str) -> list[str]:
    return [name for words in _METABOLISERS.findall(text) for name in _named(words, CPIC)]


def _clauses(description: str, mine: set[str]) -> Iterator[str]:
    """Yield the clauses that speak of people with one of the results, or name no result."""
    for sentence in re.split(r"(?<=[.;])\s+", description):
        for clause in _EITHER.split(sentence) if _METABOLISERS.search(sentence) else [sentence]:
            about = _phenotypes(clause)
            if not about or mine.intersection(about):
                yield clause


def _act(clause: str) -> str:
    if _NEGATED.search(clause):
        return ""
    if _PREFER.search(clause) and _LOWER.search(clause):  # "a lower dose, or another medicine"
        return "start-lower"
    return next((act for act, shape in ACTS if shape.search(clause)), "")


def _amounts(clauses: Sequence[str]) -> tuple[str, str]:
    """Return the largest daily dose and the share of the dose that clauses state, if they do."""
    limit = factor = ""
    for clause in clauses:
        if _MAXIMUM.search(clause):
            stated = _LIMIT.findall(clause)
            daily = [f"{amount} mg/day" for amount, unit in stated if unit.casefold() == "/day"]
            limit = (daily or [f"{amount} mg{unit}" for amount, unit in stated] or [""])[0]
        if percent := _PERCENT.search(clause):
            factor = f"{(100 - int(percent[1])) / 100:g}"
        elif _HALF.search(clause):
            factor = "0.5"
    return limit, factor


def _implication(description: str) -> str:
    level = next((name for name, shape in LEVELS if shape.search(description)), "")
    if _HARM.search(description):
        return f"level-{level}-harm" if level else "harm"
    if _WEAKER.search(description):
        return "weaker"
    return f"level-{level}" if level else "result-matters"
