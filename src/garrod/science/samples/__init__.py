"""Whose sample a file is, and whether it is one person's alone."""
