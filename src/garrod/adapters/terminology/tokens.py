"""The codes behind :in, :not-in, :above and :below of a search; refused where they are not known.

Source: FHIR R4 4.0.1, https://hl7.org/fhir/R4/search.html#token (modifiers)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from garrod.adapters.fhir.record.escapes import cut, plain
from garrod.adapters.fhir.record.refusal import Refused
from garrod.adapters.terminology.model import Concept, NotDone, Unknown
from garrod.adapters.terminology.service import Terminology
from garrod.adapters.terminology.valuesets import Wish, canonical
from garrod.care.record.query import Modifier, Token

MOST = 20_000  # Not clinical: codes of one search; a database takes some 32,000 values
NOTHING = Token("urn:garrod:no-system", "none")  # what no resource has: an empty set finds nothing


def expander(terminology: Terminology) -> Callable[[Modifier, str], Sequence[Token]]:
    """Return what UrlReader asks for the codes of a value set or of a hierarchy."""

    def expand(modifier: Modifier, text: str) -> Sequence[Token]:
        try:
            found = _found(terminology, modifier, text)
            tokens = tuple(_few(found, modifier))
        except (Unknown, NotDone) as error:
            raise Refused("modifier", f":{modifier} cannot be answered: {error.message}") from error
        return tokens or (NOTHING,)

    return expand


def _found(terminology: Terminology, modifier: Modifier, text: str) -> Iterator[Concept]:
    if modifier in (Modifier.IN, Modifier.NOT_IN):
        if "://" not in text and not text.startswith("urn:"):
            found = terminology.stored.by_id("ValueSet", text.removeprefix("ValueSet/"))
            if found is None:
                raise Refused(
                    "value", "expected the url of a value set, or ValueSet/ID of one here"
                )
            return terminology.sets.codes(found, Wish())
        value_set = terminology.value_set(*canonical(text))
        return terminology.sets.codes(value_set, Wish())
    parts = cut(text, "|")
    if len(parts) != 2 or not all(parts):
        raise Refused("value", "expected system|code")
    system, code = (plain(part) for part in parts)
    known = terminology.system(system)
    concept = known.find(code)
    if concept is None:
        raise Refused("value", f"there is no such code in {known.source}")
    return known.below(code) if modifier is Modifier.BELOW else known.above(code)


def _few(found: Iterator[Concept], modifier: Modifier) -> Iterator[Token]:
    for count, concept in enumerate(found, 1):
        if count > MOST:
            raise Refused("limit", f":{modifier} stands for more than {MOST} codes")
        yield Token(concept.system, concept.code)
