"""What consent costs: features of an observation, a consent met by a request, a ruling.

    python -m bench.consent          seconds; processor time, so that other work does not count

The consent has a permit with labels and purposes, and one exception; the observation is a blood
pressure of 1.1 kB with two components.
"""

from __future__ import annotations

import json
import time
import timeit
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median

from garrod.adapters.fhir.consents import consent_of
from garrod.adapters.fhir.features import FeatureReader
from garrod.adapters.packs.load import load_shelf
from garrod.care.govern.consent.evaluate import outline
from garrod.care.govern.consent.model import Request
from garrod.care.govern.labels import Labels

LOINC, V3 = "http://loinc.org", "http://terminology.hl7.org/CodeSystem/v3-ActReason"
TIMES, ROUNDS = 2_000, 15


def observation() -> bytes:
    """Return a blood pressure."""

    def coded(code: str, words: str) -> dict[str, object]:
        return {"coding": [{"system": LOINC, "code": code, "display": words}]}

    def part(code: str, words: str, value: float) -> dict[str, object]:
        ucum = {"system": "http://unitsofmeasure.org", "code": "mm[Hg]", "unit": "mmHg"}
        return {"code": coded(code, words), "valueQuantity": {"value": value, **ucum}}

    category = "http://terminology.hl7.org/CodeSystem/observation-category"
    whole = {
        "resourceType": "Observation", "id": "bp", "status": "final",
        "meta": {"security": [{"system": "s", "code": "N"}], "profile": ["https://example.org/bp"]},
        "category": [{"coding": [{"system": category, "code": "vital-signs"}]}],
        "code": coded("85354-9", "Blood pressure panel"), "subject": {"reference": "Patient/p"},
        "encounter": {"reference": "Encounter/e"}, "performer": [{"reference": "Practitioner/a"}],
        "effectiveDateTime": "2022-03-01T09:30:00+00:00",
        "component": [part("8480-6", "Systolic", 140.0), part("8462-4", "Diastolic", 90.0)],
    }  # fmt: skip
    return json.dumps(whole, indent=1).encode()


def consent() -> dict[str, object]:
    """Return a consent to what is normal, but for what is restricted."""
    purposes = [{"system": V3, "code": code} for code in ("TREAT", "HPAYMT", "HOPERAT")]
    deny = {"type": "deny", "securityLabel": [{"code": "R"}]}
    permit = {"type": "permit", "purpose": purposes, "securityLabel": [{"code": "N"}]}
    return {
        "resourceType": "Consent", "id": "c", "status": "active",
        "patient": {"reference": "Patient/p"}, "provision": {**permit, "provision": [deny]},
    }  # fmt: skip


def microseconds(act: Callable[[], object]) -> float:
    """Return the median of rounds, in microseconds of processor time an act."""
    act()
    taken = timeit.repeat(act, number=TIMES, repeat=ROUNDS, timer=time.process_time)
    return median(taken) / TIMES * 1e6


def main() -> None:
    """Print the figures."""
    labels, body = Labels(load_shelf()), observation()
    fresh, kept = FeatureReader(labels, kept=0), FeatureReader(labels)
    features = kept.of(body, "Observation", "bp", sha256=b"known")
    request = Request("Practitioner/a", frozenset(), "TREAT", datetime(2022, 7, 1, tzinfo=UTC))
    given = [consent_of(consent())]
    ahead = outline(given, request)
    acts: dict[str, Callable[[], object]] = {
        "features of an observation, first seen": lambda: fresh.of(body, "Observation", "bp"),
        "features of an observation, kept": lambda: kept.of(
            body, "Observation", "bp", sha256=b"known"
        ),
        "a consent met by a request (outline)": lambda: outline(given, request),
        "a ruling on a resource (outline.of)": lambda: ahead.of(features),
    }
    print(f"| figure ({len(body):,} bytes) | median, microseconds |\n|---|---|")
    for name, act in acts.items():
        print(f"| {name} | {microseconds(act):.1f} |")


if __name__ == "__main__":
    main()
