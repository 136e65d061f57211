"""What rules ask of the line that they speak of, of the other line of a pair, and of genes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from garrod.core.dosage import ROUTES
from garrod.core.finding import SURE
from garrod.knowledge.clinical import Clinical
from garrod.science.safety.atoms import PERSON, SIGNS, compared, days, number
from garrod.science.safety.atoms_measures import MEASURES
from garrod.science.safety.atoms_medicines import MEDICINES
from garrod.science.safety.language import Asked, Atom, Check, Words
from garrod.science.safety.subject import Taken
from garrod.science.safety.truth import NO, Answer, either, no, unknown, yes

OfLine = Callable[[Asked, Taken], Answer]


def dose(words: Words, clinical: Clinical) -> Check:
    """`dose > 20`: the line's daily dose in mg; not known where its directions do not fix it.

    Source: the project's rule language.
    """
    sign, limit = compared(words)

    def of_line(asked: Asked, line: Taken) -> Answer:
        found = line.daily_mg
        if found is None:
            return unknown(f"dose:{line.drug}", f"the daily dose of {line.name} is not known")
        return either(SIGNS[sign](found, limit), f"{line.name} {found} mg a day", line.ref)

    return _on_line(of_line)


def total(words: Words, clinical: Clinical) -> Check:
    """`total > 4000`: the ingredient's daily dose in mg by all lines together.

    Beside an order, lines of other products count: one of the same may be what it replaces. A line
    without a known dose adds some, so that it tips what the others already come to; otherwise it
    is not known. Source: the project's rule language.
    """
    words.take(">")
    limit = number(words)

    def of_line(asked: Asked, line: Taken) -> Answer:
        lines = [line, *_beside(asked, line)]
        doses = [t.daily_mg for t in lines if t.daily_mg is not None]
        untold = [t.line.text for t in lines if t.daily_mg is None]
        known = sum(doses, start=Decimal(0))
        text = f"{line.name} {known} mg a day in all"
        if doses and (known > limit or (untold and known == limit)):
            more = f", and what is in {', '.join(untold)}" if untold else ""
            return yes(f"{text}{more}", line.ref)
        if untold:
            said = f"the daily dose of {line.name} in {', '.join(untold)} is not known"
            return unknown(f"dose:{line.drug}", said)
        return no(text, line.ref)

    return _on_line(of_line)


def _beside(asked: Asked, line: Taken) -> list[Taken]:
    """Return the other lines with an ingredient; of an order those of other products alone."""
    found = [
        t
        for t in asked.subject.by_drug.get(line.drug, ())
        if t.line is not line.line and not t.is_local
    ]
    return [
        t for t in found if not line.is_new or t.is_new or _makes(asked, t) != _makes(asked, line)
    ]


def _makes(asked: Asked, line: Taken) -> frozenset[str]:
    """Return the ingredients of the line that an ingredient stands on."""
    return frozenset(t.drug for t in asked.subject.taken if t.line is line.line)


def dosed(words: Words, clinical: Clinical) -> Check:
    """`dosed`: the directions fix the line's daily dose, so that `dose` has an answer.

    Source: the project's rule language.
    """
    return _on_line(
        lambda asked, line: either(
            line.daily_mg is not None, f"the daily dose of {line.name} is known", line.ref
        )
    )


def route(words: Words, clinical: Clinical) -> Check:
    """`route oral|intravenous`: the line's route; not known where it does not say.

    Source: the project's rule language.
    """
    wanted = words.take().split("|")
    for one in wanted:
        if one not in ROUTES:
            raise words.fault(f"{one!r} is no route; there are {', '.join(ROUTES)}")

    def of_line(asked: Asked, line: Taken) -> Answer:
        if not line.line.route:
            return unknown(f"route:{line.drug}", f"the route of {line.name} is not known")
        return either(
            line.line.route in wanted, f"{line.name} by {line.line.route} route", line.ref
        )

    return _on_line(of_line)


def local(words: Words, clinical: Clinical) -> Check:
    """`local`: a form that acts where it is put, by its route or its words.

    Source: the project's rule language.
    """

    def of_line(asked: Asked, line: Taken) -> Answer:
        use = "for local use" if line.is_local else "not for local use"
        return either(line.is_local, f"{line.name} {use}", line.ref)

    return _on_line(of_line)


def new(words: Words, clinical: Clinical) -> Check:
    """`new`: proposed now, and no current line has the same ingredient.

    Source: the project's rule language.
    """

    def of_line(asked: Asked, line: Taken) -> Answer:
        others = [t for t in asked.subject.by_drug.get(line.drug, ()) if not t.is_new]
        return either(line.is_new and not others, f"{line.name} is new", line.ref)

    return _on_line(of_line)


def as_needed(words: Words, clinical: Clinical) -> Check:
    """`as_needed`: the directions leave it to the person when to take it.

    Source: the project's rule language.
    """
    return _on_line(
        lambda asked, line: either(line.line.is_as_needed, f"{line.name} as needed", line.ref)
    )


def indicated(words: Words, clinical: Clinical) -> Check:
    """`indicated gout|hyperuricaemia`: what the line says that it is for; else not known.

    Source: the project's rule language.
    """
    wanted = words.take().split("|")
    for name in wanted:
        if name not in clinical.conditions:
            raise words.fault(f"{name!r} is no condition on the shelf")

    def of_line(asked: Asked, line: Taken) -> Answer:
        reasons = clinical.conditions_of(line.line.reasons)
        if not reasons:
            return unknown(f"indication:{line.drug}", f"what {line.name} is for is not known")
        return either(
            any(c.id in wanted for c in reasons),
            f"{line.name} is for {', '.join(c.name for c in reasons)}",
            line.ref,
        )

    return _on_line(of_line)


def taken(words: Words, clinical: Clinical) -> Check:
    """`taken for 90d`: the line, or an earlier one of the ingredient, began that long ago.

    Source: the project's rule language.
    """
    length = days(words, "for")
    if length is None:
        raise words.fault("“for …d” is expected after taken")

    def of_line(asked: Asked, line: Taken) -> Answer:
        starts = [
            t.line.started for t in asked.subject.by_drug.get(line.drug, ()) if t.line.started
        ]
        if not starts:
            if line.is_new:
                return NO
            return unknown(f"start:{line.drug}", f"since when {line.name} is taken is not known")
        ago = (asked.subject.today - min(starts)).days
        return either(ago >= length, f"{line.name} taken for {ago} days", line.ref)

    return _on_line(of_line)


def gene(words: Words, clinical: Clinical) -> Check:
    """`gene CYP2D6 "Poor Metabolizer"`: the result's phenotype or key, almost certain.

    No where it has less than one in twenty; not known between, and where there is no result.
    Source: the project's rule language.
    """
    name, keys = words.take(), frozenset(words.take().split("|"))

    def check(asked: Asked) -> Answer:
        finding = asked.subject.person.finding(name)
        if finding is None or not finding.candidates:
            return unknown(f"gene:{name}", f"{name} has no result")
        share = sum(
            c.probability for c in finding.candidates if c.phenotype in keys or keys & set(c.keys)
        )
        text = f"{name}: {finding.candidates[0].phenotype}"
        if SURE > share > 1 - SURE:
            return unknown(f"gene:{name}", f"{name} is not told apart ({share:.0%})")
        return either(share >= SURE, text, name)

    return check


def _on_line(of_line: OfLine) -> Check:
    def check(asked: Asked) -> Answer:
        return NO if asked.line is None else of_line(asked, asked.line)

    return check


def other(words: Words, clinical: Clinical) -> Check:
    """`other dose > 20`: the same question of the other line of a pair.

    Source: the project's rule language.
    """
    word = words.take(*LINE)
    inner = LINE[word](words, clinical)
    return lambda asked: inner(replace(asked, line=asked.other, other=asked.line))


LINE: dict[str, Atom] = {
    "dose": dose,
    "total": total,
    "dosed": dosed,
    "route": route,
    "local": local,
    "new": new,
    "as_needed": as_needed,
    "indicated": indicated,
    "taken": taken,
}
ATOMS: dict[str, Atom] = {**PERSON, **MEASURES, **MEDICINES, **LINE, "other": other, "gene": gene}
