"""FHIR Subscriptions to the outside: read, told as notification Bundles, posted, and remembered."""
