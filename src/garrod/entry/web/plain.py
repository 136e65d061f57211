"""Says in plain words what the monitor keeps as codes: how advice on a medicine has changed. Pure.

"clopidogrel: now avoid T2 Strong. Before: nothing of it." -> words; any other text stays as it is
"""

from __future__ import annotations

import re

from garrod.core.advice import Action

CHANGE = re.compile(r"(?P<of>[^:]+): now (?P<now>.+)\. Before: (?P<before>.+)\.", re.DOTALL)
PIECE = re.compile(
    r"(?P<action>[a-z-]+)(?: (?P<tier>T[1-5]))?(?: [^×]+?)??"
    r"(?: × (?P<factor>[0-9.]+))?(?: options (?P<options>.+))?"
)
NOTHING = frozenset(("nothing more", "nothing of it"))
WORDS = {
    Action.AVOID: "avoid it",
    Action.PREFER_ALTERNATIVE: "choose another medicine",
    Action.START_LOWER: "start with a lower dose",
    Action.START_HIGHER: "start with a higher dose",
    Action.ADJUST: "adjust the dose",
    Action.MONITOR: "watch more closely",
    Action.STOP: "stop it",
    Action.TAPER: "stop it step by step",
    Action.ASK: "ask before giving it",
    Action.TEST_FIRST: "test before giving it",
    Action.CONSIDER_TEST: "consider a test first",
    Action.REFER: "seek advice",
    Action.STANDARD: "usual dosing",
    Action.NO_RECOMMENDATION: "no recommendation",
}
LOUD = {"T1": "a hard stop", "T2": "it stands in the way of an order"}


def change_words(written: str) -> str:
    """Return how advice has changed, in words; what is no such change as it is written."""
    found = CHANGE.fullmatch(written)
    if found is None:
        return written
    now, before = (_said(found[side]) for side in ("now", "before"))
    if now is None or before is None:
        return written
    medicine = found["of"][:1].upper() + found["of"][1:]
    after = f"now: {now}" if now else "no advice any more"
    return f"{medicine}, {after}. Before: {before or 'nothing was said of it'}."


def medicine_in(written: str) -> str:
    """Return the medicine of which advice has changed; "" where it tells of no such change."""
    found = CHANGE.fullmatch(written)
    is_read = found is not None and _said(found["now"]) is not None
    return found["of"] if found is not None and is_read else ""


def _said(side: str) -> str | None:
    """Return what was said at a time; None where it cannot be read; "" where nothing was."""
    if side in NOTHING:
        return ""
    pieces = [PIECE.fullmatch(piece) for piece in side.split("; ")]
    read = [_piece(piece) for piece in pieces if piece is not None]
    return "; ".join(read) if len(read) == len(pieces) and all(read) else None


def _piece(piece: re.Match[str]) -> str:
    if piece["action"] not in set(Action):
        return ""
    said = WORDS[Action(piece["action"])]
    said += f", {piece['factor']} times the usual dose" if piece["factor"] else ""
    said += f" ({piece['options'].replace(', ', ' or ')})" if piece["options"] else ""
    loud = LOUD.get(piece["tier"] or "", "")
    return f"{said}: {loud}" if loud else said
