"""Says from which setting a resource came, as far as it says so itself; and what those are called.

meta.source, the care setting, whose line it is, our own name, where a visit was -> setting, or ""
"""

from __future__ import annotations

from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.adapters.fhir.lines.names import LINE, ROOT, SETTING
from garrod.adapters.fhir.lines.nested import within, words

PRACTICE, HOSPITAL, PHARMACY, LABORATORY = "practice", "hospital", "pharmacy", "laboratory"
CLINIC, HOMECARE, PERSON, REGISTRY = "clinic", "homecare", "person", "registry"
OWN = "here"
SETTINGS = {
    PRACTICE: "GP practice",
    HOSPITAL: "Hospital",
    PHARMACY: "Community pharmacy",
    LABORATORY: "Laboratory",
    CLINIC: "Clinic",
    HOMECARE: "Care at home",
    PERSON: "The person",
    REGISTRY: "Registry",
    OWN: "Made here, by this record",
    "": "Setting not stated",
}
USUAL = (PRACTICE, HOSPITAL, PHARMACY, LABORATORY)  # of whom it is said where nothing is there
_ALSO = {"gp": PRACTICE, "community-pharmacy": PHARMACY}
_OURS = frozenset(("Task", "DetectedIssue"))  # kinds of which this server makes its own
_STAYS = frozenset(("IMP", "ACUTE", "EMER", "OBSENC", "SS"))


def setting_of(resource: Resource) -> str:
    """Return the setting that a resource came from; "" where it does not say."""
    source = text(one(resource, "meta"), "source").partition("#")[0].rstrip("/")
    said = [source.rpartition("/")[2]]
    if "extension" in resource:
        said.append(words(resource, SETTING, "Code"))
        said.append(words(within(resource, LINE), "owner", "Code"))
    for one_said in said:
        name = _ALSO.get(one_said, one_said)
        if name and name in SETTINGS:
            return name
    if resource.get("resourceType") in _OURS and _is_ours(resource):
        return OWN
    is_stay = resource.get("resourceType") == "Encounter"
    return HOSPITAL if is_stay and text(one(resource, "class"), "code") in _STAYS else ""


def _is_ours(resource: Resource) -> bool:
    """Return whether a task or a card bears a code or a name of this server's own."""
    named = (*many(one(resource, "code"), "coding"), *many(resource, "identifier"))
    return any(text(one_named, "system").startswith(ROOT) for one_named in named)


def is_setting(said: str) -> bool:
    """Return whether a word is the code of a setting, and no words for people."""
    return said in SETTINGS or said in _ALSO
