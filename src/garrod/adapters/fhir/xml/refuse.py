"""Why XML or JSON cannot be turned into the other: codes, and words that name the place.

Texts name elements, never the values sent: those may be somebody's name or number.
"""

from __future__ import annotations

from garrod.core.errors import FhirError

NOT_XML = "FHR150"  # not well formed
ENCODING = "FHR151"  # not UTF-8
DECLARED = "FHR152"  # a DOCTYPE or an entity of its own
TOO_DEEP = "FHR153"
TOO_LARGE = "FHR154"
NO_RESOURCE = "FHR155"  # the outermost element, or what should be a resource, is none of FHIR R4
UNKNOWN = "FHR156"  # an element, attribute or member that FHIR R4 has not there
ORDER = "FHR157"  # out of order, or there twice and no list
VALUE = "FHR158"  # a value that the other format has no form for
NARRATIVE = "FHR159"  # not one div of XHTML
SHOWN = 80  # letters of a name that are repeated


class Misfit(Exception):
    """JSON that has no form in XML; `steps` lead to it, the innermost first."""

    def __init__(self, code: str, words: str) -> None:
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
