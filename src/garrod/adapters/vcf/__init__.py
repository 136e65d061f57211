"""Room: adapters/vcf."""
