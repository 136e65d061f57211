"""Room: entry."""
