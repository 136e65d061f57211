"""The doors: where time, files named by a user, and options come in."""
