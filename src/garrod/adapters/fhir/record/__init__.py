"""FHIR for the record: strict parsing, splicing, index rows, search URLs, summaries."""
