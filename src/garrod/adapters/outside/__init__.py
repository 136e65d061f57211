"""Reads calls that other programs and laboratories made."""
