"""Which population a medicine's circumstances choose, and what is asked where they are unknown.

`stated` is what the order says it is for, `conditions` what the record lists; `with` are other
medicines, or what they do to an enzyme. Today is 25 November 2026. Populations are those of CPIC
and of DPWG that hold besides everyone's.
"""

from datetime import date
from decimal import Decimal

import pytest

from garrod.adapters.packs.load import load_shelf
from garrod.care.decide.context import context_of
from garrod.care.decide.setting import Setting
from garrod.core.medicine import MedicineLine
from garrod.core.person import Person
from garrod.science.pgx.guidance import load_guidance
from tests.spec.tables import spec_table

TODAY = date(2026, 11, 25)
PACKS = {"cpic": "pgx-guidance", "dpwg": "pgx-guidance-dpwg"}
GUIDANCE = {name: load_guidance(load_shelf(), pack) for name, pack in PACKS.items()}
CASES = spec_table("context")


def many(cell: str) -> frozenset[str]:
    return frozenset(filter(None, cell.split("|")))


def setting_of_case(case: dict[str, str]) -> Setting:
    born = date.fromisoformat(case["born"]) if case["born"] else None
    started = date.fromisoformat(case["started"]) if case["started"] else None
    weight = Decimal(case["weight_kg"]) if case["weight_kg"] else None
    total = Decimal(case["daily_mg"]) if case["daily_mg"] else None
    with_it, stated, past = many(case["with"]), many(case["stated"]), many(case["conditions"])
    listed = {case["drug"]} if case["listed"] else set()
    return Setting(
        Person("Patient/1", sex=case["sex"], birth_date=born, weight_kg=weight),
        MedicineLine(case["drug"], started=started, route=case["route"], daily_mg=total),
        case["order"] == "yes",
        TODAY,
        stated or past,
        stated | past,
        is_stated=bool(stated),
        drug=case["drug"],
        taken=frozenset(listed | {w for w in with_it if ":" not in w}),
        inhibitors=frozenset(w for w in with_it if ":" in w),
    )


def named(case: dict[str, str]) -> str:
    told = [
        value for key, value in case.items() if value and key not in ("populations", "question")
    ]
    return "-".join(told)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_circumstances_choose_the_population_or_the_question(case: dict[str, str]) -> None:
    guidance = GUIDANCE[case["pack"]]
    codes = guidance.populations_of(case["drug"])
    found = context_of(guidance, codes, setting_of_case(case).circumstances)
    told = [p for p in found.populations if guidance.populations[p].axis]
    wanted = many(case["populations"])
    assert sorted(told) == sorted(wanted)
    assert found.question == case["question"]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_population_of_everyone_is_never_ruled_out(case: dict[str, str]) -> None:
    guidance = GUIDANCE[case["pack"]]
    everyones = [c for c in guidance.populations if not guidance.populations[c].axis]
    assert context_of(
        guidance, everyones, setting_of_case(case).circumstances
    ).populations == tuple(everyones)
