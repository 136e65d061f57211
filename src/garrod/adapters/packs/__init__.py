"""Room: adapters/packs."""
