"""Speaks with the outside: files and formats to core values, and core values to them."""
