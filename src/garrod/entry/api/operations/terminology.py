"""CodeSystem/$lookup, $validate-code and $subsumes; ValueSet/$validate-code; ConceptMap/$translate.

Source: HL7 FHIR R4 (4.0.1), the operations of CodeSystem, ValueSet and ConceptMap
"""

from __future__ import annotations

from garrod.adapters.terminology.maps import Asked as Sought
from garrod.adapters.terminology.maps import Match, is_no_match
from garrod.adapters.terminology.model import Concept, System, Unknown
from garrod.adapters.terminology.resources import ResourceSystem
from garrod.adapters.terminology.service import Terminology
from garrod.adapters.terminology.valuesets import canonical
from garrod.core.errors import FhirError
from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.operations.terminology_asking import (
    Given,
    Json,
    current,
    given_in,
    parameters,
    saying_what_is_unknown,
    text_part,
)
from garrod.entry.api.operations.terminology_telling import designation_parts, property_parts
from garrod.entry.api.rooms import Rooms

CODE_SYSTEM, VALUE_SET, CONCEPT_MAP = "CodeSystem", "ValueSet", "ConceptMap"
LOOKUP = frozenset(("code", "system", "version", "coding", "property"))
CODED = frozenset(("code", "display", "coding", "codeableConcept"))
OF_SYSTEM = CODED | {"url", "codeSystem", "version"}
OF_SET = CODED | {"url", "valueSet", "valueSetVersion", "system", "systemVersion", "abstract"}
SUBSUMES = frozenset(("codeA", "codeB", "system", "version", "codingA", "codingB"))
TRANSLATE = frozenset(("url", "conceptMap", "conceptMapVersion", "code", "system", "version",
                       "source", "coding", "codeableConcept", "target", "targetsystem",
                       "reverse"))  # fmt: skip
GONE = "the code is no longer active"


@saying_what_is_unknown
async def lookup(rooms: Rooms, asked: Asked) -> Answer:
    """Return what is said of a code."""
    given = given_in(rooms, asked, LOOKUP)
    terminology = await current(rooms, asked, CODE_SYSTEM)
    (coding,) = given.codings()[:1]
    if not coding.get("system") and len(asked.path) < 3:
        raise FhirError("expected the system of the code.", code="FHR127")
    system = _system(terminology, asked, given, str(coding.get("system", "")), coding)
    found = system.find(str(coding["code"]))
    if found is None:
        raise Unknown(f"there is no such code in {system.source} ({system.url}).")
    wanted = {str(p) for p in given.held.get("property", [])}
    said = system.properties(found.code)
    listed = [p for p in said if not wanted or p.name in wanted or "*" in wanted]
    return parameters(
        text_part("name", system.name),
        text_part("version", system.version),
        {"name": "display", "valueString": found.display or found.code},
        {"name": "abstract", "valueBoolean": True} if found.is_abstract else None,
        *designation_parts(system.designations(found.code)),
        *property_parts(system.url, listed),
    )


def _system(terminology: Terminology, asked: Asked, given: Given, url: str, coding: Json) -> System:
    """Return the code system of a request: of its path, sent along, or by its url."""
    sent = given.one("codeSystem") if "codeSystem" in given.known else {}
    if sent:
        return ResourceSystem(sent, "the code system that was sent")
    if len(asked.path) == 3:
        held = terminology.stored.by_id(CODE_SYSTEM, asked.path[1])
        if held is None:
            raise Unknown(f"there is no CodeSystem/{asked.path[1]} here.")
        if url and url != held.get("url"):
            raise FhirError(
                f"the code is of another system than CodeSystem/{asked.path[1]}.", code="FHR127"
            )
        return terminology.stored.system_of(asked.path[1], held)
    return terminology.system(*canonical(url, str(coding.get("version", ""))))


@saying_what_is_unknown
async def validate_code(rooms: Rooms, asked: Asked) -> Answer:
    """Return whether a code is of a code system, or of a value set."""
    if asked.path[0] == CODE_SYSTEM:
        return await _of_system(rooms, asked)
    given = given_in(rooms, asked, OF_SET)
    terminology = await current(rooms, asked, VALUE_SET, CODE_SYSTEM)
    value_set = value_set_of(terminology, asked, given)
    doubt: Unknown | None = None
    for coding in given.codings():
        system = str(coding.get("system", ""))
        if not system and "code" not in given.held:
            raise FhirError("expected the system of the coding.", code="FHR127")
        try:
            found = terminology.sets.has(value_set, system, str(coding["code"]))
        except Unknown as error:
            doubt = doubt or error
            continue
        if found is not None and found.is_abstract and not given.flag("abstract"):
            return _refused("the code groups others and is not to be recorded itself.")
        if found is not None:
            return _verdict(terminology, found, coding)
    if doubt is not None:
        raise doubt
    url = str(value_set.get("url", "")) or "the value set that was sent"
    return _refused(f"the code is not in {url}.")


async def _of_system(rooms: Rooms, asked: Asked) -> Answer:
    given = given_in(rooms, asked, OF_SYSTEM)
    terminology = await current(rooms, asked, CODE_SYSTEM)
    url, version = canonical(given.text("url"), given.text("version"))
    doubt: Unknown | None = None
    for coding in given.codings():
        own = url or str(coding.get("system", ""))
        if url and coding.get("system") not in (None, "", url):
            continue
        if not own and len(asked.path) < 3 and "codeSystem" not in given.held:
            raise FhirError("expected the url of the code system.", code="FHR127")
        named = {**coding, "version": version or coding.get("version", "")}
        try:
            system = _system(terminology, asked, given, own, named)
            found = system.find(str(coding["code"]))
        except Unknown as error:
            doubt = doubt or error
            continue
        if found is not None:
            return _verdict(terminology, found, coding, system)
        url = url or system.url
    if doubt is not None:
        raise doubt
    return _refused(f"there is no such code in {url or 'the code system that was sent'}.")


def _verdict(
    terminology: Terminology, found: Concept, coding: Json, system: System | None = None
) -> Answer:
    """Return yes, but where a display was sent that is none of the code's own."""
    sent = str(coding.get("display", ""))
    said = [] if found.is_active else [GONE]
    if sent and found.display and not _is_own(terminology, found, sent, system):
        return parameters(
            {"name": "result", "valueBoolean": False},
            text_part("message", f"the code is there, and its display is {found.display!r}."),
            text_part("display", found.display),
        )
    return parameters(
        {"name": "result", "valueBoolean": True},
        text_part("message", "; ".join(said)),
        text_part("display", found.display),
    )


def _is_own(terminology: Terminology, found: Concept, sent: str, system: System | None) -> bool:
    terms = [found.display]
    try:
        known = system or terminology.system(found.system)
        terms += [d.term for d in known.designations(found.code)]
        again = known.find(found.code)
        terms += [again.display] if again else []
    except (Unknown, KeyError):
        pass
    return sent.casefold() in {term.casefold() for term in terms}


def _refused(message: str) -> Answer:
    return parameters({"name": "result", "valueBoolean": False}, text_part("message", message))


def value_set_of(terminology: Terminology, asked: Asked, given: Given) -> Json:
    """Return the value set of a request: of its path, sent along, or by its url."""
    if len(asked.path) == 3:
        held = terminology.stored.by_id(VALUE_SET, asked.path[1])
        if held is None:
            raise Unknown(f"there is no ValueSet/{asked.path[1]} here.")
        return held
    sent = given.one("valueSet")
    if sent:
        return sent
    url = given.text("url")
    if not url:
        raise FhirError("expected the url of a value set, or the value set itself.", code="FHR127")
    return terminology.value_set(*canonical(url, given.text("valueSetVersion")))


@saying_what_is_unknown
async def subsumes(rooms: Rooms, asked: Asked) -> Answer:
    """Return how two codes of a system stand to each other."""
    given = given_in(rooms, asked, SUBSUMES)
    terminology = await current(rooms, asked, CODE_SYSTEM)
    a, b = (_side(given, side) for side in "AB")
    url = given.text("system") or str(a.get("system", "")) or str(b.get("system", ""))
    if any(c.get("system") not in (None, "", url) for c in (a, b)):
        raise FhirError("the codes are of two systems; expected one.", code="FHR127")
    named = {"version": given.text("version") or a.get("version", "")}
    if not url and len(asked.path) < 3:
        raise FhirError("expected the system of the codes.", code="FHR127")
    system = _system(terminology, asked, given, url, named)
    outcome = terminology.subsumes(system, str(a["code"]), str(b["code"]))
    return parameters({"name": "outcome", "valueCode": outcome})


def _side(given: Given, side: str) -> Json:
    found = given.one(f"coding{side}") or {"code": given.text(f"code{side}")}
    if not found.get("code"):
        raise FhirError(f"expected code{side} or coding{side}.", code="FHR127")
    return found


@saying_what_is_unknown
async def translate(rooms: Rooms, asked: Asked) -> Answer:
    """Return a code in the words of another system."""
    given = given_in(rooms, asked, TRANSLATE)
    terminology = await current(rooms, asked, CONCEPT_MAP, CODE_SYSTEM)
    url, map = given.text("url"), given.one("conceptMap") or None
    if given.text("conceptMapVersion"):
        url = f"{url}|{given.text('conceptMapVersion')}"
    if len(asked.path) == 3:
        map = terminology.stored.by_id(CONCEPT_MAP, asked.path[1])
        if map is None:
            raise Unknown(f"there is no ConceptMap/{asked.path[1]} here.")
    found: list[Match] = []
    for coding in given.codings():
        if not coding.get("system"):
            raise FhirError("expected the system of the code.", code="FHR127")
        sought = Sought(
            str(coding["system"]),
            str(coding["code"]),
            given.text("targetsystem"),
            given.text("target"),
            given.text("source"),
            given.flag("reverse"),
        )
        found += terminology.translate(sought, url, map)
    is_found = any(not is_no_match(m) for m in found)
    message = "" if is_found else "the maps that are loaded have no translation of the code."
    return parameters(
        {"name": "result", "valueBoolean": is_found},
        text_part("message", message),
        *(_match(m) for m in found),
    )


def _match(match: Match) -> Json:
    coding = {"system": match.system, "code": match.code, "display": match.display}
    parts = [{"name": "equivalence", "valueCode": match.equivalence}]
    held = {k: v for k, v in coding.items() if v}
    more = [
        {"name": "concept", "valueCoding": held} if match.code else None,
        text_part("source", match.map, "Uri"),
        text_part("message", match.note),
    ]
    return {"name": "match", "part": [*parts, *(part for part in more if part)]}
