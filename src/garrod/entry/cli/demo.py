"""garrod demo: one synthetic person, one alert and its proof; then two hundred people's record."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from garrod.entry.cli.output import say, write_out

if TYPE_CHECKING:
    from socket import socket

    from garrod.care.decide.model import Decision

EXAMPLE = "Example: garrod demo --once"
HOST = "127.0.0.1"
AGAIN = "GARROD_DEMO_SOCKET"  # the open socket that a demo leaves to the one that follows it
BACKLOG = 128  # Not clinical: browsers that may wait while a demo starts over
NOT_STARTED = 3  # as uvicorn ends where a server could not start; it has said why


def demo(
    port: Annotated[int, typer.Option("--port", help="Port of the record and its pages.")] = 8765,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Serve, but open no browser.")
    ] = False,
    once: Annotated[bool, typer.Option("--once", help="Print the story and exit.")] = False,
) -> None:
    """Show one alert for a synthetic person, then serve the record of two hundred of them."""
    import gc
    import os

    if not once:
        gc.disable()  # what is read at the start stays: until it answers, there is no rubbish
    is_again = AGAIN in os.environ  # it started over: its story has been told
    if not is_again:
        _tell_story(goes_on=not once)
    if not once:
        _serve(port, open_browser=not no_browser and not is_again)


def _tell_story(*, goes_on: bool) -> None:
    """Print the decision about the story's person; a server that follows need not read packs again.

    Raises: GarrodError.
    """
    from garrod.adapters.fhir.medicine import read_order
    from garrod.adapters.fhir.person import read_person
    from garrod.adapters.report.text import decision_text
    from garrod.core.medicine import Act, Proposal
    from garrod.entry.cli.persons import Genome, with_genome
    from garrod.entry.demo_story import GENOME, ORDER, PERSON
    from garrod.entry.wire import BEFORE, Services, today

    services = Services()
    BEFORE.extend([services] if goes_on else [])
    read = read_person(PERSON)
    person, _ = with_genome(services, read, Genome(GENOME))
    proposal = Proposal(Act.ORDER, read_order(ORDER, read.own))
    decision = services.answer(person, proposal, today=today())
    text = decision_text(decision, person, proposal) + _closing(decision)
    write_out([text.encode()], None)


def _closing(decision: Decision) -> str:
    """Return how many cards stand in the way (one an order, at most), and what stands beside."""
    from garrod.care.decide.card import SHOWN, card_of
    from garrod.core.advice import Target

    card = card_of(decision, Target("order"))
    alerts = "1 alert" if card is not None and card.is_interruptive else "No alert"
    beside = sum(advice.tier in SHOWN for advice in decision.advice) - (alerts == "1 alert")
    notes = f" Beside it, on the same card: {beside} more." if beside else ""
    marks = "Synthetic data; not a medical device; not for the care of real people."
    return f"\n{alerts}.{notes}\n{marks}\n"


def _serve(port: int, *, open_browser: bool) -> None:
    """Serve the record of synthetic people on loopback until interrupted.

    Raises: InputError INP040, INP041; OutsideError where the record cannot be opened.
    """
    import asyncio
    import gc

    from garrod.entry.cli.serve import sign_in_link, tell_development, tell_server
    from garrod.entry.demo_packs import forget_site, site_of
    from garrod.entry.demo_reset import forget, own_record
    from garrod.entry.housing import housing_of, try_store
    from garrod.entry.terms import mode_named

    mode_named()
    housing = housing_of(is_demo=True)
    asyncio.run(try_store(housing))
    listening = _listening(port)
    port = listening.getsockname()[1]  # of port 0, the one that was free
    tell_server(housing, f"http://{HOST}:{port}/fhir", is_demo=True)
    url = f"http://{HOST}:{port}"
    link = sign_in_link(url)
    say("Two hundred synthetic people are being opened; that takes some seconds the first time.")

    def told() -> None:
        gc.enable()
        say(f"They are at {url}/, their record at {url}/fhir (Ctrl-C ends it). Nobody is real.")
        if housing.is_new_token:
            say(f"Its token, shown once and kept in {housing.folder / 'token'}: {housing.token}")
        say(f"Prescribe for them in a browser, signed in once by this link: {link}")
        tell_development()
        if open_browser:
            import webbrowser

            webbrowser.open(link)

    record = own_record(housing)
    _run(listening.dup(), told, may_start_over=record is not None)
    if record is not None:  # who ended it otherwise does not come back from _run
        forget(record)
        site = site_of(housing.folder)
        if site is not None:
            forget_site(site)
        _begin_again(listening)


def _listening(port: int) -> socket:
    """Return where the demo listens: the socket of the one before it, or a new one.

    Raises: InputError INP040 where somebody listens there already.
    """
    import os
    import socket

    from garrod.entry.cli.serve import check_port

    handle = os.environ.pop(AGAIN, "")
    if handle:
        return socket.socket(fileno=int(handle))
    check_port(HOST, port)
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((HOST, port))
    made.listen(BACKLOG)
    return made


def _run(listening: socket, told: Callable[[], None], *, may_start_over: bool) -> None:
    """Run the server; say so when it answers, not before. Return where it is to start over."""
    import sys

    import uvicorn

    from garrod.entry.cli.serve import QUIET
    from garrod.entry.demo_reset import RESET

    class Server(uvicorn.Server):
        """Tells when it has started."""

        async def startup(self, sockets: list[socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                told()

    server = Server(uvicorn.Config("garrod.entry.demo_asgi:app", **QUIET))
    if may_start_over:
        RESET.stop = lambda: setattr(server, "should_exit", True)
    server.run(sockets=[listening])
    if not server.started:
        sys.exit(NOT_STARTED)
    if not RESET.is_wanted:
        sys.exit(0)


def _begin_again(listening: socket) -> None:
    """Become the same command anew; who asks meanwhile waits on the socket that stays open."""
    import os
    import sys

    say("The demo starts over: its record is stored anew.")
    listening.set_inheritable(True)
    command = "from garrod.entry.cli.app import main; main()"
    os.environ[AGAIN] = str(listening.fileno())
    os.execv(sys.executable, [sys.executable, "-c", command, *sys.argv[1:]])
