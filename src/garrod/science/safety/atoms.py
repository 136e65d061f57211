"""The questions that rules ask of a person and of the lines in question, word by word.

person: age, sex, smoker, pregnant, breastfeeding, may_conceive, has, rising
What is asked of results stands in `atoms_measures`, of medicines in `atoms_medicines`, of the
lines in question in `atoms_line`.
What each one reads stands in its docstring, as the reference page of the language shows it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation

from garrod.core.person import Condition
from garrod.knowledge.clinical import Clinical
from garrod.science.safety.language import Asked, Atom, Check, Words
from garrod.science.safety.renal import rising as risen
from garrod.science.safety.subject import Subject
from garrod.science.safety.truth import NO, Answer, any_of, either, no, unknown, yes

# Ages, in years, between which a pregnancy is possible. Source: own choice, wider than WHO's 15-49
FERTILE = range(11, 60)
# How long a pregnancy, feeding, or that there is none, is taken to last, in days. Source: 40 weeks
STATE_LASTS = 280
SIGNS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


def number(words: Words) -> Decimal:
    """Return the next word as a number.  Raises: KnowledgeError.

    Source: the project's rule language.
    """
    word = words.take()
    try:
        return Decimal(word)
    except InvalidOperation:
        raise words.fault(f"{word!r} is no number") from None


def days(words: Words, joint: str) -> int | None:
    """Return the days after a joint ("within 90d"); None where it does not follow.

    Source: the project's rule language.
    """
    if not words.skip(joint):
        return None
    word = words.take()
    if not word.endswith("d") or not word[:-1].isdecimal():
        raise words.fault(f"{word!r} is no number of days, such as 90d")
    return int(word[:-1])


def compared(words: Words) -> tuple[str, Decimal]:
    """Return the sign and the number that follow.  Raises: KnowledgeError.

    Source: the project's rule language.
    """
    return words.take(*SIGNS), number(words)


def age(words: Words, clinical: Clinical) -> Check:
    """`age >= 65`: the age in completed years; not known without a birth date.

    Source: the project's rule language.
    """
    sign, limit = compared(words)

    def check(asked: Asked) -> Answer:
        found = asked.subject.age
        if found is None:
            return unknown("age", "the age is not known")
        return either(SIGNS[sign](Decimal(found), limit), f"the age is {found}")

    return check


def sex(words: Words, clinical: Clinical) -> Check:
    """`sex female`: as the record states it; not known where it does not.

    Source: the project's rule language.
    """
    wanted = words.take("male", "female")

    def check(asked: Asked) -> Answer:
        found = asked.subject.person.sex
        return (
            either(found == wanted, f"sex: {found}")
            if found
            else unknown("sex", "the sex is not known")
        )

    return check


def smoker(words: Words, clinical: Clinical) -> Check:
    """`smoker`: smokes now; not known where nobody wrote it down.

    Source: the project's rule language.
    """

    def check(asked: Asked) -> Answer:
        found = asked.subject.person.is_smoker
        if found is None:
            return unknown("smoking", "whether the person smokes is not known")
        return either(found, "smokes" if found else "does not smoke")

    return check


def pregnant(words: Words, clinical: Clinical) -> Check:
    """`pregnant`: now; no where sex or age leave it impossible; not known where it may be.

    Source: the project's rule language.
    """
    return lambda asked: _passing(
        asked.subject,
        asked.subject.person.is_pregnant,
        asked.subject.person.pregnancy_seen,
        "pregnant",
    )


def breastfeeding(words: Words, clinical: Clinical) -> Check:
    """`breastfeeding`: now; as for pregnant.  Source: the project's rule language."""
    return lambda asked: _passing(
        asked.subject,
        asked.subject.person.is_breastfeeding,
        asked.subject.person.breastfeeding_seen,
        "breastfeeding",
    )


def may_conceive(words: Words, clinical: Clinical) -> Check:
    """`may_conceive`: sex and age, where known, leave a pregnancy possible.

    Source: the project's rule language.
    """
    return lambda asked: either(
        _may_conceive(asked.subject), "sex and age leave a pregnancy possible"
    )


def _may_conceive(subject: Subject) -> bool:
    is_of_age = subject.age is None or subject.age in FERTILE
    return subject.person.sex != "male" and is_of_age


def _passing(subject: Subject, known: bool | None, seen: date | None, word: str) -> Answer:
    if not _may_conceive(subject):
        return yes(word) if known else NO
    ago = subject.days_since(seen)
    if known is None or (ago is not None and ago > STATE_LASTS):
        return unknown(word, f"whether the person is {word} is not known")
    return either(known, word if known else f"not {word}")


def has(words: Words, clinical: Clinical) -> Check:
    """`has heart_failure`, `has gi_bleed ever`, `has asthma within 365d`: a condition on record.

    An active one, or one that lasts; with `ever` a past one too; with `within` one that began in
    that time. What is not on record counts as absent, unless the conditions did not answer.
    Several are joined by |: `has stroke|tia`.  Source: the project's rule language.
    """
    wanted = tuple(_known(words, clinical, name) for name in words.take().split("|"))
    is_ever, within = words.skip("ever"), days(words, "within")

    def check(asked: Asked) -> Answer:
        return any_of(_had(asked.subject, name, is_ever, within) for name in wanted)

    return check


def _known(words: Words, clinical: Clinical, name: str) -> str:
    if name not in clinical.conditions:
        raise words.fault(f"{name!r} is no condition on the shelf")
    return name


def _had(subject: Subject, name: str, is_ever: bool, within: int | None) -> Answer:
    condition = subject.clinical.conditions[name]
    for had in subject.conditions.get(name, ()):
        if _counts(subject, had, is_ever or condition.is_lasting, within):
            since = f" ({had.since})" if had.since else ""
            return yes(f"on record: {had.text or condition.name}{since}", had.reference or "record")
    if "conditions" in subject.person.unseen:
        return unknown("conditions", "the list of conditions could not be seen")
    return no(f"no {condition.name} on record")


def _counts(subject: Subject, had: Condition, is_any: bool, within: int | None) -> bool:
    if within is None:
        return is_any or had.is_active
    ago = subject.days_since(had.since)
    return ago is not None and 0 <= ago <= within


def rising(words: Words, clinical: Clinical) -> Check:
    """`rising`: creatinine rose by half within a week.  Source: the project's rule language."""

    def check(asked: Asked) -> Answer:
        found = risen(asked.subject)
        return yes(found[0]) if found else NO

    return check


def always(words: Words, clinical: Clinical) -> Check:
    """`always`: holds for everybody.  Source: the project's rule language."""
    return lambda asked: yes()


PERSON: dict[str, Atom] = {
    "age": age,
    "sex": sex,
    "smoker": smoker,
    "pregnant": pregnant,
    "breastfeeding": breastfeeding,
    "may_conceive": may_conceive,
    "has": has,
    "rising": rising,
    "always": always,
}
