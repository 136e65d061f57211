"""The options by which commands are told where a record and its data are."""

from __future__ import annotations

from typing import Annotated

import typer

Database = Annotated[
    str, typer.Option("--database", metavar="URL", help="sqlite:///FILE or postgresql://…")
]
Data = Annotated[
    str, typer.Option("--data", metavar="DIR", help="Where data is kept; else GARROD_DATA.")
]
