"""The facts themselves, as data: one folder per pack and version."""
