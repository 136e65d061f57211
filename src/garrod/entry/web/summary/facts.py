"""Puts what is known of a person now into short lines. Pure.

Person, tasks, today -> lines of problems, allergies, medicines, genes, what is open
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from garrod.adapters.fhir.dates import first_date
from garrod.adapters.fhir.json import Resource, one, text
from garrod.adapters.fhir.tasks_open import LAST, due_of, owner_of
from garrod.adapters.report.phrases import capital, phenotype_words
from garrod.core.finding import GeneFinding, Status
from garrod.core.medicine import MedicineLine
from garrod.core.person import GeneState, Person
from garrod.entry.web.plain import medicine_in
from garrod.entry.web.prescribe.banner import day
from garrod.entry.web.summary.view import Gene, Line
from garrod.knowledge.medicines import Medicines

Bearing = Mapping[str, tuple[str, ...]]  # by gene: ids of the drugs whose guidance asks for it
NAMED = 4  # Not clinical: medicines that are named of a gene; the others are counted
PLAIN = frozenset(("normal metabolizer", "normal function", "negative", "normal risk"))
UNREAD = Line("Could not be read", "ask the person, or their practice", is_loud=True)
SURE = 0.99  # Not clinical: from here on words say "more than"


def problems_of(person: Person) -> tuple[Line, ...]:
    """Return the problems that go on, the newest first."""
    if "conditions" in person.unseen:
        return (UNREAD,)
    active = [c for c in person.conditions if c.is_active]
    newest = sorted(active, key=lambda c: c.since or date.min, reverse=True)
    return tuple(Line(capital(c.text) or "Not named", _since(c.since)) for c in newest)


def past_of(person: Person) -> tuple[Line, ...]:
    """Return the problems that are over."""
    return tuple(Line(c.text, _since(c.since)) for c in person.conditions if not c.is_active)


def allergies_of(person: Person) -> tuple[Line, ...]:
    """Return the allergies that stand; what is recorded as over is not among them."""
    if "allergies" in person.unseen:
        return (UNREAD,)
    found = []
    for allergy in (a for a in person.allergies if a.is_active):
        notes = [", ".join(allergy.reactions) or "reaction not recorded"]
        notes += ["high risk"] if allergy.criticality == "high" else []
        notes += ["not confirmed"] if allergy.is_confirmed is False else []
        found.append(Line(allergy.text or "Not named", "; ".join(notes), is_loud=True))
    return tuple(found)


def medicines_of(person: Person) -> tuple[Line, ...]:
    """Return what the person takes now, each with what it is for."""
    if "medicines" in person.unseen:
        return (UNREAD,)
    found = []
    for line in person.medicines:
        reasons = [r.display for r in line.reasons if r.display]
        notes = ["ON HOLD: not taken now"] if line.is_held else []
        notes += [f"for {', '.join(reasons)}" if reasons else "what for: not recorded"]
        notes += ["when needed"] if line.is_as_needed else []
        notes += [_since(line.started)] if line.started else []
        found.append(Line(line.text or "Unnamed", "; ".join(notes), is_loud=line.is_held))
    return tuple(found)


def genes_of(person: Person, bearing: Bearing, known: Medicines) -> tuple[Gene, ...]:
    """Return the genes that were read and that guidance asks for; those that matter now first."""
    taken = {drug for line in person.medicines for drug in _drugs(line, known)}
    found = [
        _gene(f, bearing[f.gene], taken, known)
        for f in person.findings
        if f.gene in bearing and f.status in (Status.CALLED, Status.AMBIGUOUS)
    ]
    return tuple(sorted(found, key=lambda g: (not g.is_loud, g.name)))


def untested_of(person: Person, bearing: Bearing) -> tuple[tuple[str, ...], str]:
    """Return the genes that guidance asks for and that are not known, and what to say of them."""
    if "genetics" in person.unseen:
        return (), "Genetic results could not be read: nothing is known of them here."
    states = {gene: person.gene_state(gene) for gene in sorted(bearing)}
    words = {GeneState.PENDING: " (awaited)", GeneState.NOT_CALLABLE: " (could not be told)"}
    lacking = {g: s for g, s in states.items() if s is not GeneState.PRESENT}
    named = tuple(g + words.get(s, "") for g, s in lacking.items())
    if not named:
        return (), ""
    number = "1 other gene" if len(named) == 1 else f"{len(named)} genes"
    what = f"{number} that guidance asks for: not tested, or no result here"
    return named, f"{what}. That is not the same as normal."


def tasks_of(tasks: Iterable[Resource], today: date) -> tuple[Line, ...]:
    """Return what is to be done for the person, what is due first before the rest."""
    found = sorted(tasks, key=lambda t: (due_of(t) or LAST, text(t, "id")))
    return tuple(
        Line(
            _to_do(task),
            f"{owner_of(task) or 'nobody’s yet'}; {due_words(due_of(task), today)}",
            is_loud=is_overdue(due_of(task), today),
            link=f"/today/{text(task, 'id')}",
        )
        for task in found
    )


def _to_do(task: Resource) -> str:
    """Return what is to be done, and of which medicine where its advice has changed."""
    written = text(task, "description")
    medicine = medicine_in(written)
    said = text(one(task, "code"), "text") or written or "To do"
    return f"{said} ({medicine})" if medicine else said


def awaited_of(person: Person) -> tuple[Line, ...]:
    """Return what was asked for and has no result yet."""
    return tuple(
        Line(r.text or "A test", f"asked for {day(r.asked)}" if r.asked else "day not known")
        for r in person.requested
    )


def is_overdue(due: str, today: date) -> bool:
    """Return whether a day is over."""
    found = first_date(due)
    return found is not None and found < today


def due_words(due: str, today: date) -> str:
    """Return by when something is to be done: "overdue by 3 days (was due 1 March 2026)"."""
    found = first_date(due)
    if found is None:
        return "no day was set"
    left = (found - today).days
    if left == 0:
        return "due today"
    if left < 0:
        return f"overdue by {_days(-left)} (was due {day(found)})"
    return f"due in {_days(left)}, {day(found)}"


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


def _since(since: date | None) -> str:
    return f"since {day(since)}" if since else "since when: not recorded"


def _drugs(line: MedicineLine, known: Medicines) -> frozenset[str]:
    coded = (known.by_code(c.system, c.code) for c in line.codings)
    found = {m.drug for m in coded if m is not None}
    return frozenset(found or {m.drug for m in known.find_all(line.text)})


def _gene(finding: GeneFinding, drugs: tuple[str, ...], taken: set[str], known: Medicines) -> Gene:
    best = finding.candidates[0] if finding.candidates else None
    is_sure = finding.status is Status.CALLED
    means = phenotype_words(finding.phenotype)
    sure = "" if is_sure or best is None else f" (not certain: {_hundred(best.probability)})"
    now = [_name(drug, known) for drug in drugs if drug in taken]
    many = f"{len(drugs)} medicine{'' if len(drugs) == 1 else 's'}"
    shown = ", ".join(now[:NAMED]) + (f" and {len(now) - NAMED} more" if len(now) > NAMED else "")
    bears = f"bears on {shown}, taken now" if now else f"bears on {many}, none of them taken now"
    is_plain = finding.phenotype.casefold() in PLAIN
    return Gene(
        name=finding.gene,
        read=best.name if best else "",
        means=means + sure,
        bears=bears,
        is_loud=bool(now) and not is_plain,
    )


def _name(drug: str, known: Medicines) -> str:
    found = known.by_id(drug)
    return found.name.lower() if found else drug


def _hundred(p: float) -> str:
    return "more than 99 in 100" if p > SURE else f"{round(100 * p)} in 100"
