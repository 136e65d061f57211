"""What changes for people when the knowledge changes."""
