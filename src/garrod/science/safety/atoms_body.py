"""What rules ask of a dose by the week or by body weight, and of how far a pregnancy is.

weekly > 25 · per_kg > 75 · gestation >= 20w -> the line, the weight in date, the day of birth that
is expected -> Answer; what is lacking is named, and nothing is guessed
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from garrod.knowledge.clinical import Clinical
from garrod.science.safety.atoms import SIGNS, compared, pregnant
from garrod.science.safety.language import Asked, Atom, Check, Words
from garrod.science.safety.renal import ADULT, WEIGHT, usable, weight_of
from garrod.science.safety.subject import Subject, Taken
from garrod.science.safety.truth import NO, Answer, either, unknown

WEEK = 7  # Not clinical: days
# How long the weight of a child tells how much to give, in days. Source: own choice, half a year
CHILD_WEIGHT_LASTS = 180
# From the first day of the last period to the day of birth that is expected, in days; and the
# longest that a pregnancy is taken to go on. Source: Naegele's rule; own choice, 43 weeks
TERM, LONGEST = 280, 301
TENTH = Decimal("0.1")  # Not clinical: to what a dose by weight is shown


def weekly(words: Words, clinical: Clinical) -> Check:
    """`weekly > 25`: the line's dose in mg a week; of what is taken daily, seven days of it.

    Not known where its directions do not fix it. Source: the project's rule language.
    """
    sign, limit = compared(words)

    def check(asked: Asked) -> Answer:
        line = asked.line
        if line is None:
            return NO
        found = weekly_mg(line)
        if found is None:
            return unknown(f"dose:{line.drug}", f"the weekly dose of {line.name} is not known")
        return either(SIGNS[sign](found, limit), f"{line.name} {found} mg a week", line.ref)

    return check


def weekly_mg(line: Taken) -> Decimal | None:
    """Return the dose of an ingredient a week in mg; None where it is not known.

    Source: the project's rule language.
    """
    if line.daily_mg is not None:
        return line.daily_mg * WEEK
    return line.line.weekly_mg if line.is_alone else None


def per_kg(words: Words, clinical: Clinical) -> Check:
    """`per_kg > 75`: the line's daily dose in mg for each kg of body weight.

    Not known without a fixed dose, or a weight in date (a year; of a child half a year).
    Source: the project's rule language.
    """
    sign, limit = compared(words)

    def check(asked: Asked) -> Answer:
        line = asked.line
        if line is None:
            return NO
        if line.daily_mg is None:
            return unknown(f"dose:{line.drug}", f"the daily dose of {line.name} is not known")
        weight = weight_in_date(asked.subject)
        if weight is None:
            return unknown("measure:weight", "body weight: no result in that time")
        found = line.daily_mg / weight
        said = f"{line.name} {line.daily_mg} mg a day, {found.quantize(TENTH)} mg/kg at {weight} kg"
        return either(SIGNS[sign](found, limit), said, line.ref)

    return check


def weight_in_date(subject: Subject) -> Decimal | None:
    """Return the weight in kg that a dose may be worked out from; None where there is none.

    Source: the project's design; a child's weight is not a year's.
    """
    weight = weight_of(subject)
    if weight is None or weight <= 0 or subject.age is None or subject.age >= ADULT:
        return weight if weight else None
    found, _ = usable(subject, WEIGHT)
    seen = found.seen if found is not None else subject.person.weight_seen
    ago = subject.days_since(seen)
    return weight if ago is not None and ago <= CHILD_WEIGHT_LASTS else None


def gestation(words: Words, clinical: Clinical) -> Check:
    """`gestation >= 20w`: completed weeks of a pregnancy, by the day of birth that is expected.

    No where there is no pregnancy; not known where no such day, or a past one, is on record.
    Source: the project's rule language.
    """
    sign = words.take(*SIGNS)
    word = words.take()
    if not word.endswith("w") or not word[:-1].isdecimal():
        raise words.fault(f"{word!r} is no number of weeks, such as 20w")
    limit, is_pregnant = Decimal(word[:-1]), pregnant(words, clinical)

    def check(asked: Asked) -> Answer:
        if is_pregnant(asked).is_no:
            return NO
        weeks = weeks_of(asked.subject.person.due_date, asked.subject.today)
        if weeks is None:
            return unknown("gestation", "how far the pregnancy is is not known")
        return either(SIGNS[sign](Decimal(weeks), limit), f"{weeks} weeks pregnant")

    return check


def weeks_of(due: date | None, today: date) -> int | None:
    """Return the completed weeks of a pregnancy; None without a day, or outside what it may be.

    Source: Naegele's rule.
    """
    if due is None:
        return None
    days = TERM - (due - today).days
    return days // WEEK if 0 <= days <= LONGEST else None


BODY: dict[str, Atom] = {
    "weekly": weekly,
    "per_kg": per_kg,
    "gestation": gestation,
}
