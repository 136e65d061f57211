"""Who never prescribes, whatever they are trusted with: such roles propose, and others decide.

role as it was said -> does it propose only? A role that is not named here is not judged: which
roles may prescribe is a site's policy, and comes with sign-in.
Source: the Human Medicines Regulations 2012 (UK), regulation 214, lists who may prescribe;
https://www.legislation.gov.uk/uksi/2012/1916/regulation/214 (unchecked). Names: own choice.
"""

from __future__ import annotations

PROPOSING = frozenset(
    (
        *("administrator", "carer", "clerk", "dispenser", "healthcare-assistant"),
        *("pharmacy-technician", "receptionist", "secretary", "social-worker", "student"),
    )
)


def proposes_only(role: str) -> bool:
    """Return whether a role proposes medicines and never decides on them."""
    return "-".join(role.casefold().replace("_", " ").replace("-", " ").split()) in PROPOSING
