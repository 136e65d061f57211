"""Comparisons with the outside world; each module prints its figures and states its tolerance."""
