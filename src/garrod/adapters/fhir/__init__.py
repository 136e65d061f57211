"""FHIR R4 JSON to a person, and options to draft orders."""
