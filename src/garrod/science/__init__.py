"""Reasoning over facts: pure functions, no I/O."""
