"""Puts the counter into words. Pure: Counter -> Script, Bought.

What is said of an order comes from care/decide by way of prescribe/presenter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from garrod.adapters.fhir.cards import TEAMS
from garrod.adapters.fhir.dates import latest_date
from garrod.adapters.fhir.draft import NO_DOSE as UNDOSED
from garrod.adapters.fhir.json import Resource, many, one, text, words_of
from garrod.adapters.report.phrases import capital, phenotype_words
from garrod.care.decide.card import REASONS
from garrod.core.finding import Status
from garrod.core.medicine import MedicineLine
from garrod.core.person import GeneState, Person
from garrod.entry.web.dispense.names import QUERY, STOPPED, TAKING
from garrod.entry.web.dispense.reading import (
    ISSUE,
    OBSERVATION,
    REQUEST,
    STATEMENT,
    SUPPLY,
    TASK,
    Checked,
    Counter,
)
from garrod.entry.web.dispense.view import Allowed, Bought, Said, Script, Value
from garrod.entry.web.notes import explained_all
from garrod.entry.web.prescribe.banner import day
from garrod.entry.web.prescribe.presenter import order_view
from garrod.science.safety.subject import Measured

NO_PURPOSE = "Not written: ask the person or the prescriber"
NO_DIRECTIONS = "No directions are written: ask the prescriber"
NONE = "There is no prescription here that is open."
NO_DOSE = "No dose is written: ask the prescriber before it is dispensed"
HELD = "On hold: not to be dispensed until the prescriber says so"
HELD_ON_LIST = "On hold on the medication list: ask whoever holds it before it is dispensed"
NOT_YOURS = "You can read what stands here. Only a pharmacist writes that it was dispensed."
CUT = "There is more on record than was looked through: the oldest is left out."
GENES = {
    GeneState.NOT_CALLABLE: "was looked for, and could not be told",
    GeneState.PENDING: "a test was asked for; its result is awaited",
    GeneState.ABSENT: "not tested, which is not the same as normal",
    GeneState.UNSEEN: "could not be read: nothing is known of a result",
}
NO_GENE = "No guidance here ties this medicine to a gene"
DEEDS = {"accepted": "Followed", "overridden": "Overruled", "": "Shown; no answer was given"}
STATES = {
    "requested": "waits for an answer", "received": "was received", "accepted": "was taken on",
    "in-progress": "is being looked at", "on-hold": "is on hold", "completed": "is done",
    "rejected": "was turned down", "cancelled": "was cancelled",
}  # fmt: skip
ACTS = {QUERY: "Question", STOPPED: "Suggestion"}
# UCUM codes, as a person reads them
UNITS = {"{INR}": "", "mL/min/{1.73_m2}": "mL/min/1.73 m²", "umol/L": "µmol/L"}
DISPENSED, GONE = "Dispensed", "Taken back"


def allowed(may: frozenset[str]) -> Allowed:
    """Return what somebody is offered who may write some kinds of a person."""
    dispenses = SUPPLY in may
    return Allowed(
        dispense=dispenses,
        ask=TASK in may,
        tell=OBSERVATION in may and TASK in may,
        add=STATEMENT in may,
        words="" if dispenses else NOT_YOURS,
    )


def script_of(counter: Counter, order: Checked, key: str, base: str) -> Script:
    """Return a prescription, ready to be laid out."""
    purpose = _purpose(order.body)
    said, card = order_view(order.looked, base), order.looked.card
    supplies = tuple(_supply(s, counter.names) for s in counter.about(SUPPLY, order.reference))
    return Script(
        id=order.id,
        name=capital(order.looked.answer.order.text or said.name),
        directions=capital(_directions(order.body)),
        purpose=purpose or NO_PURPOSE,
        is_purpose_known=bool(purpose),
        signed=_signed(order.body, counter.names),
        state=shut(order.body) or on_hold(counter.person, order.looked.answer.order),
        values=tuple(_value(one) for one in order.values),
        lacking="; ".join(order.lacking),
        genes=(*genes_of(counter.person, order.genes), *_acting(order)),
        answers=tuple(_answers(counter, order)),
        order=said,
        options=tuple(dict.fromkeys(c.name for c in said.card.choices)) if said.card else (),
        notes=explained_all(card.advice) if card else (),
        needs_reason=order.needs_reason,
        is_supplied=any(s.what == DISPENSED for s in supplies),
        supplies=supplies,
        tasks=tuple(_tasks(counter, order)),
        taking=tuple(_taking(counter, order)),
        key=key,
        mark=order.mark,
    )


def bought_of(one_: Checked, base: str) -> Bought:
    """Return a medicine that was bought, ready to be laid out."""
    since = day_of(text(one(one_.body, "effectivePeriod"), "start"))
    how = " ".join(text(d, "text") for d in many(one_.body, "dosage"))
    more = "; ".join(x for x in (how, f"told {since}" if since else "") if x)
    name = words_of(one(one_.body, "medicationCodeableConcept"))
    return Bought(one_.id, capital(name), more, order_view(one_.looked, base))


def genes_of(person: Person, genes: Iterable[str]) -> tuple[str, ...]:
    """Return what is known of each gene of a medicine, in words; that it has none, where so."""
    return tuple(_gene(person, gene) for gene in genes) or (NO_GENE,)


def shut(body: Resource) -> str:
    """Return why a prescription may not be dispensed as it stands, "" where it may."""
    if text(body, "status") != "active":
        return HELD
    said = _directions(body)
    return NO_DOSE if said == NO_DIRECTIONS or said.startswith(UNDOSED) else ""


def on_hold(person: Person, order: MedicineLine) -> str:
    """Return that a medicine is on hold on the person's list, "" where some line of it is not."""
    same = [line for line in person.medicines if _is_same(line, order)]
    return HELD_ON_LIST if same and all(line.is_held for line in same) else ""


def _is_same(line: MedicineLine, order: MedicineLine) -> bool:
    codes = {(c.system, c.code) for c in line.codings} & {(c.system, c.code) for c in order.codings}
    return bool(codes) or line.text.casefold() == order.text.casefold()


def directions_by_line(counter: Counter) -> dict[str, str]:
    """Return the written directions of each line, by the reference of what it is read from."""
    found = {}
    for body in (*counter.held[REQUEST], *counter.held[STATEMENT]):
        name = "dosageInstruction" if text(body, "resourceType") == REQUEST else "dosage"
        said = ", then ".join(t for d in many(body, name) if (t := text(d, "text")))
        if said and not said.startswith(UNDOSED):
            found[f"{text(body, 'resourceType')}/{body['id']}"] = said
    return found


def _acting(order: Checked) -> Iterator[str]:
    """Yield what other medicines make of a gene: that counts, not the result alone."""
    advice = order.looked.card.advice if order.looked.card else ()
    said = dict.fromkeys(b.text for a in advice for b in a.because if b.step == "behaves-as")
    yield from (f"But now: {words}" for words in said)


def day_of(written: str) -> str:
    """Return a day in words, or as it is written where it cannot be read."""
    found = latest_date(written[:10]) if written else None
    return day(found) if found else written


def _gene(person: Person, gene: str) -> str:
    state = person.gene_state(gene)
    found = person.finding(gene)
    if state is not GeneState.PRESENT or found is None:
        return f"{gene}: {GENES.get(state, GENES[GeneState.ABSENT])}"
    name = found.candidates[0].name if found.candidates else ""
    said = phenotype_words(found.phenotype) or "no phenotype is defined"
    sure = "; not certain" if found.status is Status.AMBIGUOUS else ""
    return f"{gene}: {said}{f' ({name}{sure})' if name else ''}"


def _value(found: Measured) -> Value:
    unit = UNITS.get(found.measure.unit, found.measure.unit)
    amount = f"{found.comparator}{found.value.normalize():f} {unit}".strip()
    if found.why:
        amount = f"Could not be used: {found.why}"
    return Value(capital(found.measure.name), amount, _seen(found.seen))


def _seen(seen: date | None) -> str:
    return day(seen) if seen else "day not known"


def _purpose(body: Resource) -> str:
    return "; ".join(w for r in many(body, "reasonCode") if (w := words_of(r)))


def _directions(body: Resource) -> str:
    found = [text(d, "text") for d in many(body, "dosageInstruction")]
    return ", then ".join(f for f in found if f) or NO_DIRECTIONS


def _signed(body: Resource, names: Mapping[str, str]) -> str:
    who = _who(one(body, "requester"), names) or "somebody who is not named"
    when = day_of(text(body, "authoredOn"))
    return f"Signed by {who}{f', {when}' if when else ''}"


def _who(named: Resource, names: Mapping[str, str]) -> str:
    reference = text(named, "reference") or text(named, "display")
    owner = text(one(named, "identifier"), "value")
    return names.get(reference) or text(named, "display") or TEAMS.get(owner, owner) or reference


def _answers(counter: Counter, order: Checked) -> Iterator[Said]:
    """Yield what was shown when it was prescribed, and how that was answered, and why."""
    reasons = {r.code: r.words for r in REASONS}
    for issue in counter.about(ISSUE, order.reference):
        headline = text(issue, "detail")
        given = list(many(issue, "mitigation"))
        if not given:
            yield Said(headline, more=DEEDS[""], when=day_of(text(issue, "identifiedDateTime")))
        for one_ in given:
            action = one(one_, "action")
            deed, _, words = text(action, "text").partition(": ")
            chosen = [reasons.get(text(c, "code"), "") for c in many(action, "coding")]
            why = "; ".join(w for w in (*chosen, words) if w)
            more = f"{DEEDS.get(deed, deed)}{f': {why}' if why else ''}"
            who = _who(one(one_, "author"), counter.names)
            yield Said(headline, who, day_of(text(one_, "date")), more)


def _supply(body: Resource, names: Mapping[str, str]) -> Said:
    who = next((_who(one(p, "actor"), names) for p in many(body, "performer")), "")
    is_gone = text(body, "status") == "entered-in-error"
    days = one(body, "daysSupply").get("value")
    what = GONE if is_gone else DISPENSED
    is_ours = str(body["id"]).startswith("counter-")
    undo = str(body["id"]) if is_ours and not is_gone else ""
    return Said(
        what, who, day_of(text(body, "whenHandedOver")), f"for {days} days" if days else "", undo
    )


def _tasks(counter: Counter, order: Checked) -> Iterator[Said]:
    for task in counter.about(TASK, order.reference):
        codes = {text(c, "code") for c in many(one(task, "code"), "coding")}
        act = next((ACTS[c] for c in sorted(codes) if c in ACTS), "Task")
        state = STATES.get(text(task, "status"), text(task, "status"))
        due = day_of(text(one(one(task, "restriction"), "period"), "end"))
        owner = _who(one(task, "owner"), counter.names)
        more = f"For {owner or 'nobody yet'}{f', by {due}' if due else ''}: {state}"
        yield Said(f"{act}: {text(task, 'description') or words_of(one(task, 'code'))}", more=more)


def _taking(counter: Counter, order: Checked) -> Iterator[Said]:
    for seen in counter.about(OBSERVATION, order.reference):
        value = one(seen, "valueCodeableConcept")
        if TAKING not in {text(c, "system") for c in many(value, "coding")}:
            continue
        if text(seen, "status") == "entered-in-error":
            continue
        notes = "; ".join(text(n, "text") for n in many(seen, "note"))
        who = next((_who(p, counter.names) for p in many(seen, "performer")), "")
        yield Said(words_of(value), who, day_of(text(seen, "effectiveDateTime")), notes)
