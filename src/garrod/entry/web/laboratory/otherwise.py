"""Words what the packs in force call otherwise than is stored: from what, to what, why. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from garrod.adapters.facts.changes import Change, Told, names_of
from garrod.adapters.report.phrases import phenotype_words
from garrod.entry.web.laboratory.view import Other

NONE = "Not defined"
WORDS = {"called": "Called", "ambiguous": "Ambiguous", "no-call": "No call",
         "not-assessed": "Not assessed"}  # fmt: skip
SHOWN = 3  # Not clinical: diplotypes that are named


def others_of(changes: Sequence[Change]) -> tuple[Other, ...]:
    """Return the genes that are called otherwise."""
    return tuple(
        Other(
            gene=change.gene,
            was=told_words(change.was),
            now=told_words(change.now),
            why=why_words((change,)) or "nothing that was read is other",
            not_kept=_not_kept(len(change.not_kept)),
        )
        for change in changes
    )


def told_words(told: Told | None) -> str:
    """Return a stored finding in one line."""
    if told is None:
        return NONE
    names = names_of(told).split(";")
    shown = " or ".join(name for name in names[:SHOWN] if name)
    more = f" or {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    phenotype = phenotype_words(str(told["phenotype"])) if told["phenotype"] else ""
    said = ", ".join(part for part in (f"{shown}{more}", phenotype) if part)
    status = WORDS.get(str(told["status"]), str(told["status"]))
    return f"{status}: {said}" if said else status


def why_words(changes: Sequence[Change]) -> str:
    """Return why calls are other, each reason once: "pgx-phenotypes 1 → 2"."""
    reasons = dict.fromkeys(why for change in changes for why in change.why)
    return "; ".join(reasons).replace(" -> ", " → ")


def same_words(count: int) -> str:
    """Return how many genes are as they were."""
    return f"{count} other {'gene is' if count == 1 else 'genes are'} as before."


def genes_words(changes: Sequence[Change]) -> str:
    """Return the genes that are other, the first few by name."""
    names = [change.gene for change in changes]
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more


def _not_kept(count: int) -> str:
    if not count:
        return ""
    places = "place" if count == 1 else "places"
    return f"{count} new {places} lie outside what was kept of the file: send it again to read them"
