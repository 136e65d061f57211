"""Room: care."""
