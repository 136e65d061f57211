"""Findings and advice to a FHIR R4 Genomics Reporting bundle (STU3, 3.0.0)."""
