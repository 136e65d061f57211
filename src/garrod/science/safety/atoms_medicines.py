"""What rules ask of the medicines that a person takes or took."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from garrod.knowledge.clinical import Clinical
from garrod.science.safety.atoms import SIGNS, compared, days, number
from garrod.science.safety.language import Asked, Atom, Check, Words
from garrod.science.safety.subject import Taken
from garrod.science.safety.truth import Answer, all_of, any_of, either, no, unknown, yes

UNSEEN = ("medicines", "the list of medicines could not be seen")


def members(words: Words, clinical: Clinical) -> tuple[frozenset[str], str]:
    """Return the ingredients that "@nsaid|warfarin" names, and its words.  Raises: KnowledgeError.

    A blank within an ingredient's id is written as "_".  Source: the project's rule language.
    """
    found: set[str] = set()
    names: list[str] = []
    for part in words.take().split("|"):
        wanted = part.replace("_", " ") if not part.startswith("@") else part
        try:
            found |= clinical.members(wanted)
        except KeyError:
            raise words.fault(f"{part!r} is no set of medicines on the shelf") from None
        names.append(clinical.sets[part[1:]].name if part.startswith("@") else wanted)
    return frozenset(found), " or ".join(names)


def taking(words: Words, clinical: Clinical) -> Check:
    """`taking @ppi`, `taking prednisolone dose > 7.5 for 90d`: a current or proposed line.

    Taken for the whole body, unless `by any`, `by topical` …; `dose` is mg a day; `for` a time
    since its start. The line that the rule speaks of, and the other one, do not count themselves.
    Source: the project's rule language.
    """
    drugs, label = members(words, clinical)
    parts: list[Callable[[Asked, Taken], Answer]] = []
    route = words.take() if words.skip("by") else ""
    if words.skip("dose"):
        parts.append(_dosed(*compared(words)))
    length = days(words, "for")
    if length is not None:
        parts.append(_lasting(length))

    def check(asked: Asked) -> Answer:
        found = [
            t
            for t in asked.subject.takers(sorted(drugs))
            if _is_by(t, route) and _is_other(t, asked)
        ]
        if not found and "medicines" in asked.subject.person.unseen:
            return unknown(*UNSEEN)
        answers = [_all(t, asked, parts) for t in found]
        return any_of(answers) if answers else no(f"no {label} on the list")

    return check


def took(words: Words, clinical: Clinical) -> Check:
    """`took @ppi within 100d`: taken now, or on a line that ended within that time.

    Source: the project's rule language.
    """
    drugs, label = members(words, clinical)
    within = days(words, "within")
    if within is None:
        raise words.fault("“within …d” is expected after took")

    def check(asked: Asked) -> Answer:
        subject = asked.subject
        for one in subject.takers(sorted(drugs)):
            if _is_other(one, asked) and not one.is_local:
                return yes(f"takes {one.name}", one.ref)
        for one in subject.past:
            ago = subject.days_since(one.line.ended)
            if one.drug in drugs and ago is not None and ago <= within and not one.is_local:
                return yes(f"took {one.name} until {one.line.ended}", one.ref)
        if "medicines" in subject.person.unseen:
            return unknown(*UNSEEN)
        return no(f"no {label} in the last {within} days")

    return check


def count(words: Words, clinical: Clinical) -> Check:
    """`count @sedative >= 3`: different ingredients of a class taken for the whole body.

    The lines in question count too.  Source: the project's rule language.
    """
    drugs, label = members(words, clinical)
    sign, limit = words.take(*SIGNS), number(words)

    def check(asked: Asked) -> Answer:
        found = [t for t in asked.subject.takers(sorted(drugs)) if not t.is_local]
        names = sorted({t.name for t in found})
        if "medicines" in asked.subject.person.unseen:
            return unknown(*UNSEEN)
        text = f"{len(names)} of {label}: {', '.join(names)}" if names else f"none of {label}"
        return either(SIGNS[sign](Decimal(len(names)), limit), text)

    return check


def _is_by(taken: Taken, route: str) -> bool:
    if not route:
        return not taken.is_local
    return route == "any" or taken.line.route == route or (route == "topical" and taken.is_local)


def _is_other(taken: Taken, asked: Asked) -> bool:
    mine = [one for one in (asked.line, asked.other) if one is not None]
    return all(taken is not one and taken.line is not one.line for one in mine)


def _all(taken: Taken, asked: Asked, parts: list[Callable[[Asked, Taken], Answer]]) -> Answer:
    return all_of((yes(f"takes {taken.name}", taken.ref), *(part(asked, taken) for part in parts)))


def _dosed(sign: str, limit: Decimal) -> Callable[[Asked, Taken], Answer]:
    def check(asked: Asked, taken: Taken) -> Answer:
        dose = taken.daily_mg
        if dose is None:
            return unknown(f"dose:{taken.drug}", f"the daily dose of {taken.name} is not known")
        return either(SIGNS[sign](dose, limit), f"{taken.name} {dose} mg a day", taken.ref)

    return check


def _lasting(length: int) -> Callable[[Asked, Taken], Answer]:
    def check(asked: Asked, taken: Taken) -> Answer:
        ago = asked.subject.days_since(taken.line.started)
        if ago is None:
            return unknown(f"start:{taken.drug}", f"since when {taken.name} is taken is not known")
        return either(ago >= length, f"{taken.name} taken for {ago} days", taken.ref)

    return check


MEDICINES: dict[str, Atom] = {"taking": taking, "took": took, "count": count}
