"""Makes token, string and uri rows of values, one function for each FHIR type.

Each maker takes the names of the parameters that want the value, and returns a function that adds
its rows. What has another shape than R4 says adds none: resources are judged elsewhere.
Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/search.html#token and #string
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from garrod.adapters.fhir.record.fold import fold
from garrod.adapters.fhir.record.gathered import Gathered

Act = Callable[[Any, Gathered], None]
Names = tuple[str, ...]
OF_TYPE = ":of-type"  # parameters of this ending hold "system|code" of an identifier's type
NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
_NAME_PARTS = ("text", "family", "given", "prefix", "suffix")
_ADDRESS_PARTS = ("text", "line", "city", "district", "state", "postalCode", "country")


def word(value: Any) -> str:
    """Return a text, "" for anything else."""
    return value if type(value) is str else ""


def objects(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list, one object as a list of one, none for anything else."""
    if type(value) is dict:
        return [value]
    return [v for v in value if type(v) is dict] if type(value) is list else []


def coding_rows(names: Names) -> Act:
    """Return what adds the token of a Coding."""

    def act(value: Any, out: Gathered) -> None:
        if type(value) is dict:
            system, code = word(value.get("system")), word(value.get("code"))
            text = fold(word(value.get("display")))
            for name in names:
                out.tokens[(name, system, code, text)] = None

    return act


def concept_rows(names: Names) -> Act:
    """Return what adds the tokens of a CodeableConcept, and its text where no coding has it."""

    def act(value: Any, out: Gathered) -> None:
        if type(value) is not dict:
            return
        text = fold(word(value.get("text")))
        for coding in objects(value.get("coding")):
            system, code = word(coding.get("system")), word(coding.get("code"))
            shown = fold(word(coding.get("display")))
            if shown == text or not shown:
                shown, text = shown or text, ""
            for name in names:
                out.tokens[(name, system, code, shown)] = None
        if text:
            for name in names:
                out.tokens[(name, "", "", text)] = None

    return act


def identifier_rows(names: Names) -> Act:
    """Return what adds the token of an Identifier, and one for each coding of its type."""

    def act(value: Any, out: Gathered) -> None:
        if type(value) is not dict:
            return
        system, number = word(value.get("system")), word(value.get("value"))
        kind = value.get("type")
        text = fold(word(kind.get("text"))) if type(kind) is dict else ""
        for spelled in spellings(system, number):
            for name in names:
                out.tokens[(name, system, spelled, text)] = None
        if type(kind) is dict and number:
            for coding in objects(kind.get("coding")):
                typed = f"{word(coding.get('system'))}|{word(coding.get('code'))}"
                for name in names:
                    out.tokens[(name + OF_TYPE, typed, number, "")] = None

    return act


def spellings(system: str, number: str) -> tuple[str, ...]:
    """Return an identifier's number as sent, and an NHS number without its spaces too."""
    if system == NHS_NUMBER and " " in number:
        return number, number.replace(" ", "")
    return (number,)


def code_rows(names: Names, system: str = "") -> Act:
    """Return what adds the token of a code, id, uri or string; `system` is what it implies."""

    def act(value: Any, out: Gathered) -> None:
        if type(value) is str:
            for name in names:
                out.tokens[(name, system, value, "")] = None

    return act


def caseless_rows(names: Names) -> Act:
    """Return what adds the token of a string, which is sought without regard to case.

    Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/search.html#token
    """
    add = code_rows(names)

    def act(value: Any, out: Gathered) -> None:
        add(value.casefold() if type(value) is str else value, out)

    return act


def boolean_rows(names: Names) -> Act:
    """Return what adds the token of a boolean."""

    def act(value: Any, out: Gathered) -> None:
        if type(value) is bool:
            for name in names:
                out.tokens[(name, "", "true" if value else "false", "")] = None

    return act


def contact_rows(names: Names) -> Act:
    """Return what adds the token of a ContactPoint: its value alone."""
    add = code_rows(names)

    def act(value: Any, out: Gathered) -> None:
        if type(value) is dict:
            add(value.get("value"), out)

    return act


def string_rows(names: Names) -> Act:
    """Return what adds the words of a string."""

    def act(value: Any, out: Gathered) -> None:
        if type(value) is str:
            folded = fold(value)
            for name in names:
                out.strings[(name, folded, value)] = None

    return act


def _part_rows(names: Names, parts: Names) -> Act:
    add = string_rows(names)

    def act(value: Any, out: Gathered) -> None:
        if type(value) is dict:
            for part in parts:
                found = value.get(part)
                if type(found) is list:
                    for inner in found:
                        add(inner, out)
                elif found is not None:
                    add(found, out)

    return act


def name_rows(names: Names) -> Act:
    """Return what adds each part of a HumanName."""
    return _part_rows(names, _NAME_PARTS)


def address_rows(names: Names) -> Act:
    """Return what adds each part of an Address."""
    return _part_rows(names, _ADDRESS_PARTS)


def uri_rows(names: Names) -> Act:
    """Return what adds a uri as it stands; of a canonical with a version, without it too."""

    def act(value: Any, out: Gathered) -> None:
        if type(value) is str:
            plain = value.partition("|")[0]
            for name in names:
                out.uris[(name, value)] = None
                if plain != value:
                    out.uris[(name, plain)] = None

    return act
