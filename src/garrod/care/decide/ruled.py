"""The advisers that are rows: interactions, organ function, doses, monitoring, contraindications.

Question -> science.safety.apply -> Signal, Gap -> Advice in the pack's phrases, NotAssessed
"""

from __future__ import annotations

from collections.abc import Iterable

from garrod.care.decide.asking import Question
from garrod.care.decide.interactions import merged
from garrod.care.decide.model import Decision
from garrod.care.decide.options import codes_of
from garrod.care.decide.wording import sentence
from garrod.care.decide.words import DOING, listed
from garrod.core.advice import Action, Advice, Because, NotAssessed, Option, Target
from garrod.science.safety.apply import Gap, Signal, judged
from garrod.science.safety.rules import Rule, Rules
from garrod.science.safety.subject import Taken

UNKNOWN = "missing-data"  # the code of what a rule would have to know


def by_rules(question: Question) -> Decision:
    """Return what the rows of the safety packs say of an order, or of all that is taken."""
    rules = question.knowledge.rules
    found = judged(rules, question.subject, is_order=question.is_order)
    told = [(signal, _advice(question, rules, signal)) for signal in found.signals]
    return Decision(merged(question, rules, told), (), _gaps(question, rules, found.gaps))


def _advice(question: Question, rules: Rules, signal: Signal) -> Advice:
    rule, line, other = signal.rule, signal.line, signal.other
    return Advice(
        id=advice_id(rule, line, other),
        action=rule.action,
        target=target_of(question, line),
        tier=rule.tier,
        strength=rule.severity,
        title=title_of(rules, rule, line, other),
        summary=" ".join(sentence(rules.phrase(rule, code)) for code in rule.manage)
        or sentence(rules.phrase(rule, rule.effect)),
        because=because_of(rules, signal),
        evidence=rule.evidence,
        packs=rule.packs,
        options=_options(question, rule),
        dose_factor=rule.dose_factor or None,
        monitoring=tuple(rules.phrase(rule, code) for code in rule.monitoring),
        stable=True,
    )


def advice_id(rule: Rule, line: Taken | None, other: Taken | None) -> str:
    """Return the id of advice: the same for the same rule and medicines, nothing of the person."""
    drugs = "+".join(t.drug.replace(" ", "-") for t in (line, other) if t is not None)
    return f"{rule.adviser}:{rule.id}:{drugs or 'person'}"


def target_of(question: Question, line: Taken | None) -> Target:
    """Return the medicine that advice is about, or the person's list as a whole."""
    if line is None:
        return Target("medicines")
    medicine = question.knowledge.medicines.by_id(line.drug)
    return Target(line.name, codes_of(medicine) if medicine else ())


def title_of(rules: Rules, rule: Rule, line: Taken | None, other: Taken | None) -> str:
    """Return one line: what to do with which medicine, and what for."""
    effect = rules.phrase(rule, rule.effect)
    if line is None:
        return effect[:1].upper() + effect[1:]
    together = f" with {other.name}" if other is not None else ""
    is_taken = rule.action is Action.ASK and not line.is_new
    doing = "Ask about" if is_taken else DOING[rule.action]
    if rule.action is Action.STOP and line.is_new:
        doing = "Do not give"
    return f"{doing} {line.name}{together}: {effect}"


def because_of(rules: Rules, signal: Signal) -> tuple[Because, ...]:
    """Return the chain: the medicines, the facts of the person, the rule and its pack."""
    rule = signal.rule
    lines = [t for t in (signal.line, signal.other) if t is not None]
    return (
        *(
            Because("medicine", f"{t.name}: {'proposed' if t.is_new else 'taken'}", t.ref)
            for t in lines
        ),
        *(Because("person", fact.text, fact.ref) for fact in signal.facts),
        Because("rule", f"{rule.adviser} rule {rule.id}: when {rule.when_text}", rule.pack),
    )


def _options(question: Question, rule: Rule) -> tuple[Option, ...]:
    found: list[Option] = []
    for drug in rule.alternatives:
        medicine = question.knowledge.medicines.by_id(drug)
        if medicine is not None:  # whether it suits the person is asked of every adviser: offering
            found.append(Option(medicine.name, "usual alternative", codes_of(medicine)))
    return tuple(found)


def _gaps(question: Question, rules: Rules, gaps: Iterable[Gap]) -> tuple[NotAssessed, ...]:
    """Return what is missing, each once a medicine, with what it is needed for."""
    needed: dict[tuple[str, str, str], dict[str, None]] = {}
    targets: dict[str, Target] = {}
    for gap in gaps:
        target = target_of(question, gap.line)
        targets[target.name] = target
        effect = rules.phrase(gap.rule, gap.rule.effect)
        for missing in gap.missing:
            key = (target.name, gap.rule.adviser, missing.text)
            needed.setdefault(key, {})[effect] = None
    return tuple(
        NotAssessed(targets[name], adviser, f"{text}; needed for: {listed(list(effects))}", UNKNOWN)
        for (name, adviser, text), effects in needed.items()
    )
