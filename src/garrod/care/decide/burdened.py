"""The adviser on burden: what medicines add up to, said when it matters.

Question -> science.safety.burden -> one Advice a theme, with total and contributors
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from garrod.care.decide.asking import Question
from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.model import Decision
from garrod.care.decide.options import codes_of
from garrod.care.decide.wording import sentence
from garrod.care.decide.words import DOING, listed
from garrod.core.advice import Advice, Because, NotAssessed, Target, Tier
from garrod.science.safety.burden import Load, is_of_age, loads

SUBJECT = "burden"
ALL = Target("medicines")


def by_burdens(question: Question) -> Decision:
    """Return what an order brings over a threshold; of a review, every load that reaches one."""
    found = loads(question.knowledge.burdens, question.subject)
    said = [x for x in found if (x.is_crossed if question.is_order else x.matters)]
    told = [(x, is_of_age(x.burden, question.subject.age)) for x in said]
    advice = [(x, _advice(question, x)) for x, is_meant in told if is_meant]
    gaps = list(dict.fromkeys(_no_age(question, x) for x, is_meant in told if is_meant is None))
    gaps += [] if question.is_order else list(dict.fromkeys(_unrated(found)))
    return Decision(_merged(advice), (), tuple(gaps))


def _advice(question: Question, load: Load) -> Advice:
    burden, known = load.burden, question.knowledge.burdens
    drugs = "+".join(sorted(t.drug.replace(" ", "-") for t, _ in load.parts))
    return Advice(
        id=f"{SUBJECT}:{burden.id}:{drugs}",
        action=burden.action,
        target=_target(question, load),
        tier=burden.tier_order if question.is_order else burden.tier_review,
        strength="moderate",
        title=_title(question, load),
        summary=f"{sentence(_sum(load))} {sentence(burden.effect)} {sentence(burden.manage)}",
        because=(
            *(
                Because("medicine", f"{t.name}: {_state(t.is_new, points, load)}", t.ref)
                for t, points in load.parts
            ),
            *_not_rated(load, known.scale),
            Because("rule", f"{burden.name} of {burden.threshold} or more", known.reference),
        ),
        evidence=(burden.evidence,),
        packs=tuple(sorted({known.reference, *burden.vocabulary})),
        stable=True,
    )


def _target(question: Question, load: Load) -> Target:
    new = next((t for t, _ in load.parts if t.is_new), None)
    medicine = question.knowledge.medicines.by_id(new.drug) if new is not None else None
    return Target(medicine.name, codes_of(medicine)) if medicine else ALL


def _title(question: Question, load: Load) -> str:
    burden = load.burden
    if not question.is_order:
        return f"{burden.name[:1].upper()}{burden.name[1:]} {load.total}: {_parts(load)}"
    name = _target(question, load).name
    return f"{DOING[burden.action]} {name}: {burden.name} rises from {load.before} to {load.total}"


def _sum(load: Load) -> str:
    return f"{load.burden.name} {load.total}, from {_parts(load)}"


def _parts(load: Load) -> str:
    if load.burden.is_scored:
        return listed([f"{t.name} ({points})" for t, points in load.parts])
    return listed([t.name for t, _ in load.parts])


def _state(is_new: bool, points: int, load: Load) -> str:
    said = "proposed" if is_new else "taken"
    return f"{said}, {points} of {load.total}" if load.burden.is_scored else said


def _not_rated(load: Load, scale: str) -> tuple[Because, ...]:
    if not load.burden.is_scored:
        return ()
    names = listed([t.name for t in load.unrated])
    rest = f"; no scale rates {names}, which is not nought" if names else ""
    return (Because("scale", f"score by {scale}{rest}", "burdens"),)


def _no_age(question: Question, load: Load) -> NotAssessed:
    reason = f"the age is not known; needed for: {load.burden.name}"
    return NotAssessed(_target(question, load), SUBJECT, reason, "missing-data")


def _unrated(found: Iterable[Load]) -> list[NotAssessed]:
    return [
        NotAssessed(
            ALL,
            SUBJECT,
            f"no scale gives a score for {load.burden.name} to: "
            f"{listed([t.name for t in load.unrated])}",
            "no-guidance",
        )
        for load in found
        if load.unrated
    ]


def _merged(advice: Sequence[tuple[Load, Advice]]) -> tuple[Advice, ...]:
    """Return one advice for the burdens of a theme that share a medicine, the loudest first."""
    kept: list[tuple[Load, Advice]] = []
    for load, one in sorted(advice, key=lambda told: told[1].tier):
        place = next((n for n, had in enumerate(kept) if _is_one(had[0], load)), None)
        if place is None or one.tier is Tier.T5:
            kept.append((load, one))
        else:
            kept[place] = (kept[place][0], _joined(kept[place][1], one, load))
    return tuple(one for _, one in kept)


def _is_one(had: Load, load: Load) -> bool:
    shared = {t.drug for t, _ in had.parts} & {t.drug for t, _ in load.parts}
    return had.burden.theme == load.burden.theme and bool(shared)


def _joined(had: Advice, one: Advice, load: Load) -> Advice:
    return replace(
        had,
        summary=f"{had.summary} {sentence('also ' + _sum(load))}",
        because=tuple(dict.fromkeys((*had.because, *one.because))),
        evidence=tuple(dict.fromkeys((*had.evidence, *one.evidence))),
        packs=tuple(sorted({*had.packs, *one.packs})),
    )


def rated(knowledge: Knowledge) -> frozenset[str]:
    """Return the ingredients that some burden counts, or some scale rates."""
    return frozenset(drug for row in knowledge.burdens.rows for drug in row.points)
