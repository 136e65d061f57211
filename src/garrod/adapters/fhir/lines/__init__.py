"""The medication list as FHIR R4: lines, lists, doses, and what the list follows."""
