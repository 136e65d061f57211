"""Room: adapters/fhir."""
