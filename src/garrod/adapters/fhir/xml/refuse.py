"""Why XML or JSON cannot be turned into the other, in words that name the place.

FHR153 no XML that is read (not well formed, not UTF-8, a DOCTYPE), 154 too deep or too large, 155
no resource, 156 unknown element, attribute or member, 157 out of order or twice, 158 a value, 159
narrative.
Texts name elements, never the values sent: those may be somebody's name or number.
"""

from __future__ import annotations

from garrod.core.errors import FhirError

SHOWN = 80  # letters of a name that are repeated


class Misfit(Exception):
    """JSON that has no form in XML; `steps` lead to it, the innermost first."""

    def __init__(self, words: str, *, code: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words
        self.steps: list[str | int] = []

    def at(self, *steps: str | int) -> Misfit:
        """Return the misfit, one place further up for each step."""
        self.steps.extend(steps)
        return self

    def error(self, root: str) -> FhirError:
        """Return the misfit as an error, its place written as FHIRPath from the root."""
        place = root
        for step in reversed(self.steps):
            place += f"[{step}]" if isinstance(step, int) else f".{shown(step)}"
        return FhirError(f"{place}: {self.words}.", code=self.code)


def shown(name: str) -> str:
    """Return a name as a message repeats it: one line, not too long."""
    cut = name[:SHOWN] + ("…" if len(name) > SHOWN else "")
    return cut if cut.isprintable() else repr(cut)[1:-1]


def bare(tag: str) -> str:
    """Return the name of an expanded tag ("http://hl7.org/fhir name") as a message repeats it."""
    return shown(tag.rpartition(" ")[2])
