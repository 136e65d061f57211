"""Checks a FHIR R4 resource against profiles: pure over StructureDefinitions that are handed in."""
