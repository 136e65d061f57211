"""What FHIR's REST interface sends and receives: bundles of results, transactions, conditions."""
