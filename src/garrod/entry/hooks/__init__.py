"""The CDS Hooks door: /cds-services."""
