"""Reads variant files into readings of known positions; says what it could not read."""
