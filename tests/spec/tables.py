"""The given/expected tables, as the tests and the documentation read them."""

import csv
from pathlib import Path


def spec_table(name: str) -> list[dict[str, str]]:
    """Return the rows of a table beside this file."""
    with (Path(__file__).with_name(f"{name}.csv")).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
