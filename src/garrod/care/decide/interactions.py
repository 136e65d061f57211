"""Interactions that belong together are one piece of advice: three serotonergic drugs, one card.

signals with their advice -> by theme and shared medicine -> the loudest, with the facts of all
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from garrod.care.decide.asking import Question
from garrod.care.decide.card import INDICATORS, INTERRUPTS
from garrod.care.decide.options import allergy_to, codes_of
from garrod.care.decide.wording import sentence
from garrod.care.decide.words import DOING, listed
from garrod.core.advice import Action, Advice, Because, Option, Target, Tier
from garrod.core.evidence import Evidence
from garrod.knowledge.medicines import Medicine
from garrod.science.safety.apply import Signal
from garrod.science.safety.rules import Rule, Rules
from garrod.science.safety.subject import Taken

# What is said of two medicines alike, so that the one being ordered is named first.
OF_BOTH = frozenset((Action.AVOID, Action.PREFER_ALTERNATIVE, Action.MONITOR, Action.STANDARD))
STEP = "interaction"
STEPS = ("medicine", STEP, "mechanism", "onset", "person", "rule")  # the order of the chain

Told = tuple[Signal, Advice]


@dataclass(frozen=True, slots=True)
class _Group:
    """Signals of one theme; `is_whole` where one speaks of all that the person takes."""

    theme: str
    drugs: frozenset[str]
    told: tuple[Told, ...]
    is_whole: bool


def merged(question: Question, rules: Rules, found: Sequence[Told]) -> tuple[Advice, ...]:
    """Return the advice of signals, those that belong together as one.

    The one advice is as loud as its loudest; a listed pair that need not interrupt is left out
    where another interaction speaks of it.
    """
    apart = tuple(advice for signal, advice in found if not theme_of(rules, signal.rule))
    themed = [told for told in found if theme_of(rules, told[0].rule)]
    spoken = {_drugs(s) for s, advice in themed if advice.tier is not Tier.T5}
    heard = [t for t in themed if t[1].tier is not Tier.T5 or _drugs(t[0]) not in spoken]
    return (*apart, *(_one(question, rules, group) for group in _groups(rules, heard)))


def theme_of(rules: Rules, rule: Rule) -> str:
    """Return what a rule belongs to: its theme, else the rule itself; "" where no pack says."""
    said = rules.interactions.get((rule.pack, rule.id))
    return "" if said is None else said.theme or rule.id


def _drugs(signal: Signal) -> frozenset[str]:
    return frozenset(t.drug for t in (signal.line, signal.other) if t is not None)


def _groups(rules: Rules, found: Iterable[Told]) -> list[_Group]:
    groups: list[_Group] = []
    for told in found:
        signal = told[0]
        new = _Group(
            theme_of(rules, signal.rule), _drugs(signal), (told,), is_whole=signal.other is None
        )
        near = [g for g in groups if _is_near(g, new)]
        groups = [g for g in groups if g not in near]
        for group in near:
            new = _Group(
                new.theme,
                group.drugs | new.drugs,
                (*group.told, *new.told),
                group.is_whole or new.is_whole,
            )
        groups.append(new)
    return groups


def _is_near(one: _Group, two: _Group) -> bool:
    if one.theme != two.theme:
        return False
    return bool(one.drugs & two.drugs) or one.is_whole or two.is_whole


def _one(question: Question, rules: Rules, group: _Group) -> Advice:
    """Return what a group says: the loudest's act, with the facts, acts and sources of all."""
    told = sorted(group.told, key=lambda t: t[1].tier)
    signal, lead = told[0]
    focus = _focus(signal)
    others = _others(told, focus)
    said = [advice for _, advice in told]
    return replace(
        lead,
        id=lead.id if len(told) == 1 else _id(group),
        target=_target(question, lead, focus),
        title=_title(rules, signal, lead, focus, others),
        summary=_summary(rules, told) or lead.summary,
        because=_because(rules, told),
        options=_options(question, rules, told),
        evidence=_evidence(rules, told),
        packs=tuple(sorted({p for a in said for p in a.packs})),
        monitoring=tuple(dict.fromkeys(m for a in said for m in a.monitoring)),
    )


def _id(group: _Group) -> str:
    drugs = "+".join(sorted(d.replace(" ", "-") for d in group.drugs))
    return f"interactions:{group.theme}:{drugs}"


def _focus(signal: Signal) -> Taken | None:
    """Return the medicine that is named first: the ordered one, where both may be changed."""
    line, other = signal.line, signal.other
    if line is None or other is None or line.is_new or not other.is_new:
        return line
    return other if signal.rule.action in OF_BOTH else line


def _others(told: Sequence[Told], focus: Taken | None) -> list[str]:
    """Return the medicines that the one named first interacts with itself; the chain has all."""
    if focus is None:
        return []
    mine = (signal for signal, _ in told if focus.drug in _drugs(signal))
    taken = (t for signal in mine for t in (signal.line, signal.other))
    return list(dict.fromkeys(t.name for t in taken if t is not None and t.drug != focus.drug))


def _target(question: Question, lead: Advice, focus: Taken | None) -> Target:
    medicine = question.knowledge.medicines.by_id(focus.drug) if focus else None
    return Target(medicine.name, codes_of(medicine)) if medicine else lead.target


def _title(
    rules: Rules, signal: Signal, lead: Advice, focus: Taken | None, others: Sequence[str]
) -> str:
    if focus is None or not others:
        return lead.title
    effect = rules.phrase(signal.rule, signal.rule.effect)
    pair = f"{focus.name} with {listed(others)}: {effect}"
    action = signal.rule.action
    if action is Action.STANDARD:
        return pair[:1].upper() + pair[1:]
    return f"Watch {pair}" if action is Action.MONITOR else f"{DOING[action]} {pair}"


def _summary(rules: Rules, told: Sequence[Told]) -> str:
    """Return what each says to do, the loudest first, each sentence once."""
    acts = (rules.phrase(s.rule, code) for s, _ in told for code in s.rule.manage)
    return " ".join(sentence(act) for act in dict.fromkeys(acts))


def _because(rules: Rules, told: Sequence[Told]) -> tuple[Because, ...]:
    """Return the chain: the medicines; what each interaction is, how loud, how; the rules."""
    hops = [hop for _, advice in told for hop in advice.because]
    hops += [hop for signal, _ in told for hop in _interaction(rules, signal.rule)]
    return tuple(dict.fromkeys(sorted(hops, key=lambda hop: STEPS.index(hop.step))))


def _interaction(rules: Rules, rule: Rule) -> tuple[Because, ...]:
    how = rules.interactions[rule.pack, rule.id]
    level = INDICATORS.get(rule.tier, "info")
    effect = rules.phrase(rule, rule.effect)
    found = [Because(STEP, f"{level}: {effect}", f"{rule.pack}#{rule.id}")]
    for step, code in (("mechanism", how.mechanism), ("onset", how.onset)):
        if code:
            found.append(Because(step, rules.phrase(rule, code), rule.pack))
    return tuple(found)


def _evidence(rules: Rules, told: Sequence[Told]) -> tuple[Evidence, ...]:
    own = [e for _, advice in told for e in advice.evidence]
    more = [rules.interactions[s.rule.pack, s.rule.id].evidence for s, _ in told]
    return tuple(dict.fromkeys((*own, *more)))


def _options(question: Question, rules: Rules, told: Sequence[Told]) -> tuple[Option, ...]:
    """Return what may stand in for the ordered medicine; in a review, for either."""
    found: dict[str, Option] = {o.name: o for _, advice in told for o in advice.options}
    for signal, _ in told:
        how = rules.interactions[signal.rule.pack, signal.rule.id]
        sides = ((signal.line, how.instead_of_first), (signal.other, how.instead_of_second))
        for taken, drugs in sides:
            if taken is None or (question.is_order and not taken.is_new):
                continue
            for medicine in (question.knowledge.medicines.by_id(d) for d in drugs):
                if medicine is not None and _is_fit(question, rules, medicine, taken):
                    option = Option(medicine.name, f"instead of {taken.name}", codes_of(medicine))
                    found.setdefault(medicine.name, option)
    return tuple(found.values())


def _is_fit(question: Question, rules: Rules, medicine: Medicine, instead: Taken) -> bool:
    """Return whether a medicine is not taken, not reacted to, and interrupts with nothing taken."""
    if allergy_to(question.knowledge, question.case.person, medicine):
        return False
    for taken in question.subject.taken:
        if taken.drug == medicine.drug:
            return False
        if taken.line is not instead.line:
            pairs = ((medicine.drug, taken.drug), (taken.drug, medicine.drug))
            against = [r for pair in pairs for r in rules.pairs.get(pair, ())]
            if any(rule.tier in INTERRUPTS for rule in against):
                return False
    return True
