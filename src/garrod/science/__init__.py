"""Room: science."""
