"""garrod demo: one synthetic person, one proposed medicine, one alert, and the whole proof."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from garrod.entry.cli.output import say, write_out

if TYPE_CHECKING:
    from garrod.core.advice import Advice

EXAMPLE = "Example: garrod demo --once"


def demo(
    port: Annotated[int, typer.Option("--port", help="Port of the report page.")] = 8765,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Serve, but open no browser.")
    ] = False,
    once: Annotated[bool, typer.Option("--once", help="Print the story and exit.")] = False,
) -> None:
    """Show the story of a synthetic person: a genome, a proposed medicine, one alert."""
    import garrod.entry.story as story
    from garrod.adapters.fhir.medicine import read_order
    from garrod.adapters.fhir.person import read_person
    from garrod.adapters.report.html import render_html
    from garrod.adapters.report.text import decision_text
    from garrod.core.medicine import Act, Proposal
    from garrod.entry.cli.persons import Genome, with_genome
    from garrod.entry.reporting import report_of
    from garrod.entry.wire import Services, today

    folder = Path(story.__path__[0])
    services = Services()
    read = read_person(folder / "person.json")
    person, table = with_genome(services, read, Genome(folder / "genome.vcf"))
    proposal = Proposal(Act.ORDER, read_order(folder / "order.json", read.own))
    decision = services.answer(person, proposal, today=today())
    text = decision_text(decision, person, proposal) + _closing(decision.advice)
    write_out([text.encode()], None)
    if not once:
        page = render_html(report_of(services, person, table)).encode()
        _serve(page, port, open_browser=not no_browser)


def _closing(advice: Sequence[Advice]) -> str:
    count = len(advice)
    alerts = "1 alert" if count == 1 else f"{count} alerts"
    return f"\n{alerts}. Synthetic data; not a medical device; not for the care of real people.\n"


def _serve(page: bytes, port: int, *, open_browser: bool) -> None:
    """Serve the person's report on loopback until interrupted."""
    import webbrowser
    from http.server import BaseHTTPRequestHandler, HTTPServer

    from garrod.core.errors import InputError

    class Handler(BaseHTTPRequestHandler):
        """Answers every path with the one page."""

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing: a request line may name a person."""

    try:
        server = HTTPServer(("127.0.0.1", port), Handler)
    except OSError as error:
        raise InputError(
            f"port {port} cannot be used ({error.strerror}); choose another with --port",
            code="INP040",
        ) from error
    url = f"http://127.0.0.1:{server.server_port}/"
    say(f"The whole report is open at {url} (Ctrl-C ends it)")
    if open_browser:
        webbrowser.open(url)
    with server:
        server.serve_forever()
