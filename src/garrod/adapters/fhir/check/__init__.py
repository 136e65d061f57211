"""Whether JSON is FHIR R4: checks compiled from the facts of the pack fhir-r4."""
