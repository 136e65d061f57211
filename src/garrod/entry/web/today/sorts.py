"""What each open task is, whose it is, and by when: read off the task itself. Pure.

Task -> Item; who asks -> whether it is theirs
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from garrod.adapters.fhir.cards import ISSUE, OWNERS
from garrod.adapters.fhir.dates import first_date
from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.adapters.fhir.lines.names import CODES
from garrod.adapters.fhir.lines.reconciling import is_case
from garrod.adapters.fhir.tasks_open import due_of, owner_of
from garrod.care.govern.access import LOCAL, Actor
from garrod.entry.web.plain import change_words
from garrod.entry.web.told.message import FELT, NEW, Message

OVERRULED, CHANGED, RECALL, MONITOR = "overruled", "changed", "recall", "monitoring"
RECONCILE, QUERY, LABORATORY, EMERGENCY = "reconcile", "queries", "laboratory", "emergency"
TOLD, OTHER = "told", "other"
SORTS = {
    OVERRULED: "Hard stops that were overruled",
    TOLD: "Told by people, and not answered yet",
    CHANGED: "Advice that has changed",
    RECALL: "Prescriptions to recall",
    RECONCILE: "Reconciliations",
    QUERY: "Queries and reviews",
    LABORATORY: "Tests and results to check",
    MONITOR: "Monitoring",
    EMERGENCY: "Records opened in an emergency",
    OTHER: "Other tasks",
}
BY_CODE = {
    "advice-urgent": CHANGED, "advice-changed": CHANGED, "advice-withdrawn": CHANGED,
    "advice-monitor": MONITOR, "monitor": MONITOR, "advice-test": LABORATORY,
    "check-result": LABORATORY, "result-whose": LABORATORY, "result-unsaid": QUERY,
    "pharmacist-review": QUERY, "recall-prescription": RECALL, "pharmacist-query": QUERY,
    "person-stopped": QUERY, "handover-query": RECONCILE,
    "reconcile-medications": RECONCILE, "break-glass-review": EMERGENCY,
}  # fmt: skip
# Whose tasks a role does: by the name under which tasks are owned. Source: the project's design.
TEAMS_OF = {
    "prescriber": frozenset(("prescriber", "monitoring")),
    "nurse": frozenset(("nurse", "monitoring")),
    "pharmacist": frozenset(("pharmacist",)),
    "laboratory-scientist": frozenset(("laboratory",)),
    "geneticist": frozenset(("geneticist", "laboratory")),
}
# Who answers what people tell, and by when.  Source: own choice (unchecked)
ANSWERING = frozenset(("prescriber", "pharmacist"))
SOONER, LATER = timedelta(days=2), timedelta(days=7)
UNOWNED = frozenset(("prescriber", "pharmacist"))  # who sees what is nobody's yet as theirs
TEAMS = {
    "prescriber": "Prescriber",
    "pharmacist": "Pharmacist",
    "nurse": "Nurse",
    "monitoring": "Monitoring team",
    "laboratory": "Laboratory",
    "geneticist": "Geneticist",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One open task. `due` None: no day was set."""

    id: str
    sort: str
    patient: str
    words: str
    about: str
    team: str
    owner: str
    due: date | None
    is_urgent: bool
    is_case: bool  # it is decided on a page of its own, and done thereby
    link: str = ""  # the page where it stands, where that is none of a task

    @property
    def place(self) -> tuple[date, bool, str]:
        """Return where it stands: what is due first before the rest."""
        return (self.due or date.max, not self.is_urgent, self.id)


def item_of(task: Resource) -> Item:
    """Return what a task is."""
    owner = one(task, "owner")
    named = one(owner, "identifier")
    team = text(named, "value") if text(named, "system") == OWNERS else text(owner, "reference")
    return Item(
        id=text(task, "id"),
        sort=sort_of(task),
        patient=text(one(task, "for"), "reference").removeprefix("Patient/"),
        words=text(one(task, "code"), "text") or "To do",
        about=change_words(text(task, "description")),
        team=team,
        owner=TEAMS.get(team, owner_of(task)),
        due=first_date(due_of(task)),
        is_urgent=text(task, "priority") in ("urgent", "asap", "stat"),
        is_case=is_case(task) or sort_of(task) == EMERGENCY,
    )


def item_told(message: Message, actor: Actor) -> Item:
    """Return what a person told as something to do, as one actor has it before them."""
    is_mine = message.taker == actor.id
    owner = "Prescriber or pharmacist"
    if message.state != NEW:
        owner = "You have taken it up" if is_mine else "A colleague has taken it up"
    return Item(
        id=message.id,
        sort=TOLD,
        patient=message.patient,
        words=message.title,
        about=message.words,
        team="" if message.state == NEW else message.taker,
        owner=owner,
        due=_answered_by(message),
        is_urgent=False,
        is_case=True,
        link=f"/patients/{message.patient}/told#{message.id}",
    )


def is_to_answer(item: Item, actor: Actor) -> bool:
    """Return whether what a person told is for an actor: nobody's yet, or taken up by them."""
    is_free = not item.team and actor.role in ANSWERING
    return actor == LOCAL or is_free or item.team == actor.id


def _answered_by(message: Message) -> date | None:
    try:
        sent = datetime.fromisoformat(message.sent)
    except ValueError:
        return None
    return (sent + (SOONER if message.what == FELT else LATER)).date()


def sort_of(task: Resource) -> str:
    """Return under which heading a task stands."""
    codes = [
        text(c, "code") for c in many(one(task, "code"), "coding") if text(c, "system") == CODES
    ]
    is_card = text(one(task, "focus"), "reference").startswith(f"{ISSUE}/")
    if is_card and text(task, "priority") == "urgent":
        return OVERRULED
    return next((BY_CODE[c] for c in codes if c in BY_CODE), OTHER)


def is_theirs(task: Resource, item: Item, actor: Actor) -> bool:
    """Return whether a task is for somebody to do: their team's, their own, or one they asked for.

    The local user's are all tasks.
    """
    if actor == LOCAL:
        return True
    requester = one(task, "requester")
    asked = (text(requester, "reference"), text(requester, "display"))
    if actor.id in (item.team, *asked):
        return True
    if not item.team:
        return actor.role in UNOWNED
    return item.team in TEAMS_OF.get(actor.role, frozenset())
