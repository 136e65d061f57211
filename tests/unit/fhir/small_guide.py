"""A tiny world of definitions, written for the tests: two types, a profile, an extension."""

from typing import Any

from garrod.adapters.fhir.validate.definitions import Definitions
from garrod.adapters.fhir.validate.issue import Outcome
from garrod.adapters.fhir.validate.walk import Validator

Json = dict[str, Any]
BASE = "http://hl7.org/fhir/StructureDefinition/"
OWN = "https://x.example/"
STRING = "http://hl7.org/fhirpath/System.String"


def element(path: str, kind: str = "string", **more: Any) -> Json:
    """Return an element definition; `most` its max, `kinds` its types where there are several."""
    kinds = more.pop("kinds", [{"code": kind}])
    least, most = more.pop("least", 0), more.pop("most", "1")
    found = {"id": more.pop("id", path), "path": path, "min": least, "max": most, "type": kinds}
    return {**found, "base": {"path": path, "max": more.pop("base", most)}, **more}


def structure(name: str, /, *elements: Json, **more: Any) -> Json:
    """Return a StructureDefinition; its own URL and derivation may be given."""
    url = more.pop("url", BASE + name)
    return {
        "resourceType": "StructureDefinition",
        "url": url,
        "type": name,
        "kind": more.pop("kind", "complex-type"),
        "derivation": more.pop("derivation", "specialization"),
        "snapshot": {"element": [element(name, kinds=[]), *elements]},
        **more,
    }


def primitive(name: str, shape: str = "") -> Json:
    extension = [{"url": f"{BASE}regex", "valueString": shape}] if shape else []
    value = element(f"{name}.value", kinds=[{"code": STRING, "extension": extension}])
    return structure(name, value, kind="primitive-type")


def invariant(key: str, expression: str, severity: str = "error") -> Json:
    return {"key": key, "severity": severity, "human": f"{key} holds", "expression": expression}


CODING = structure("Coding", element("Coding.system", "uri"), element("Coding.code", "code"))
CONCEPT = structure(
    "CodeableConcept",
    element("CodeableConcept.coding", "Coding", most="*"),
    element("CodeableConcept.text"),
)
REFERENCE = structure("Reference", element("Reference.reference"), element("Reference.display"))
EXTENSION = structure(
    "Extension",
    element("Extension.extension", "Extension", most="*"),
    element("Extension.url", "uri", least=1),
    element("Extension.value[x]", kinds=[{"code": "string"}, {"code": "boolean"}]),
)
RESOURCE_ID = element("Thing.id", STRING)
RESOURCE_ID["base"]["path"] = "Resource.id"
THING = structure(
    "Thing",
    RESOURCE_ID,
    element("Thing.meta", "Meta"),
    element("Thing.contained", "Resource", most="*"),
    element("Thing.extension", "Extension", most="*"),
    element("Thing.modifierExtension", "Extension", most="*"),
    element("Thing.status", "code", least=1,
            binding={"strength": "required", "valueSet": f"{OWN}statuses|1"}),
    element("Thing.kind", "CodeableConcept",
            binding={"strength": "extensible", "valueSet": f"{OWN}kinds"}),
    element("Thing.day", "date"),
    element("Thing.count", "integer"),
    element("Thing.size", "decimal"),
    element("Thing.flag", "boolean"),
    element("Thing.name", most="*"),
    element("Thing.value[x]", kinds=[{"code": "string"}, {"code": "integer"}]),
    element("Thing.about", kinds=[{"code": "Reference", "targetProfile": [f"{BASE}Other"]}]),
    element("Thing.any", kinds=[{"code": "Reference", "targetProfile": [f"{BASE}Resource"]}]),
    element("Thing.part", "BackboneElement", most="*",
            constraint=[invariant("thg-2", "code.exists()"), {"key": "thg-3"}]),
    element("Thing.part.code", "CodeableConcept"),
    element("Thing.part.size", "integer"),
    element("Thing.part.part", kinds=[], most="*", contentReference="#Thing.part"),
    kind="resource",
)  # fmt: skip
THING["snapshot"]["element"][0]["constraint"] = [
    invariant("thg-1", "name.count() < 3"),
    invariant("thg-4", "day.memberOf('x')"),
    invariant("thg-5", "flag.exists()", "warning"),
    invariant("ele-1", "false"),
]
OTHER = structure(
    "Other", element("Other.id", STRING), element("Other.meta", "Meta"), kind="resource"
)
BUNDLE = structure(
    "Bundle",
    element("Bundle.entry", "BackboneElement", most="*"),
    element("Bundle.entry.fullUrl", "uri"),
    element("Bundle.entry.resource", "Resource"),
    kind="resource",
)
META = structure("Meta", element("Meta.profile", "uri", most="*"))
PRIMITIVES = (
    primitive("string"), primitive("uri", r"\S*"), primitive("code", r"[^\s]+( [^\s]+)*"),
    primitive("id", r"[A-Za-z0-9\-\.]{1,64}"), primitive("boolean", "true|false"),
    primitive("integer", r"-?\d+"), primitive("decimal", r"-?\d+(\.\d+)?"),
    primitive("date", r"\d{4}(-\d{2}(-\d{2})?)?"),
)  # fmt: skip
STATUSES = {
    "resourceType": "ValueSet",
    "url": f"{OWN}statuses",
    "compose": {"include": [{"system": f"{OWN}status"}],
                "exclude": [{"system": f"{OWN}status", "concept": [{"code": "old"}]}]},
}  # fmt: skip
STATUS_SYSTEM = {
    "resourceType": "CodeSystem",
    "url": f"{OWN}status",
    "content": "complete",
    "concept": [{"code": "on", "concept": [{"code": "nested"}]}, {"code": "old"}],
}
KINDS = {
    "resourceType": "ValueSet",
    "url": f"{OWN}kinds",
    "compose": {"include": [{"system": f"{OWN}kind", "concept": [{"code": "a"}]}]},
}
GUIDE: tuple[Json, ...] = (
    *PRIMITIVES, CODING, CONCEPT, REFERENCE, EXTENSION, META, THING, OTHER,
    {"resourceType": "Bundle", "entry": [{"resource": r} for r in (BUNDLE, STATUSES)]},
    STATUS_SYSTEM, KINDS,
)  # fmt: skip


def profile(*elements: Json, of: Json = THING, url: str = f"{OWN}p") -> Json:
    """Return a profile of a type: its whole snapshot, with some elements narrowed or sliced."""
    changed = {e["id"]: e for e in elements}
    listed = of["snapshot"]["element"][1:]
    kept = [changed.pop(e["id"], e) for e in listed]
    root = {k: v for k, v in of["snapshot"]["element"][0].items() if k != "constraint"}
    narrow = structure(of["type"], *kept, *changed.values(), url=url, kind=of["kind"],
                       derivation="constraint")  # fmt: skip
    narrow["snapshot"]["element"][0] = root
    return narrow


def concept(code: str, system: str = f"{OWN}kind") -> Json:
    return {"coding": [{"system": system, "code": code}]}


def thing(**more: Any) -> Json:
    """Return a Thing in which nothing is wrong."""
    return {"resourceType": "Thing", "status": "on", "flag": True, **more}


def check(resource: Any, *profiles: Json, extra: tuple[Json, ...] = ()) -> Outcome:
    """Return what is wrong, by the small guide and some profiles, all of which are asked for."""
    validator = Validator(Definitions([*GUIDE, *profiles, *extra]))
    return validator.validate(resource, [p["url"] for p in profiles])


def faults(outcome: Outcome) -> list[tuple[str, str]]:
    return [(i.rule, i.path) for i in outcome.errors]


def bundle(*resources: Json) -> Json:
    entries = [{"fullUrl": f"urn:uuid:{n}", "resource": r} for n, r in enumerate(resources, 1)]
    return {"resourceType": "Bundle", "entry": entries}
