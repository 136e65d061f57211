"""The detail of a card as Markdown: laid out here, worded where the card was made.

Card -> title, summary, why, options, what to watch, sources, what was not assessed
Source: GitHub Flavored Markdown, https://github.github.com/gfm/ (backslash escapes, no raw HTML)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from garrod.care.decide.card import Card
from garrod.care.decide.words import subject_words
from garrod.core.advice import Advice, NotAssessed
from garrod.core.evidence import Evidence

MOST_GAPS = 12  # Not clinical: lines of "not assessed" shown; the rest are counted
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


def escaped(words: str) -> str:
    """Return words that Markdown shows as they are: a record's text is never markup or a link."""
    plain = " ".join(words.split())
    return _SPECIAL.sub(r"\\\1", plain).replace("://", ":\u200b//")


def detail_of(card: Card) -> str:
    """Return the whole card as Markdown, the loudest advice first."""
    blocks = [block for advice in card.advice for block in _advice(advice)]
    if card.options:
        blocks.append(
            "**Options**\n\n"
            + "\n".join(f"- **{escaped(o.name)}**: {escaped(o.reason)}" for o in card.options)
        )
    if card.not_assessed:
        blocks.append("**Not assessed**\n\n" + "\n".join(_gaps(card.not_assessed)))
    return "\n\n".join(blocks)


def _advice(advice: Advice) -> Iterator[str]:
    yield f"**{escaped(advice.title)}**"
    if advice.summary:
        yield escaped(advice.summary)
    if advice.because:
        yield "**Why**\n\n" + "\n".join(f"- {escaped(b.text)}" for b in advice.because)
    if advice.monitoring:
        yield "**Watch**\n\n" + "\n".join(f"- {escaped(m)}" for m in advice.monitoring)
    if advice.evidence:
        yield "**Source**\n\n" + "\n".join(f"- {_cited(e)}" for e in advice.evidence)
    if advice.packs:
        yield f"**Knowledge packs**\n\n{escaped(', '.join(advice.packs))}"


def _cited(evidence: Evidence) -> str:
    where = f"{evidence.source} {evidence.version}".strip()
    pmid = f", PMID {evidence.pmid}" if evidence.pmid else ""
    locus = f", {evidence.locus}" if evidence.locus else ""
    return escaped(f"{where}{locus}{pmid}")


def _gaps(gaps: Iterable[NotAssessed]) -> Iterator[str]:
    every = list(dict.fromkeys((g.target.name, g.subject, g.reason) for g in gaps))
    for name, subject, reason in every[:MOST_GAPS]:
        yield f"- {escaped(f'{name}, {subject_words(subject)}: {reason}')}"
    if len(every) > MOST_GAPS:
        yield f"- … {len(every) - MOST_GAPS} more"
