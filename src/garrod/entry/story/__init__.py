"""The synthetic person of the demo, as files; nobody real."""
