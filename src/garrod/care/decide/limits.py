"""What speaks against a medicine whatever the genes: age, a condition, pregnancy, breastfeeding.

limits of a medicine + Setting -> those that hold: one piece of advice; those that may: a question
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from garrod.care.decide.context import Fit, weakest
from garrod.care.decide.contraindications import Limit
from garrod.care.decide.model import NOTHING, Decision
from garrod.care.decide.setting import Setting
from garrod.care.decide.wording import sentence
from garrod.core.advice import Action, Advice, Because, NotAssessed, Target, Tier

NO_STRENGTH = "n/a"  # a contraindication has no grade of a guideline
ASK_TIER = Tier.T3  # Source: the project's design, awaiting clinical sign-off
OPEN = {  # what is unknown, and how it is asked
    "age": "the age is not known: how old is the person?",
    "condition": "no such condition is on record: ask whether the person has or had one",
    "pregnancy": "is the person pregnant?",
    "breastfeeding": "is the person breastfeeding?",
    "sex": "the sex is not known: what is the person's sex?",
    "route": "the route is not known: by which route is it given?",
}


def limits_of(limits: Iterable[Limit], setting: Setting, target: Target, *, pack: str) -> Decision:
    """Return what a policy's limits say of one medicine of one person.

    `limits` are those of this medicine, `pack` the policy they stand in ("name@version"). Limits
    that hold become one piece of advice to avoid it, as loud as the loudest. Where none holds, an
    unknown age is asked for in advice, any other unknown circumstance is named as not assessed.
    """
    holding, open_ones = judged(limits, setting)
    if holding:
        return Decision(advice=(_avoid(holding, setting, target, pack),))
    found = NOTHING
    for limit in open_ones:
        parts = _parts_of(limit, setting)
        unknown = [name for name, part in parts.items() if part is Fit.UNKNOWN]
        found = found.joined(_question(limit, unknown, target, pack))
    once = {advice.id: advice for advice in reversed(found.advice)}
    return Decision(advice=tuple(once.values()), not_assessed=found.not_assessed)


def judged(limits: Iterable[Limit], setting: Setting) -> tuple[list[Limit], list[Limit]]:
    """Return the limits that hold for a person, and those of which it is not known."""
    fits = [(limit, weakest(_parts_of(limit, setting).values())) for limit in limits]
    holding = [limit for limit, fit in fits if fit is Fit.YES]
    return holding, [limit for limit, fit in fits if fit is Fit.UNKNOWN]


def _parts_of(limit: Limit, setting: Setting) -> dict[str, Fit]:
    """Return how each circumstance of a limit fits; a condition not on record is unknown."""
    age, sex, route = setting.age, setting.person.sex, setting.line.route
    asked: dict[str, Fit] = {}
    if limit.below_age is not None:
        asked["age"] = Fit.of(None if age is None else age < limit.below_age)
    if limit.conditions:
        asked["condition"] = Fit.of(True if limit.conditions & setting.history else None)
    if limit.needs_pregnancy:
        asked["pregnancy"] = Fit.of(setting.is_pregnant)
    if limit.needs_breastfeeding:
        asked["breastfeeding"] = Fit.of(setting.is_breastfeeding)
    if limit.sex:
        asked["sex"] = Fit.of(sex == limit.sex if sex else None)
    if limit.routes:
        asked["route"] = Fit.of(route in limit.routes if route else None)
    return asked


def _avoid(holding: Sequence[Limit], setting: Setting, target: Target, pack: str) -> Advice:
    reasons = tuple(dict.fromkeys(limit.why for limit in holding))
    return Advice(
        id=_id(target, "avoid"),
        action=Action.AVOID,
        target=target,
        tier=min(limit.tier for limit in holding),
        strength=NO_STRENGTH,
        title=f"Avoid {target.name}: it {reasons[0]}",
        summary=" ".join(sentence(f"{target.name} {why}") for why in reasons),
        because=(
            Because("medicine", f"{target.name} is the medicine in question", holding[0].drug),
            *(Because("contraindication", f"it {limit.why}", pack) for limit in holding),
            *(Because("person", fact, "record") for fact in _facts(holding, setting)),
        ),
        evidence=tuple(dict.fromkeys(limit.evidence for limit in holding)),
        packs=(pack,),
        stable=True,
    )


def _facts(holding: Sequence[Limit], setting: Setting) -> list[str]:
    """Return what of the person made limits hold, each once."""
    found = []
    if any(limit.below_age is not None for limit in holding):
        found.append(f"the person's age is {setting.age}")
    named = sorted({c for limit in holding for c in limit.conditions & setting.history})
    found += [f"the record names: {', '.join(named)}"] if named else []
    found += ["the person is pregnant"] if any(lim.needs_pregnancy for lim in holding) else []
    if any(limit.needs_breastfeeding for limit in holding):
        found.append("the person is breastfeeding")
    return found


def _question(limit: Limit, unknown: Sequence[str], target: Target, pack: str) -> Decision:
    asked = "; ".join(OPEN[name] for name in unknown)
    if list(unknown) != ["age"]:
        reason = f"it {limit.why}; {asked}"
        gap = NotAssessed(target, "contraindication", reason, "not-assessed")
        return Decision(not_assessed=(gap,))
    advice = Advice(
        id=_id(target, "ask-age"),
        action=Action.ASK,
        target=target,
        tier=ASK_TIER,
        strength=NO_STRENGTH,
        title=f"Ask the age before giving {target.name}",
        summary=sentence(f"{target.name} {limit.why}") + " " + sentence(asked),
        because=(
            Because("medicine", f"{target.name} is the medicine in question", limit.drug),
            Because("contraindication", f"it {limit.why}", pack),
        ),
        evidence=(limit.evidence,),
        packs=(pack,),
    )
    return Decision(advice=(advice,))


def _id(target: Target, rule: str) -> str:
    """Return the id of advice: the same for the same rule and medicine, nothing of the person."""
    return f"limit:{target.name.casefold().replace(' ', '-')}:{rule}"
