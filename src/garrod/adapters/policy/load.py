"""Reads an access policy from its folder, and keeps the last one that could be read.

folder (access.toml, access.cedar) -> Loaded -> Policing; policy-last.json stands in for it
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from garrod.adapters.policy.cedar import CedarEngine, PolicyFault
from garrod.care.govern.policy import Policing, Question, Terms, Verdict
from garrod.care.govern.stepping import USUAL, Stepping, stepping_told, told_stepping

SHIPPED = Path(__file__).parent / "text"
DAY = 24 * 60
TERMS, RULES, LAST = "access.toml", "access.cedar", "policy-last.json"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A policy as its folder has it."""

    terms: Terms
    engine: CedarEngine


def load(folder: Path | None = None) -> Loaded:
    """Return the policy of a folder; None: the shipped one.  Raises: PolicyFault POL001."""
    place = folder or SHIPPED
    try:
        terms_text, rules = (place / TERMS).read_bytes(), (place / RULES).read_bytes()
        told = tomllib.loads(terms_text.decode())
        sha256 = hashlib.sha256(terms_text + b"\0" + rules).hexdigest()
        terms = _terms(told, sha256)
        teams: Mapping[str, Sequence[str]] = told["teams"]
        words = rules.decode()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise PolicyFault(f"{place}: the access policy cannot be read ({error}).") from error
    return Loaded(terms, CedarEngine(words, terms, teams))


def policing_of(folder: Path | None, data: Path | None) -> Policing:
    """Return who answers by a folder's policy, or by the last that a data folder kept.

    Raises: PolicyFault POL001 where neither can be read.
    """
    try:
        found = load(folder)
    except PolicyFault:
        kept = _kept(data) if data is not None else None
        if kept is None:
            raise
        return kept
    return Policing(found.terms, found.engine)


def keep(policing: Policing, data: Path) -> None:
    """Keep what a policy answers about direct care, for when it cannot be asked.

    Raises: OSError.
    """
    terms = policing.terms
    told = {
        "terms": {name: _plain(getattr(terms, name)) for name in Terms.__slots__},
        "known": [[*question, *verdict] for question, verdict in policing.known.items()],
    }
    part = data / f"{LAST}.part"
    part.write_text(json.dumps(told), encoding="utf-8")
    part.replace(data / LAST)


def _kept(data: Path) -> Policing | None:
    try:
        told = json.loads((data / LAST).read_bytes())
        given = {**told["terms"]}
        for name in ("roles", "labelled"):
            given[name] = (tuple if name == "roles" else frozenset)(given[name])
        if "stepping" in given:  # earlier releases kept none
            given["stepping"] = stepping_told(given["stepping"])
        known = {Question(*row[:7]): Verdict(bool(row[7]), tuple(row[8])) for row in told["known"]}
        return Policing(Terms(**given), None, known)
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Stepping):
        return told_stepping(value)
    return dict(value) if isinstance(value, Mapping) else value


def _terms(told: Mapping[str, Any], sha256: str) -> Terms:
    return Terms(
        name=str(told["name"]),
        version=str(told["version"]),
        sha256=sha256,
        roles=tuple(told["roles"]),
        kinds=_turned(told["kinds"]),
        purposes=_turned(told["purposes"]),
        labels=_turned(told.get("labels", {})),
        labelled=frozenset(told.get("labelled", {}).get("kinds", ())),
        warns_of_hidden=told["warns_of_hidden"] is True,
        contact=str(told["contact"]),
        emergency_minutes=_minutes(told.get("emergency_minutes", 60)),
        stepping=stepping_told(told["step_up"]) if "step_up" in told else USUAL,
    )


def _minutes(given: object) -> int:
    """Return for how long a record is opened.  Raises: ValueError: no time within a day."""
    if not isinstance(given, int) or isinstance(given, bool) or not 1 <= given <= DAY:
        raise ValueError("emergency_minutes is a whole number from 1 to 1440")
    return given


def _turned(classes: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {name: one for one, names in classes.items() for name in names}
