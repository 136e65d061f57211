"""Says who the page is about: the facts that prescribing turns on, each with its day or its gap.

Person, subject of rules -> Banner
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from garrod.adapters.report.phrases import phenotype_words
from garrod.care.decide.notices import KINDS
from garrod.core.finding import Status
from garrod.core.medicine import MedicineLine
from garrod.core.person import Person
from garrod.entry.web.prescribe.view import Banner, Fact
from garrod.science.safety.renal import ckd_epi, cockcroft_gault
from garrod.science.safety.subject import Subject

SEXES = {"female": "Female", "male": "Male"}
UNKNOWN = "Not known"
UNSEEN = "Could not be read"


def banner_of(person: Person, subject: Subject) -> Banner:
    """Return the banner of a person."""
    return Banner(
        id=person.reference.rpartition("/")[2],
        name=person.name or "No name recorded",
        facts=(
            _born(person, subject.today),
            Fact("Sex", SEXES.get(person.sex, UNKNOWN)),
            _allergies(person),
            _weight(person),
            _kidneys(person, subject),
        ),
        genes=_genes(person),
        sources=_sources(person, subject.today),
        medicines=tuple(
            (line.text or "Unnamed", "; ".join(_notes(line))) for line in person.medicines
        ),
    )


def day(value: date) -> str:
    """Return a day in words: "3 March 2025"."""
    return f"{value.day} {value:%B %Y}"


def _born(person: Person, today: date) -> Fact:
    age = person.age_on(today)
    if age is None or person.birth_date is None:
        return Fact("Age", UNKNOWN)
    return Fact("Age", f"{age} years", f"born {day(person.birth_date)}")


def _allergies(person: Person) -> Fact:
    if "allergies" in person.unseen:
        return Fact("Allergies", UNSEEN, "ask the person", is_loud=True)
    active = [a for a in person.allergies if a.is_active]
    if not active:
        return Fact("Allergies", "None recorded", "that is not the same as none")
    said = [f"{a.text} ({', '.join(a.reactions)})" if a.reactions else a.text for a in active]
    return Fact("Allergies", "; ".join(said), is_loud=True)


def _weight(person: Person) -> Fact:
    if person.weight_kg is None:
        return Fact("Weight", UNSEEN if "results" in person.unseen else "Not recorded")
    note = day(person.weight_seen) if person.weight_seen else "day not known"
    return Fact("Weight", f"{person.weight_kg.normalize():f} kg", note)


def _kidneys(person: Person, subject: Subject) -> Fact:
    if "results" in person.unseen:
        return Fact("Kidneys", UNSEEN)
    rates = ((ckd_epi(subject), "mL/min/1.73 m²"), (cockcroft_gault(subject), "mL/min"))
    for found, unit in rates:
        if found.value is not None:
            note = "; ".join((*found.inputs[-1:], *found.cautions))
            return Fact("Kidneys", f"{round(found.value)} {unit}", f"{found.method}: {note}")
    return Fact("Kidneys", "Not known", "no usable result")


def _genes(person: Person) -> tuple[str, ...]:
    known = [f for f in person.findings if f.status in (Status.CALLED, Status.AMBIGUOUS)]
    return tuple(
        f"{f.gene} {phenotype_words(f.phenotype)}"
        + (" (not certain)" if f.status is Status.AMBIGUOUS else "")
        for f in known
    )


def _sources(person: Person, today: date) -> tuple[str, ...]:
    said = [f"This record, read {day(today)}"]
    said += [f"Could not be read: {KINDS.get(kind, kind)}" for kind in sorted(person.unseen)]
    said += list(person.notes)
    said.append("Synthetic person" if person.is_synthetic else "Not marked as synthetic")
    return tuple(said)


def _notes(line: MedicineLine) -> Iterator[str]:
    if line.is_held:
        yield "ON HOLD: not taken now"
    if line.started:
        yield _since(line.started)


def _since(started: date | None) -> str:
    return f"since {day(started)}" if started else ""
