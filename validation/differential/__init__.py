"""What validation.fhir_differential is made of: resources, questions, two servers and a judge."""
