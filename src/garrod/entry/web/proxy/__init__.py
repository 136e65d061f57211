"""A room of the web door; see README."""
