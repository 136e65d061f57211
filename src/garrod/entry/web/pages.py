"""Lays out pages: templates with loops only, every value escaped, the headers of each answer."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from garrod.entry.web.framing import framed

POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'"
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


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
def static(name: str) -> Response | None:
    """Return a file that pages are laid out with; None where there is no such file."""
    media = TYPES.get(name[name.rfind(".") :])
    folder = files("garrod.entry.web").joinpath("static")
    if media is None or name not in {file.name for file in folder.iterdir()}:
        return None
    headers = {**HEADERS, "Cache-Control": "max-age=300"}
    return Response(folder.joinpath(name).read_bytes(), media_type=media, headers=headers)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("garrod.entry.web", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
