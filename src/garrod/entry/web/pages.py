"""Lays out pages: templates with loops only, every value escaped, the headers of each answer."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from garrod.entry.web.files import Versions
from garrod.entry.web.framing import framed
from garrod.entry.web.headers import HEADERS, POLICY
from garrod.entry.web.wording import Rooms

__all__ = ["HEADERS", "POLICY", "page", "rendered", "see"]


def page(template: str, *, status: int = 200, **values: object) -> Response:
    """Return a page. `template` is "folder/page.jinja"."""
    return HTMLResponse(rendered(template, **values), status_code=status, headers=HEADERS)


def rendered(template: str, **values: object) -> str:
    """Return a page's text, every value escaped."""
    return _environment().get_template(template).render(frame=framed(), **values)


def see(address: str) -> Response:
    """Return that the browser is to get another page of ours (303: after a form, too)."""
    return RedirectResponse(address, status_code=303, headers=HEADERS)


@cache
def _environment() -> Environment:
    found = Environment(
        loader=PackageLoader("garrod.entry.web", "."),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=[Versions],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals["wording"] = Rooms()
    return found
