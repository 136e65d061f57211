"""The populations whose allele frequencies are on the shelf; "pooled" where ancestry is unknown."""

POPULATIONS = ("EUR", "SAS", "AFR", "EAS", "AMR", "pooled")  # Source: pack pgx-frequencies
