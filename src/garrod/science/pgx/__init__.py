"""Room: science/pgx."""
