"""Speed and memory on seeded inputs, against the floor of merely reading the same file."""
