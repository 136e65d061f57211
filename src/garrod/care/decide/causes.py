"""One reason is said once: advice of several sources with the same cause becomes one.

advice on one medicine, loudest first -> the same cause? -> the loudest, with the proof of all
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from garrod.core.advice import Action, Advice, Tier

AGAINST = frozenset((Action.AVOID, Action.PREFER_ALTERNATIVE, Action.STOP))
ALIKE = {  # advisers that may speak of the same: what each is about
    "limit": frozenset(("age", "pregnancy", "contraindication")),
    "age": frozenset(("age",)),
    "pregnancy": frozenset(("pregnancy",)),
    "contraindication": frozenset(("contraindication", "age", "pregnancy")),
    "pgx": frozenset(("gene",)),
    "variants": frozenset(("gene",)),
}
PERSON = frozenset(("person",))  # where an id names no medicine
INDICATOR = "pincer"
PLAIN = {  # who says it first where several are equally loud: what a nation's policy wrote
    "limit": 0,
    "pgx": 1,
}


Topics = Callable[[Advice], frozenset[str]]


def no_topics(advice: Advice) -> frozenset[str]:
    """Return none: nothing is known of what advice has in common."""
    return frozenset()


def adviser_of(advice: Advice) -> str:
    """Return who said it, by the id."""
    return advice.id.partition(":")[0]


def without_doubles(
    advice: Iterable[Advice], *, is_order: bool = False, topics: Topics = no_topics
) -> tuple[Advice, ...]:
    """Return advice with each cause once, as loud as its loudest; nothing of the proof is lost.

    The same cause: several advisers that speak against one medicine for an age, a pregnancy, a
    condition or a gene; rules that say the same effect of the same medicines; or an ordered
    medicine that is spoken against, and what a gene says of another only while that one is taken.
    At an order an indicator of PINCER adds nothing to what is said of its facts or its topic, or as
    loud of the pair; a review counts it. `topics` are the problems that advice speaks of.
    """
    plain = {**PLAIN, INDICATOR: 3} if is_order else PLAIN
    ranked = sorted(advice, key=lambda a: (a.tier, plain.get(adviser_of(a), 2), a.id))
    kept: list[Advice] = []
    for one in ranked:
        place = next(
            (
                n
                for n, had in enumerate(kept)
                if _is_same(had, one) or (is_order and _is_indicated(had, one, topics))
            ),
            None,
        )
        if place is None:
            kept.append(one)
        else:
            kept[place] = joined(kept[place], one)
    return tuple(kept)


def _is_same(had: Advice, one: Advice) -> bool:
    if had.target.name.casefold() != one.target.name.casefold():
        return _is_same_pair(had, one) or _is_made_by(had, one)
    first, second = adviser_of(had), adviser_of(one)
    if first == second:
        return had.id == one.id or _is_same_pair(had, one)
    about = ALIKE.get(first, frozenset()) & ALIKE.get(second, frozenset())
    if not about or had.action not in AGAINST or one.action not in AGAINST:
        return _is_same_pair(had, one)
    return _cause(had) == _cause(one)


def _is_indicated(had: Advice, one: Advice, topics: Topics) -> bool:
    """Return whether one of two is an indicator (PINCER) of what the other says already."""
    if sum(adviser_of(a) == INDICATOR for a in (had, one)) != 1:
        return False
    pair, said = _drugs(had), {adviser_of(had), adviser_of(one)}
    if len(pair) > 1 and pair == _drugs(one) and "interactions" in said:
        return True
    if had.target != one.target or had.action not in AGAINST or one.action not in AGAINST:
        return False
    is_refused = had.tier in (Tier.T1, Tier.T2) and adviser_of(one) == INDICATOR
    is_alike = bool(_conditions(had) & _conditions(one))
    return is_refused or is_alike or bool(topics(had) & topics(one))


def _conditions(advice: Advice) -> frozenset[str]:
    """Return the facts of the person that advice rests on, but for age and sex."""
    facts = (b.text for b in advice.because if b.step == "person")
    return frozenset(f for f in facts if _kind_of(f.casefold()) not in ("age", "sex"))


def _drugs(advice: Advice) -> frozenset[str]:
    return frozenset(advice.id.split(":")[-1].split("+"))


def _is_made_by(had: Advice, one: Advice) -> bool:
    """Return whether advice on a medicine holds only beside one that is spoken against with it."""
    if (adviser_of(had), adviser_of(one)) != ("interactions", "pgx") or had.action not in AGAINST:
        return False
    beside = f"while {had.target.name} is taken"
    made = any(b.step == "behaves-as" and beside in b.text for b in one.because)
    return made and one.id.split(":")[1] in _drugs(had)


def _cause(advice: Advice) -> frozenset[str]:
    """Return of which kinds are the facts of the person that advice rests on."""
    found: set[str] = set()
    for because in advice.because:
        text = because.text.casefold()
        if because.step in ("phenotype", "diplotype", "variant"):
            found.add("gene")
        elif because.step == "person":
            found.add(_kind_of(text))
    return frozenset(found)


def _kind_of(fact: str) -> str:
    if "age is" in fact:
        return "age"
    if "breastfe" in fact or "pregnan" in fact:
        return "breastfeeding" if "breastfe" in fact else "pregnancy"
    return "sex" if fact.startswith("sex") else "condition"


def _is_same_pair(had: Advice, one: Advice) -> bool:
    """Return whether two rules say the same effect of the same medicines."""
    drugs = [_drugs(a) for a in (had, one)]
    effects = [a.title.rpartition(": ")[2].casefold() for a in (had, one)]
    is_ruled = all(a.id.count(":") == 2 and ": " in a.title for a in (had, one))
    is_ruled = is_ruled and not any(adviser_of(a) in ("pgx", "limit") for a in (had, one))
    is_ruled = is_ruled and drugs[0] != PERSON  # what is missing is not one thing, however alike
    return is_ruled and drugs[0] == drugs[1] and effects[0] == effects[1]


def joined(had: Advice, one: Advice) -> Advice:
    """Return the louder advice with the chain, sources and checks of the other.

    Its options too where both are about one medicine.
    """
    names = {o.name for o in had.options}
    is_of_one = had.target.name.casefold() == one.target.name.casefold()
    more = one.options if is_of_one else ()
    return replace(
        had,
        tier=Tier(min(had.tier, one.tier)),
        because=tuple(dict.fromkeys((*had.because, *one.because))),
        evidence=tuple(dict.fromkeys((*had.evidence, *one.evidence))),
        packs=tuple(sorted({*had.packs, *one.packs})),
        options=(*had.options, *(o for o in more if o.name not in names)),
        monitoring=tuple(dict.fromkeys((*had.monitoring, *one.monitoring))),
    )
