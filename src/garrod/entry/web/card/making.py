"""Makes a person's card: what stands on it comes of the record and of the engine's own advice.

person, answers about medicines that are often given -> Facts -> signed text -> QR code (SVG)
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import segno
from msgspec.structs import replace

from garrod.adapters.audit.keys import SigningKey
from garrod.adapters.report.phrases import phenotype_words
from garrod.core.advice import Tier
from garrod.core.finding import Status
from garrod.core.medicine import Act, Proposal
from garrod.core.person import Person
from garrod.entry.housing import folder_of
from garrod.entry.wallet import GOOD, Facts, signed
from garrod.entry.wallet_keys import ring_of
from garrod.entry.web.asked import Visit
from garrod.entry.web.prescribe.banner import day
from garrod.entry.web.prescribe.form import Form, order_of
from garrod.entry.web.prescribe.looking import line_of

# Medicines that are looked at for a card: often given in haste or by strangers, and ruled by genes
# or allergies in the packs. Source: own choice (unchecked)
LOOKED = (
    "abacavir", "allopurinol", "amitriptyline", "amoxicillin", "azathioprine", "capecitabine",
    "carbamazepine", "citalopram", "clopidogrel", "codeine", "flucloxacillin", "fluorouracil",
    "ibuprofen", "mercaptopurine", "omeprazole", "ondansetron", "phenytoin", "rasburicase",
    "simvastatin", "suxamethonium", "tramadol", "voriconazole", "warfarin",
)  # fmt: skip
AVOIDING = frozenset(("avoid", "prefer-alternative", "stop"))
MOST = 12  # Not clinical: lines of a sort on a card
WIDEST = 60  # Not clinical: characters of a line
# Characters of a code whose squares are 0.4 mm wide where it is printed 45 mm wide, which a
# telephone still reads: version 22, level M.  Source: ISO/IEC 18004 (unchecked); own choice
SCANNED = 1_134
# What is the usual, or tells nothing to act upon: no line of a card
USUAL = ("normal", "none defined", "no phenotype defined", "indeterminate", "uncertain")
GONE = ("absent", "negative", "not present", "non-responsive in cf patients")


@dataclass(frozen=True, slots=True)
class Made:
    """A card as it was made, and what it was made of: it is made anew where that has changed."""

    person: Person
    day: date
    key: str
    facts: Facts
    text: str
    code: str


def card_of(visit: Visit, person: Person, *, names_medicines: bool = True) -> Made:
    """Return a person's card of today. What was made of the very same facts today is kept.

    `names_medicines`: it says what is taken now, as far as that fits; a card is read by whoever
    has it, so that somebody may want one that does not.
    What is kept goes with the knowledge by which it was made, and is each actor's own.
    Raises: OutsideError AUD030, InputError AUD031.
    """
    key, today = ring_of(folder_of()).key, visit.consult.clock().date()
    memory = visit.consult.services.knowledge.memory
    place = ("card", visit.actor.id, person.reference, names_medicines)
    found: Made | None = memory.get(place)
    if found is not None and (found.day, found.key) == (today, key.id) and found.person == person:
        return found
    facts = facts_of(visit, person)
    if names_medicines:
        facts = fitted(facts, list(taken_now(person)), key)
    text = signed(facts, key)
    return memory.keep(place, Made(person, today, key.id, facts, text, drawn(text)))


def facts_of(visit: Visit, person: Person) -> Facts:
    """Return what a card says of a person today."""
    today = visit.consult.clock().date()
    allergies = [_short(a.text) for a in person.allergies if a.is_active]
    genes = list(genes_that_matter(person))
    avoid = list(_avoid(visit, person))
    lists = (allergies, genes, avoid)
    return Facts(
        name=_short(person.name) or "No name recorded",
        born=day(person.birth_date) if person.birth_date else "not known",
        made=today,
        until=today + GOOD,
        allergies=tuple(allergies[:MOST]),
        genes=tuple(genes[:MOST]),
        avoid=tuple(avoid[:MOST]),
        unknown=tuple(sorted(person.unseen)),
        left_out=sum(max(0, len(found) - MOST) for found in lists),
        is_synthetic=person.is_synthetic,
    )


def fitted(facts: Facts, medicines: list[str], key: SigningKey) -> Facts:
    """Return a card's facts with as many medicines as a code that is easily scanned has room for.

    The others are counted: a list that is not whole says so.
    """
    for count in range(min(len(medicines), MOST), -1, -1):
        some, more = tuple(medicines[:count]), len(medicines) - count
        found = replace(facts, medicines=some, more_medicines=more)
        if len(signed(found, key)) <= SCANNED:
            break
    return found


def taken_now(person: Person) -> Iterator[str]:
    """Yield what is on the list now, as a card has it; what is on hold says so."""
    for line in person.medicines:
        held = " (on hold)" if line.is_held else ""
        yield f"{_short(line.text or 'Unnamed', WIDEST - len(held))}{held}"


def drawn(text: str) -> str:
    """Return a text as a QR code, in SVG."""
    file = io.BytesIO()
    segno.make(text, error="m", micro=False).save(file, kind="svg", scale=4, light="white")
    return file.getvalue().decode()


def genes_that_matter(person: Person) -> Iterator[str]:
    """Yield the genes of a card: those with a result that says something and is not the usual."""
    for found in person.findings:
        words = phenotype_words(found.phenotype)
        is_usual = words.casefold().startswith(USUAL) or words.casefold().endswith(GONE)
        if found.status in (Status.CALLED, Status.AMBIGUOUS) and not is_usual:
            unsure = " (not certain)" if found.status is Status.AMBIGUOUS else ""
            yield _short(f"{found.gene} {words[:1].lower()}{words[1:]}{unsure}")


def _avoid(visit: Visit, person: Person) -> Iterator[str]:
    """Yield medicines of LOOKED that the engine says to avoid for this person."""
    consult, today = visit.consult, visit.consult.clock().date()
    known = consult.services.knowledge.medicines
    patient = person.reference.rpartition("/")[2]
    for name in LOOKED:
        medicine = known.find(name)
        if medicine is None:
            continue
        line = line_of(order_of(Form(medicine.drug), medicine, patient), patient)
        decision = consult.services.answer(person, Proposal(Act.ORDER, line), today=today)
        loud = [a for a in decision.advice if a.tier in (Tier.T1, Tier.T2)]
        if any(a.action in AVOIDING for a in loud):
            yield _short(medicine.name)


def _short(text: str, widest: int = WIDEST) -> str:
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return clean if len(clean) <= widest else f"{clean[: widest - 1]}…"
