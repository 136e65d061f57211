"""A coarse reader of guideline sentences: which actions and which dose factor a text allows.

Independent of the pack: it knows no gene, only words. Used in validation alone.
"""

from __future__ import annotations

import re

# The first pattern found at the start of the text (or anywhere, for ".*") gives the actions.
_OPENINGS: tuple[tuple[str, frozenset[str]], ...] = tuple(
    (pattern, frozenset(actions.split()))
    for pattern, actions in (
        (r"^(no recommendation|n/a$|no action recommended|insufficient evidence)",
         "no-recommendation"),
        (r"^(if deemed necessary )?to ascertain g6pd status", "test-first consider-test"),
        (r"^(nudt15|tpmt) phenotype could not|^neither tpmt", "consider-test"),
        (r"^(no \w+ genotype is available\. based on \w+ status, )?clinical findings", "ask"),
        (r"relatively contraindicated|^\w+ is (contraindicated|not recommended)$", "avoid"),
        (r"do not use", "avoid"),
        (r"cautiously consider use|increased frequency of clinical monitoring", "monitor"),
        (r"^avoid (moderate and strong )?cyp2d6 inhibitors|^avoid moderate and strong",
         "standard"),
        (r"^avoid [^.]*\bif possible", "prefer-alternative"),
        (r"^avoid", "avoid"),
        (r"^(prescribe an|consider an?|choose an|select an|select|recommend) (clinically "
         r"appropriate )?(alternative|alternate|antidepressant)", "prefer-alternative"),
        (r"^consider (alternative drug|hormonal therapy)", "prefer-alternative"),
        (r"^for non-malignant conditions, consider alternative", "prefer-alternative"),
        (r"use approximately \d+% less than typical maintenance", "adjust"),
        (r"^(increase starting)", "start-higher"),
        (r"^(for malignancy, (start|initiate)|start with (drastically )?reduced|reduce starting)",
         "start-lower"),
        (r"^(consider a|consider) (\d[\d-]*%|lower starting|\d+% reduction)", "start-lower"),
        (r"^consider initiating .* decreased dose", "start-lower"),
        (r"^initiate (therapy with )?(\d[\d-]*% of|lowest)", "start-lower"),
        (r"^prescribe ≤", "start-lower"),
        (r"^initiate [^.]*\. consider a slower titration schedule and lower maintenance",
         "adjust"),
        (r"^(initiate|prescribe|start|use|there is no need|no reason|no adjustments|"
         r"if considering|based on genotype, there is no indication)", "standard monitor"),
    )
)  # fmt: skip
_BASED_ON = re.compile(r"^based (on )?(?!genotype)\w+( status)?, ")
_WATCHED = re.compile(
    r"aware of possible|slower titration|if no response|does not adequately|therapeutic drug "
    r"monitoring|concentration|monitor|50% reduction in daily dose",
)
# (pattern, factor made of its numbers); the first that is found holds.
_FACTORS: tuple[tuple[str, str], ...] = (
    (r"(\d+)%\s?-\s?(\d+)% of normal|(\d+)% to (\d+)% of normal", "of"),
    (r"to (\d+)% of normal", "of"),
    (r"(\d+)-(\d+)% of the lowest|with (\d+)% of the lowest|initiate (\d+)% of starting", "of"),
    (r"(\d+)-(\d+)% lower starting", "less"),
    (r"10-fold", "tenth"),
    (r"increase starting dose ([\d.]+) to ([\d.]+) times", "times"),
    (r"increase starting daily dose by (\d+)%", "more"),
    (r"(\d+)% less than typical|(\d+)% reduction (in|of)|starting dose by (\d+)%", "less"),
)


def main_text(text: str, drug: str) -> str:
    """Return a recommendation without its further considerations, in lower case."""
    first = text.replace("&lt;", "<").replace("&gt;", ">").split("Other Considerations")[0]
    return " ".join(first.lower().replace(f"5-{drug}", drug).split()) or "n/a"


def actions_of(text: str, drug: str) -> frozenset[str]:
    """Return the actions that a text allows; empty where it cannot be read."""
    read = _BASED_ON.sub("", main_text(text, drug))
    for pattern, actions in _OPENINGS:
        if re.search(pattern, read):
            if actions == {"standard", "monitor"} and not _WATCHED.search(read):
                return frozenset(("standard",))
            return actions
    return frozenset()


def factor_of(text: str, drug: str) -> str:
    """Return the dose factor that a text names ("0.5", "0.3-0.8"), or nothing."""
    read = main_text(text, drug)
    for pattern, kind in _FACTORS:
        found = re.search(pattern, read)
        if not found:
            continue
        numbers = [float(g) for g in found.groups() if g and re.fullmatch(r"[\d.]+", g)]
        return "-".join(f"{value:g}" for value in sorted(_shares(kind, numbers)))
    return ""


def _shares(kind: str, numbers: list[float]) -> list[float]:
    if kind == "tenth":
        return [0.1]
    if kind == "times":
        return numbers
    if kind == "more":
        return [1 + n / 100 for n in numbers]
    return [n / 100 if kind == "of" else 1 - n / 100 for n in numbers]
