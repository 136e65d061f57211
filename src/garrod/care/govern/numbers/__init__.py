"""Room: numbers about people that may leave: hidden, noised, pseudonymous, and kept count of."""
