"""One record per person: what is kept, how it changes, and who is told."""
