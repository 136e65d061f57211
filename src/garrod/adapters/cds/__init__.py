"""CDS Hooks 2.0 to the outside: calls read, prefetch completed, clients known, cards written."""
