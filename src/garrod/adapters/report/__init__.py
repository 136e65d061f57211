"""Room: adapters/report."""
