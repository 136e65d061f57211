"""Ways of writing one diplotype: which spellings of different programs mean the same."""

from __future__ import annotations

import re

_MANY = re.compile(r"x(?:[3-9]|\d{2,})(?!\d)")
_BRACKETS = re.compile(r"^\[(.*)\]$")


def strands(name: str) -> tuple[str, ...]:
    """Return the sorted strands of a written diplotype, "(heterozygous)" spelled out."""
    text = name.strip()
    if text.endswith(" (heterozygous)"):
        text = f"Reference/{text.removesuffix(' (heterozygous)')}"
    elif text.endswith(" (homozygous)"):
        one = text.removesuffix(" (homozygous)")
        text = f"{one}/{one}"
    text = text.replace("ivacaftor non-responsive CFTR sequence", "Reference")
    return tuple(sorted(_strand(part) for part in text.split("/")))


def _strand(text: str) -> str:
    inside = _BRACKETS.sub(r"\1", text.strip())
    inside = _MANY.sub("x≥3", inside)  # tables write three copies and more as one
    return " + ".join(sorted(inside.split(" + ")))


def same_diplotype(one: str, other: str) -> bool:
    """Return whether two written diplotypes are the same pair."""
    return strands(one) == strands(other)


def alternatives(cell: str) -> list[str]:
    """Return the alternatives of a cell."""
    return [part for part in re.split(r";| OR ", cell) if part]
