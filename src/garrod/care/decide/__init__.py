"""Room: care/decide."""
