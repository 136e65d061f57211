"""What holds for everybody, as rules of the same model: insurers, secondary findings, family.

Each denial yields to a permit that is as specific as it says, and one yields to nothing. The
national data opt-out, where a person gave one, is a consent of its own category.
"""

from __future__ import annotations

from garrod.care.govern.consent.model import Code, Consent, Kind, Provision, Status
from garrod.care.govern.consent.purposes import CUSTOM, INSURANCE, PLANNING, RESEARCH, V3
from garrod.care.govern.consent.rules import ACTOR

OWN = "https://garrod.health/fhir/CodeSystem/"
LABELS = f"{OWN}security-label"
PURPOSES = f"{OWN}purpose-of-use"
CATEGORIES = f"{OWN}consent-category"
RAW_GENOME, SECONDARY_FINDING = "RAW-GENOME", "SECONDARY-FINDING"
OPT_OUT_CATEGORY: Code = (CATEGORIES, "NATIONAL-DATA-OPT-OUT")
# Purposes that v3 has no code for
UNDERWRITING, EMPLOYMENT = "UNDERWRITING", "EMPLOYMENT"

GENETIC = frozenset(((LABELS, RAW_GENOME), (LABELS, SECONDARY_FINDING), ("", "GDIS")))
SECONDARY = frozenset((V3, code) for code in RESEARCH | PLANNING) | {CUSTOM}


def _rule(name: str, provision: Provision, yields_to: str = "") -> Consent:
    return Consent(
        reference=f"house rule: {name}",
        status=Status.ACTIVE,
        patient="",
        provision=provision,
        yields_to=yields_to,
    )


HOUSE_RULES = (
    # Predictive genetic results are not used to insure or to employ, whatever was agreed to.
    # Source: field/trust.md of the project; Code on Genetic Testing and Insurance, HM Government
    # and ABI, 2018 (unchecked)
    _rule(
        "genetic results serve no insurer and no employer",
        Provision(
            path="provision",
            kind=Kind.DENY,
            purposes=frozenset((V3, code) for code in INSURANCE)
            | {(PURPOSES, UNDERWRITING), (PURPOSES, EMPLOYMENT)},
            labels=GENETIC,
        ),
    ),
    # The right not to know: what was not looked for is told to those alone who asked for it.
    _rule(
        "secondary findings are opt-in",
        Provision(
            path="provision", kind=Kind.DENY, labels=frozenset(((LABELS, SECONDARY_FINDING),))
        ),
        SECONDARY_FINDING,
    ),
    # What relatives ask for is told to those whom the person named.
    _rule(
        "relatives see what the person said they may",
        Provision(
            path="provision",
            kind=Kind.DENY,
            purposes=frozenset(((V3, "FAMRQT"), (V3, "SUPNWK"))),
        ),
        ACTOR,
    ),
)

# What the national data opt-out says where the resource itself says nothing: no research and no
# planning; care is never touched. It yields to consent to a study by name.
# Source: https://digital.nhs.uk/services/national-data-opt-out (unchecked)
OPT_OUT_PROVISION = Provision(path="provision", kind=Kind.DENY, purposes=SECONDARY)
