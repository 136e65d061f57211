"""What holds where no consent speaks: the local default, in words and as a rule.

consents -> ruling (evaluate) -> None -> default_ruling
"""

from __future__ import annotations

from garrod.care.govern.consent.model import Features, Request, Ruling
from garrod.care.govern.consent.purposes import CARE, V3, purpose_of

LOCAL_DEFAULT = (
    "Where a person has said nothing: those who care for them, with a role and a relationship, may "
    "use their data for that care and for nothing else.",
    "They themselves may see their own data. Relatives and representatives may not, until the "
    "person, or who acts for them, has said so.",
    "Research, planning, payment, insurance, employment, marketing, teaching and the training of "
    "models are not permitted without consent; what the law demands is asked for by its own "
    "procedure, outside this rule.",
    "Findings that nobody looked for are shown to nobody, until the person has asked for them.",
    "Genetic results serve no insurer and no employer, consent or not.",
    "The national data opt-out ends research and planning, but for a study that the person agreed "
    "to by name. It never touches their care.",
)
OWN_REQUEST = "PATRQT"


def default_ruling(features: Features, request: Request) -> Ruling:
    """Return what the local default says of a resource that no consent speaks of.

    It permits what a role and a relationship must still be shown for: it knows of neither.
    """
    system, code = purpose_of(request.purpose)
    if system == V3 and code in CARE:
        return _ruled(True, "care is permitted to those with a role and a relationship")
    if (system, code) == (V3, OWN_REQUEST):
        own = {f"Patient/{patient}" for patient in features.patients}
        is_own = own == {request.requester}
        words = "it is their own" if is_own else "what a person asks for is their own data"
        return _ruled(is_own, words)
    return _ruled(False, f"{code or 'a purpose that is not stated'} needs consent")


def _ruled(is_permitted: bool, words: str) -> Ruling:
    return Ruling(is_permitted, (f"no consent speaks; by the local default, {words}",))
