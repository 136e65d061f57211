"""What a reference names: a resource here, a url elsewhere, something within, or nobody we know.

Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/references.html
"""

from __future__ import annotations

import re
from typing import NamedTuple

_ADDRESS = re.compile(
    r"(?:(?P<base>https?://.*)/)?(?P<kind>[A-Z][A-Za-z]{1,63})/(?P<id>[A-Za-z0-9.-]{1,64})"
    r"(?:/_history/[A-Za-z0-9.-]{1,64})?(?:#.*)?"
)


class Target(NamedTuple):
    """What a reference names: kind and id of a resource here, or a url and the kind it tells."""

    kind: str
    id: str
    url: str


def target_of(reference: str, base: str) -> Target:
    """Return what a reference names; `base` is this server's own address, no slash at its end.

    "#x" (within the resource) is kept as url: it is there, and nobody can search for it.
    """
    found = _ADDRESS.fullmatch(reference)
    if found is None:
        return Target("", "", reference)
    kind, id = found["kind"], found["id"]
    if found["base"] is None or (base and found["base"] == base):
        return Target(kind, id, "")
    return Target(kind, "", f"{found['base']}/{kind}/{id}")
