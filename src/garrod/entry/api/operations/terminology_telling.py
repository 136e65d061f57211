"""Designations and properties of a concept as the parts of a $lookup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from garrod.adapters.terminology.model import Designation, Property

Json = dict[str, Any]


def designation_parts(found: Iterable[Designation]) -> Iterator[Json]:
    """Yield the parts of a $lookup for other words of a concept."""
    for said in found:
        parts: list[Json] = []
        if said.language:
            parts.append({"name": "language", "valueCode": said.language})
        if said.use:
            use = {"system": said.use_system, "code": said.use, "display": said.use_display}
            held = {k: v for k, v in use.items() if v}
            parts.append({"name": "use", "valueCoding": held})
        parts.append({"name": "value", "valueString": said.term})
        yield {"name": "designation", "part": parts}


def property_parts(system: str, found: Iterable[Property]) -> Iterator[Json]:
    """Yield the parts of a $lookup for what is said of a concept."""
    for said in found:
        yield _part("property", system, said)


def _part(name: str, system: str, said: Property) -> Json:
    parts: list[Json] = [{"name": "code", "valueCode": said.name}]
    parts.append({"name": "value", **_value(system, said)})
    if said.description and said.type != "coding":
        parts.append({"name": "description", "valueString": said.description})
    parts += [_part("subproperty", system, inner) for inner in said.parts]
    return {"name": name, "part": parts}


def _value(system: str, said: Property) -> Json:
    match said.type:
        case "coding":
            coding = {"system": system, "code": said.value, "display": said.description}
            return {"valueCoding": {k: v for k, v in coding.items() if v}}
        case "boolean":
            return {"valueBoolean": said.value == "true"}
        case "integer":
            return {"valueInteger": int(said.value)}
        case "decimal":
            return _number(said.value)
        case "code":
            return {"valueCode": said.value}
        case "dateTime":
            return {"valueDateTime": said.value}
    return {"valueString": said.value}


def _number(text: str) -> Json:
    """Return a decimal; as a text where a float would not keep it as it is."""
    try:
        number = float(text)
        if Decimal(repr(number)) == Decimal(text):
            return {"valueDecimal": int(number) if number.is_integer() else number}
    except (ValueError, InvalidOperation, OverflowError):
        pass
    return {"valueString": text}
