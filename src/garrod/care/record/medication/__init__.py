"""The medication list of one person: lines, how they change, and what a list must never hide."""
