"""Opening a record in an emergency, and closing it."""
