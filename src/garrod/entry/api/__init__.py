"""The FHIR door: HTTP in, acts of the record, HTTP out."""
