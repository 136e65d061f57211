"""Room: entry/cli."""
