"""Runs every comparison and prints its figures.  Run: python -m validation [name ...]"""

from __future__ import annotations

import sys
from collections.abc import Callable

from validation import (
    all_rows,
    audit_proofs,
    audit_tampering,
    cds_hooks,
    cohort100,
    consent_pcf,
    decide_burden,
    decide_exposure,
    decide_interactions,
    decide_phenoconversion,
    dpwg_rows,
    fhir_clients,
    fhir_defects,
    fhir_differential,
    fhir_examples,
    fhir_paths,
    fhir_profiles,
    fhir_round_trip,
    fhir_storage,
    fhir_ukcore,
    fhir_xml,
    full_report,
    getrm,
    grch37,
    guidance_rows,
    kill_rounds,
    matcher_cases,
    pharmcat_json,
    phenotype_rows,
    pipeline_cases,
    population400,
    release_numbers,
    samples,
    second_reading,
    snooping,
    stability,
    synthetic400,
    warfarin,
)
from validation.data import PGX

ALL: dict[str, Callable[[], int]] = {
    "matcher_cases": matcher_cases.main,
    "pipeline_cases": pipeline_cases.main,
    "cohort100": cohort100.main,
    "synthetic400": synthetic400.main,
    "population400": population400.main,
    "getrm": getrm.main,
    "phenotype_rows": phenotype_rows.main,
    "pharmcat_json": pharmcat_json.main,
    "grch37": grch37.main,
    "stability": stability.main,
    "warfarin": warfarin.main,
    "guidance_rows": guidance_rows.main,
    "all_rows": all_rows.main,
    "release_numbers": release_numbers.main,
    "second_reading": second_reading.main,
    "dpwg_rows": dpwg_rows.main,
    "full_report": full_report.main,
    "decide_exposure": decide_exposure.main,
    "decide_phenoconversion": decide_phenoconversion.main,
    "decide_burden": decide_burden.main,
    "decide_interactions": decide_interactions.main,
    "cds_hooks": cds_hooks.main,
    "fhir_round_trip": fhir_round_trip.main,
    "fhir_paths": fhir_paths.main,
    "fhir_profiles": fhir_profiles.main,
    "fhir_defects": fhir_defects.main,
    "fhir_examples": fhir_examples.main,
    "fhir_ukcore": fhir_ukcore.main,
    "fhir_storage": fhir_storage.main,
    "fhir_xml": fhir_xml.main,
    "kill_rounds": kill_rounds.main,
    "audit_proofs": audit_proofs.main,
    "consent_pcf": consent_pcf.main,
    "audit_tampering": audit_tampering.main,
    "snooping": snooping.main,
    "samples": samples.main,
}
BY_NAME: dict[str, Callable[[], int]] = {
    # These install packages, so they are run when they are asked for.
    "fhir_clients": fhir_clients.main,
    "fhir_differential": fhir_differential.main,
}
SELF_CONTAINED = {
    "kill_rounds",
    "audit_tampering",
    "snooping",
    "cds_hooks",
    *BY_NAME,
}  # what makes or fetches its own data


def main(names: list[str]) -> int:
    """Run the named comparisons, or all; return 1 where a target is missed, 2 without the data."""
    if not PGX.is_dir() and not (names and set(names) <= SELF_CONTAINED):
        print("The shared data folder is absent: set GARROD_SHARED to it. Nothing was compared.")
        return 2
    known = {**ALL, **BY_NAME}
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"Unknown: {', '.join(unknown)}; there are {', '.join(known)}.")
        return 2
    missed = [name for name in names or ALL if known[name]()]
    print(f"\nTargets missed in: {', '.join(missed)}" if missed else "\nEvery target is met.")
    return int(bool(missed))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
