"""Resources to write, and questions with what they mean, said once more in plain Python."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]
Wanted = Callable[[str, Json], bool]
SYSTEM, LOINC, UCUM = "https://example.org/ids", "http://loinc.org", "http://unitsofmeasure.org"
FAMILIES = ("Test", "Testperson", "Ångström", "O'Neil", "de Vries", "Ab,c$d|e")
GENDERS = ("female", "male", "other", "unknown")
DATES = ("1950", "1950-02", "1950-02-28", "1980-12-31", "2001-01-01")
VALUES = ("one", "two", "three")
CODES = ("29463-7", "8302-2")
WEIGHTS = ("70", "70.50", "5", "120.0")
OWN_IDS = ("a", "B.2", "c-3")
KINDS = ("Patient", "Observation")


def _only(**parts: Any) -> Json:
    return {key: value for key, value in parts.items() if value is not None}


@st.composite
def patients(draw: st.DrawFn) -> Json:
    """Return a person with some of what is searched by."""
    value = draw(st.none() | st.sampled_from(VALUES))
    return {
        "resourceType": "Patient",
        "name": [{"family": draw(st.sampled_from(FAMILIES))}],
        **_only(
            gender=draw(st.none() | st.sampled_from(GENDERS)),
            birthDate=draw(st.none() | st.sampled_from(DATES)),
            identifier=[{"system": SYSTEM, "value": value}] if value else None,
            active=draw(st.none() | st.booleans()),
        ),
    }


@st.composite
def observations(draw: st.DrawFn, subjects: st.SearchStrategy[str]) -> Json:
    """Return a weight or a height of somebody."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": draw(st.sampled_from(CODES))}]},
        "subject": {"reference": f"Patient/{draw(subjects)}"},
        "valueQuantity": {
            "value": float(draw(st.sampled_from(WEIGHTS))),
            "system": UCUM,
            "code": "kg",
        },
    }


def folded(text: str) -> str:
    """Return a text as searches of names compare it: without case and accents."""
    loose = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in loose if not unicodedata.combining(c))


def _escaped(text: str) -> str:
    for sign in "\\,$|":
        text = text.replace(sign, "\\" + sign)
    return text


def family(text: str, modifier: str) -> tuple[str, str, Wanted]:
    """Ask for a family name that begins so, contains it, or is it."""

    def is_wanted(_: str, body: Json) -> bool:
        held = body["name"][0]["family"]
        if modifier == ":exact":
            return bool(held == text)
        loose, sought = folded(held), folded(text)
        return sought in loose if modifier else loose.startswith(sought)

    return f"family{modifier}", _escaped(text), is_wanted


def _days(date: str) -> tuple[str, str]:
    low = (date + "-01-01"[len(date) - 4 :])[:10]
    last = {"02": "28"}.get(low[5:7], "31") if len(date) < 10 else low[8:]
    return low, {4: f"{date}-12-31", 7: f"{date}-{last}"}.get(len(date), date)


def birthdate(prefix: str, date: str) -> tuple[str, str, Wanted]:
    """Ask for a date of birth; the bounds of each date are compared as R4 has it."""

    def is_wanted(_: str, body: Json) -> bool:
        if "birthDate" not in body:
            return False
        (low, high), (sought_low, sought_high) = _days(body["birthDate"]), _days(date)
        return {
            "": sought_low <= low and high <= sought_high,
            "lt": low < sought_low,
            "gt": high > sought_high,
            "ge": high > sought_high or (sought_low <= low and high <= sought_high),
        }[prefix]

    return "birthdate", prefix + date, is_wanted


def gender(codes: list[str], modifier: str) -> tuple[str, str, Wanted]:
    """Ask for one of some codes, or for none of them."""
    if modifier == ":missing":
        return "gender:missing", "true", lambda _, body: "gender" not in body
    if modifier == ":not":
        return "gender:not", ",".join(codes), lambda _, body: body.get("gender") not in codes
    return "gender", ",".join(codes), lambda _, body: body.get("gender") in codes


def identifier(value: str, has_system: bool) -> tuple[str, str, Wanted]:
    """Ask for an identifier, its system named or not."""

    def is_wanted(_: str, body: Json) -> bool:
        return any(one["value"] == value for one in body.get("identifier", ()))

    return "identifier", f"{SYSTEM}|{value}" if has_system else value, is_wanted


def by_id(ids: list[str]) -> tuple[str, str, Wanted]:
    """Ask for some ids."""
    return "_id", ",".join(ids), lambda id, _: id in ids


def subject(id: str, form: str) -> tuple[str, str, Wanted]:
    """Ask what is about somebody, in one of the forms of a reference."""
    name, value = {
        "id": ("patient", id),
        "typed": ("subject", f"Patient/{id}"),
        "modified": ("subject:Patient", id),
    }[form]
    return name, value, lambda _, body: body["subject"]["reference"] == f"Patient/{id}"


def code(value: str) -> tuple[str, str, Wanted]:
    """Ask for a code of LOINC."""

    def is_wanted(_: str, body: Json) -> bool:
        return bool(body["code"]["coding"][0]["code"] == value)

    return "code", f"{LOINC}|{value}", is_wanted


def weight(prefix: str, value: str) -> tuple[str, str, Wanted]:
    """Ask for more or less than a quantity; equal is left out, as digits give it a width."""

    def is_wanted(_: str, body: Json) -> bool:
        held, sought = Decimal(str(body["valueQuantity"]["value"])), Decimal(value)
        return held > sought if prefix == "gt" else held < sought

    return "value-quantity", f"{prefix}{value}||kg", is_wanted


_ANYBODY = st.sampled_from((*OWN_IDS, "nobody"))
QUESTIONS = {
    "Patient": st.one_of(
        st.builds(
            family,
            st.sampled_from((*FAMILIES, "test", "ANG", "de", "person")),
            st.sampled_from(("", ":exact", ":contains")),
        ),
        st.builds(birthdate, st.sampled_from(("", "lt", "gt", "ge")), st.sampled_from(DATES)),
        st.builds(
            gender,
            st.lists(st.sampled_from(GENDERS), min_size=1, max_size=2),
            st.sampled_from(("", ":not", ":missing")),
        ),
        st.builds(identifier, st.sampled_from(VALUES), st.booleans()),
        st.builds(by_id, st.lists(_ANYBODY, min_size=1, max_size=3)),
    ),
    "Observation": st.one_of(
        st.builds(subject, _ANYBODY, st.sampled_from(("id", "typed", "modified"))),
        st.builds(code, st.sampled_from(CODES)),
        st.builds(weight, st.sampled_from(("lt", "gt")), st.sampled_from(WEIGHTS)),
        st.builds(by_id, st.lists(_ANYBODY, min_size=1, max_size=3)),
    ),
}
