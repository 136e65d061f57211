"""The synthetic year of accesses: its rates, what is planted, and that nothing else decides."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from garrod.adapters.world.accesses import Accesses, accesses
from garrod.adapters.world.accesses_model import SHIPPED, load_rates
from garrod.care.govern.snoop_model import Nearness
from garrod.care.govern.snoop_near import Distances
from garrod.core.errors import InputError
from tests.unit.world.small_world import profile, seeded

PEOPLE, EACH = 1200, 3


@cache
def year(seed: int = 5) -> Accesses:
    """Return a year of a small community."""
    return drawn(seed)


def drawn(seed: int) -> Accesses:
    rates = load_rates()
    few = replace(rates, people=replace(rates.people, count=PEOPLE),
                  snoops=replace(rates.snoops, each=EACH))  # fmt: skip
    return accesses(profile(), few, seeded(seed))


def test_the_same_seed_gives_the_same_year_and_another_another() -> None:
    assert list(drawn(5).looks()) == list(year().looks())
    assert list(year(6).looks()) != list(year().looks())


def test_looks_are_in_order_and_within_the_year() -> None:
    looks = list(year().looks())
    assert [look.entry for look in looks] == list(range(len(looks)))
    assert all(one.at <= other.at for one, other in pairwise(looks))
    assert {look.at.year for look in looks} == {2025}


def test_as_many_snoops_of_each_kind_are_planted_as_the_rates_say() -> None:
    told = year()
    kinds = Counter(act.kind.kind for act in told.acts)
    assert kinds == {kind.kind: EACH for kind in load_rates().kinds}
    planted = {told.act_of(entry) for entry in range(len(told.drawn))} - {-1}
    assert planted == {act.number for act in told.acts}


def test_each_kind_is_what_it_says() -> None:
    told = year()
    for act in told.acts:
        own, first = act.worker.member, act.members[0]
        match act.kind.kind:
            case "family":
                assert first.family == own.family
                assert first.address != own.address
            case "household":
                assert first.family != own.family
                assert first.address == own.address
            case "colleague":
                assert act.worker.organisation in first.works_at
            case "public":
                assert first.is_public
            case "acquaintance" | "stranger":
                assert first.family != own.family
                assert first.address != own.address
            case _:
                assert len(act.members) >= 12


def test_nobody_snoops_after_one_in_whose_care_they_are_named() -> None:
    told = year()
    known, acts = told.known(), {act.number: act for act in told.acts}
    distances = Distances(known)
    for look in told.looks():
        act = told.act_of(look.entry)
        if act >= 0 and acts[act].kind.kind != "browsing":
            assert distances.of(look) is not Nearness.NAMED


def test_most_looks_are_near_and_some_of_every_sort_are_far() -> None:
    told = year()
    distances = Distances(told.known())
    near = Counter(distances.of(look) for look in told.looks() if told.act_of(look.entry) < 0)
    assert set(near) == set(Nearness)
    clerks = Counter(look.role for look in told.looks())
    assert clerks["clerk"] > 1000
    hours = Counter(look.at.hour for look in told.looks())
    assert hours[3] > 0
    assert hours[11] > 3 * hours[3]


def test_rates_that_cannot_be_are_refused(tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    for wrong in (
        "rubbish [",
        text.replace("each = 20", "each = 20\nnobody = 3"),
        text.replace("stay_days = [1, 9]", "stay_days = [9, 1]"),
        text.replace("night_share = 0.2 ", "night_share = true "),
        text.replace('says = "somebody of public interest"', ""),
        text.replace("assumed = true\nsource", "assumed = true\nsaid"),
    ):
        assert wrong != text
        path = tmp_path / "rates.toml"
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(InputError) as error:
            load_rates(path)
        assert error.value.code == "INP050"
