"""The short explanation behind a card: two sentences, a source, and where to learn more. Pure.

Advice -> Note, or None where nothing is written about what it rests on. Other rooms may use it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from garrod.adapters.report.phrases import citation_of
from garrod.core.advice import Advice

MORE = "/learn"
# Two sentences a gene, in our own words. Source: the guideline that the advice itself cites stands
# beside them on the page; awaiting clinical sign-off.
GENES = {
    "CYP2C19": "CYP2C19 is an enzyme of the liver that switches some medicines on, such as "
    "clopidogrel, and clears others, such as omeprazole and citalopram. People whose two copies "
    "work poorly get little effect from the first kind, and too much from the second.",
    "CYP2D6": "CYP2D6 turns codeine and tramadol into the form that relieves pain, and clears many "
    "antidepressants. Too little of it leaves the pain, too much of it makes an ordinary dose act "
    "like a large one.",
    "CYP2C9": "CYP2C9 clears warfarin, phenytoin and many anti-inflammatory medicines. Where it "
    "works slowly an ordinary dose builds up, so that less is enough.",
    "DPYD": "DPD, the enzyme of the gene DPYD, breaks down fluorouracil and capecitabine. Where it "
    "works in part or not at all, an ordinary dose can harm severely.",
    "TPMT": "TPMT breaks down azathioprine and mercaptopurine in the blood cells. Where it works "
    "poorly, an ordinary dose can stop the bone marrow from making blood.",
    "NUDT15": "NUDT15 disarms the active form of azathioprine and mercaptopurine. Where it works "
    "poorly, an ordinary dose can stop the bone marrow from making blood.",
    "SLCO1B1": "SLCO1B1 carries statins from the blood into the liver. Where it works poorly, more "
    "of some statins stays in the blood, and muscles hurt more often.",
    "HLA-B": "HLA-B shows pieces of what is in a cell to the immune system. Some of its forms make "
    "a severe reaction to certain medicines far more likely, and the dose does not matter.",
    "CYP3A5": "CYP3A5 clears tacrolimus in those who make it, which most people of European "
    "descent do not. Those who do make it need more to reach the same level.",
    "CYP2B6": "CYP2B6 clears efavirenz and, in part, sertraline and methadone. Where it works "
    "slowly, levels and unwanted effects rise.",
    "UGT1A1": "UGT1A1 clears irinotecan's active form and bilirubin. Where it works poorly, blood "
    "counts fall and diarrhoea is more likely at an ordinary dose.",
    "G6PD": "G6PD protects red blood cells from stress. Without enough of it some medicines make "
    "the cells burst.",
    "MT-RNR1": "MT-RNR1 is part of the cell's power plants, which come from the mother. Some forms "
    "of it make the inner ear so sensitive that one course of an aminoglycoside can take hearing.",
}
CONVERTED = (
    "A medicine that blocks an enzyme can make somebody with normal genes act as if the gene did "
    "not work. It is the behaviour now that counts for the next prescription, and it returns when "
    "the blocking medicine has worn off."
)
UNTESTED = (
    "No result is not a normal result: it says nothing either way. A test asked for now can be "
    "used at every later prescription, because genes do not change."
)
CLEAR = (
    "Most prescriptions need no change for a gene, and a card for each of them would only teach "
    "people to look away. Quiet here means that it was checked, and what was not is listed."
)
_KEPT = "keeps its meaning"  # of a gene whose enzyme is held back too little to count
_GENE = re.compile(
    r"\b(?:" + "|".join(sorted(map(re.escape, GENES), key=len, reverse=True)) + r")\b"
)


@dataclass(frozen=True, slots=True)
class Note:
    """An explanation: two sentences, the source it can be checked in (label, address), and more."""

    words: str
    source: str
    link: str = ""
    more: str = MORE


def explained(advice: Advice) -> Note | None:
    """Return the explanation of a piece of advice; None where nothing is written of its reasons."""
    steps = {b.step for b in advice.because if _KEPT not in b.text}
    texts = [b.text for b in advice.because if b.step in ("phenotype", "not-tested", "diplotype")]
    gene = _GENE.search(" ".join((*texts, advice.title)))
    if "behaves-as" in steps or "conversion" in steps or _is_blocked(texts):
        return _note(CONVERTED, advice)
    if "not-tested" in steps and "phenotype" not in steps:
        return _note(UNTESTED, advice)
    return _note(GENES[gene.group()], advice) if gene and texts else None


def explained_all(advice: Iterable[Advice]) -> tuple[Note, ...]:
    """Return the explanations of the advice of a card, each once."""
    found = (explained(one) for one in advice)
    by_words = {note.words: note for note in found if note is not None}
    return tuple(by_words.values())


def _is_blocked(texts: Iterable[str]) -> bool:
    return any("inhibit" in said or "behaves" in said for said in texts)


def _note(words: str, advice: Advice) -> Note:
    if not advice.evidence:
        return Note(words, "No source is named")
    cite = citation_of(advice.evidence[0])
    link = cite.links[0][1] if cite.links else ""
    return Note(words, cite.source, link)
