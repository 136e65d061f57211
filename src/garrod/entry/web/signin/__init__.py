"""The page where the server's token is given."""
