"""Whether the dm+d and SNOMED CT codes of a resource exist, where a release of them is loaded.

The check digits are looked at in any case; that a code exists is said by a release alone, and where
a release cannot know it, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar
from enum import StrEnum
from functools import lru_cache
from typing import Any

from garrod.adapters.fhir.check.engine import Checker, Issues
from garrod.adapters.fhir.validate.issue import Issue, Severity
from garrod.adapters.terminology.model import DMD, SNOMED, Unknown
from garrod.adapters.terminology.service import Terminology
from garrod.core.errors import UsageError
from garrod.knowledge.shelf import Shelf

SYSTEMS = (SNOMED, DMD)
SETTING = "GARROD_TERMINOLOGY"
MOST = 50  # Not clinical: issues of one resource
KEPT = 65_536  # Not clinical: verdicts on codes that are kept
# What the resource that is being written was warned of; read by whoever answers the write.
WARNED: ContextVar[Issues] = ContextVar("warned_of_codes", default=())


class Mode(StrEnum):
    """What becomes of a code that does not exist."""

    OFF = "off"
    WARN = "warn"
    REFUSE = "refuse"


def mode_of(text: str) -> Mode:
    """Return the mode that a setting names; warn where it is blank.  Raises: UsageError."""
    try:
        return Mode(text.strip().lower() or Mode.WARN)
    except ValueError:
        raise UsageError(f"{SETTING}={text!r}: expected {', '.join(Mode)}.") from None


class CodesChecker(Checker):
    """A checker that looks up codes too."""

    def __init__(self, shelf: Shelf, terminology: Terminology, mode: Mode) -> None:
        super().__init__(shelf)
        self._terminology = terminology
        self._severity = Severity.ERROR if mode is Mode.REFUSE else Severity.WARNING
        self._verdict = lru_cache(KEPT)(self._looked_up)  # a release does not change while open

    def check(self, resource: dict[str, Any], *, is_strict: bool = True) -> Issues:
        """Return what is wrong with a resource, its codes included."""
        found = super().check(resource, is_strict=is_strict)
        root = resource.get("resourceType")
        unknown = tuple(self._unknown(resource, str(root)))[:MOST]
        WARNED.set(unknown if self._severity is Severity.WARNING else ())
        return (*unknown, *found) if self._severity is Severity.ERROR else (*found, *unknown)

    def _unknown(self, value: Any, path: str) -> Iterator[Issue]:
        if type(value) is list:
            for place, one in enumerate(value):
                if type(one) is dict:
                    yield from self._unknown(one, f"{path}[{place}]")
            return
        system = value.get("system")
        if system in SYSTEMS and type(value.get("code")) is str:
            issue = self._issue(system, value["code"], path)
            if issue is not None:
                yield issue
        for name, inner in value.items():
            if type(inner) is dict or type(inner) is list:
                yield from self._unknown(inner, f"{path}.{name}")

    def _issue(self, system: str, code: str, path: str) -> Issue | None:
        found = self._verdict(system, code)
        if found is None:
            return None
        source, is_there = found
        if is_there:
            text = f"{path}: the code is no longer active in {source}"
            return Issue(Severity.WARNING, "binding", f"{path}.code", text)
        text = f"{path}: there is no such code in {source}"
        return Issue(self._severity, "binding", f"{path}.code", text)

    def _looked_up(self, system: str, code: str) -> tuple[str, bool] | None:
        """Return which release finds fault with a code, and whether it has it; None: no fault."""
        looked = ""
        # Products of dm+d are concepts of SNOMED CT's UK Drug Extension too, under one code.
        for url in (system, *(s for s in SYSTEMS if s != system)):
            pack = self._terminology.packs.get(url)
            if pack is None:
                continue
            try:
                found = pack.find(code)
            except Unknown:
                return None
            if found is not None:
                return None if found.is_active else (pack.source, True)
            if url == system:
                looked = pack.source
        # Without a release nobody knows, nor of an expression.
        return (looked, False) if looked and code.isdecimal() else None
