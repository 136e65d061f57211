"""Every way to a person's data is listed here with what guards it; one that is new fails.

The ways are read off the code itself: the tables of the FHIR door, the operations, the pages of
the applications, the hooks, and each place that reads the store past the decision point.
"""

from __future__ import annotations

import ast

import pytest
from starlette.routing import BaseRoute

from garrod.adapters.cds.catalogue import SERVICES
from garrod.entry.api import routes
from garrod.entry.api.app import make_app
from garrod.entry.api.operations import OPERATIONS
from garrod.entry.guard import OPEN, Guard
from garrod.entry.web.atlas import FIRST
from tests.house.source_tree import SRC, dotted, modules, place, tree

# How each is guarded. "seen": the record as the actor sees it (Record.seen_by), asked about each
# version; "people": the snapshot of what the actor sees; "demand": the decision point is asked for
# the person; "house": those alone who may read everybody's; "shared": no person's data; "open":
# told to anybody; "own": what the actor themselves asked for before.
FHIR = {
    "SYSTEM POST": "seen", "SYSTEM GET": "seen",
    "TYPE GET": "seen", "TYPE POST": "seen", "TYPE PUT": "seen", "TYPE PATCH": "seen",
    "TYPE DELETE": "seen",
    "INSTANCE GET": "seen", "INSTANCE PUT": "seen", "INSTANCE PATCH": "seen",
    "INSTANCE DELETE": "seen",
    "ENTRY GET": "demand, for each person named",
}  # fmt: skip
ACTS = {  # what the FHIR door answers with, whatever the path
    "capabilities": "open", "smart_configuration": "open",
    "past": "seen", "read_version": "seen", "search": "seen", "search_all": "seen",
    "search_compartment": "seen", "audit_events": "demand", "operate": "see OPERATED",
    "kept": "seen, claimed",
}  # fmt: skip
OPERATED = {
    "advise": "people", "break-glass": "demand", "mend-glass": "own",
    "confirm-medication-list": "demand", "events": "own",
    "everything": "seen", "expand": "shared", "export": "seen", "export-file": "own, seen anew",
    "export-status": "own", "get-ws-binding-token": "own", "hook-secret": "own", "import": "house",
    "line": "demand", "lookup": "shared", "medication-duplicates": "demand",
    "medication-list": "demand", "merge": "house", "process-message": "house",
    "reconcile": "demand", "status": "own", "subject-access": "seen, demand",
    "subsumes": "shared", "translate": "shared",
    "unmerge": "house", "validate": "seen", "validate-code": "shared",
}  # fmt: skip
PAGES = {
    "/health": "open", "/metrics": "open", "/openapi.json": "open",
    "/advice": "people", "/events": "seen", "/fhir/ws": "own",
    "/audit/head": "shared", "/audit/proof/inclusion": "shared",
    "/audit/proof/consistency": "shared", "/audit/people/{id}": "demand",
}  # fmt: skip
HOOKS = {
    "garrod-appointment-book": "people",
    "garrod-order-select": "people", "garrod-order-sign": "people",
    "garrod-order-dispatch": "people", "garrod-patient-view": "people",
    "garrod-encounter-discharge": "people", "garrod-medication-refill": "people",
}  # fmt: skip
WEB = {
    "": "seen", "patients": "seen, people, demand", "emergency": "demand", "access": "house",
    "review": "house",
    "sign-in": "open", "sign-out": "own", "static": "open",
    "learn": "own, made-up people alone",
    "mine": "people, seen", "card": "shared",
    "safety": "shared", "register": "shared: it has no small numbers",
    "connect": "house; trying one keeps nothing",
    "today": "seen; what governance judges: house",
    "knowledge": "demand; people: seen",
    "laboratory": "demand, for each person named",
}  # fmt: skip
WITHOUT_A_TOKEN = {
    "/health", "/metrics", "/openapi.json", "/fhir/metadata",
    "/fhir/.well-known/smart-configuration",
}  # fmt: skip

# Who reads or writes the store past the decision point, and why that tells nobody anything.
PAST = {
    "adapters/fhir/cards_memory.py": "notes of answered cards, after demand",
    "adapters/fhir/ingest/acts.py": "taking in: the house alone",
    "adapters/fhir/ingest/take.py": "taking in: the house alone",
    "care/record/choosing.py": "what consent would say, after demand; no resource is told",
    "adapters/fhir/tasks_book.py": "tasks of the monitor, by the local user",
    "care/record/breaking.py": "opening a record: after demand; closing: one's own",
    "care/record/compartments.py": "a person read whole, after demand; the gate is asked of each",
    "care/record/glass_reviews.py": "judging an emergency, to whoever reads all history",
    "care/record/medicines.py": "a list is whole or it is wrong: after demand, lines are hidden",
    "care/record/medicines_merge.py": "merging: the house alone",
    "care/record/medicines_reconcile.py": "as medicines.py",
    "care/record/medicines_view.py": "as medicines.py",
    "care/record/people.py": "the kept whole person, told to whoever may see all of it",
    "adapters/hl7v2/taking.py": "asks whether the actor acts for the house, and before each write",
    "care/record/together.py": "each write is asked about (Record.updating)",
    "entry/audit_showing.py": "asks what an actor's rights over a person's entries are",
    "entry/api/app.py": "the feed, which each listener hears through Record.tells; health",
    "entry/api/operations/bulk_open.py": "to be asked about line by line",
    "entry/api/operations/terminology_asking.py": "code systems: no person's",
    "entry/api/subscribing.py": "keeps Subscriptions going; their owner's rights tell",
    "entry/api/subscribing_opening.py": "notes of who asked",
    "entry/api/subscribing_telling.py": "events and versions that Record.tells of",
    "entry/api/subscribing_writing.py": "the version that this very request wrote",
    "entry/api/websocket.py": "the Subscription that its owner bound",
    "entry/cli/audit_review.py": "the local user's command",
    "entry/web/news.py": "the feed, of which each page hears through Record.tells",
    "entry/web/today/reading.py": "the queue of looks, to whoever reads all history",
    "entry/web/review/page.py": "the queue beside the record, to whoever reads all history",
    "entry/web/access/judging.py": "the glasses that were broken, to whoever reads all history",
    "entry/web/access/page.py": "who has a number, to whoever reads all history",
    "entry/asgi.py": "code systems: no person's",
    "entry/cli/population_record.py": "the local user's command",
    "entry/cli/record_labels.py": "the local user's command",
    "entry/cli/record_proof.py": "the local user's command",
    "entry/affected.py": "the server's own reanalysis; what it notes is ids, seen anew by name",
    "entry/consult.py": "notes of cards that were shown",
    "entry/demo_world.py": "the made-up people of the demo",
    "entry/monitoring.py": "the server's own monitor",
    "entry/reviewing.py": "the note of when the server last had looks weighed",
}


def said(found: set[str], listed: dict[str, str]) -> str:
    new, gone = sorted(found - set(listed)), sorted(set(listed) - found)
    return f"new, say how each is guarded: {new}; listed and gone: {gone}"


def test_acts_of_the_fhir_door_are_listed() -> None:
    tables = {
        "SYSTEM": routes.SYSTEM,
        "TYPE": routes.TYPE,
        "INSTANCE": routes.INSTANCE,
        "ENTRY": routes.ENTRY,
    }
    found = {f"{name} {method}" for name, table in tables.items() for method in table}
    assert found == set(FHIR), said(found, FHIR)


def test_paths_of_the_fhir_door_lead_to_listed_acts_alone() -> None:
    """Read off the function that chooses: whatever it may return beside the tables."""
    (chooser,) = (
        node
        for node in ast.walk(tree(SRC / "entry" / "api" / "routes.py"))
        if isinstance(node, ast.FunctionDef) and node.name == "act_of"
    )
    rooms = {"auditing", "bundling", "operating", "reading", "searching", "smart", "writing"}
    found = {
        node.attr
        for node in ast.walk(chooser)
        if isinstance(node, ast.Attribute) and dotted(node).partition(".")[0] in rooms
    } - {"PATH"}
    found |= {"kept"} & {n.id for n in ast.walk(chooser) if isinstance(n, ast.Name)}
    assert found == set(ACTS), said(found, ACTS)


def test_operations_are_listed() -> None:
    assert set(OPERATIONS) == set(OPERATED), said(set(OPERATIONS), OPERATED)


def test_pages_beside_fhir_are_listed() -> None:
    app = make_app(pytest.fail, Guard("t", frozenset()))  # type: ignore[arg-type]
    found = {_path(route) for route in app.pages.router.routes}
    assert found == set(PAGES), said(found, PAGES)


def _path(route: BaseRoute) -> str:
    return str(getattr(route, "path", route))


def test_hooks_are_listed() -> None:
    assert set(SERVICES) == set(HOOKS), said(set(SERVICES), HOOKS)


def test_pages_of_the_clinic_are_listed() -> None:
    assert set(FIRST) == set(WEB), said(set(FIRST), WEB)


def test_nothing_else_is_open_to_whoever_has_no_token() -> None:
    assert set(OPEN) == WITHOUT_A_TOKEN


def past_the_gate() -> set[str]:
    """Return the modules that reach the store of a record itself."""
    found = set()
    for path in modules(SRC / "entry", SRC / "adapters", SRC / "care"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute) and dotted(node).endswith("record.store"):
                found.add(place(path).removeprefix("src/garrod/"))
    return found


def test_whoever_reads_past_the_decision_point_is_listed() -> None:
    assert past_the_gate() == set(PAST), said(past_the_gate(), PAST)


def test_no_door_keeps_a_store_under_another_name() -> None:
    """What is handed a store is named, so that it cannot be read past the point unseen."""
    takers = {
        "entry/api/events_feed.py",
        "entry/cli/population_place.py",
        "entry/cli/population_record.py",
        "entry/memories.py",
        "entry/terms.py",
        "entry/wire.py",
        "entry/housing.py",
        "entry/governing.py",
        "entry/judging_people.py",
    }
    found = set()
    for path in modules(SRC / "entry"):
        imported = {
            alias.name
            for node in ast.walk(tree(path))
            if isinstance(node, ast.ImportFrom) and node.module == "garrod.care.record.ports"
            for alias in node.names
        }
        if imported & {"Store"}:
            found.add(place(path).removeprefix("src/garrod/"))
    assert found <= takers, sorted(found - takers)
