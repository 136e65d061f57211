"""The tour shows what is there, and each step signs in as the right one."""

from __future__ import annotations

from pathlib import Path

import pytest

from garrod.adapters.identity.development import personas
from garrod.entry.demo_reset import Reset, forget, own_record
from garrod.entry.demo_stories import DISCHARGED, HIDING, news, stories
from garrod.entry.demo_world import PLANTED_IDS
from garrod.entry.housing import Housing
from garrod.entry.web.people.tour import MORE, SCENES, Scene, Step, scenes_of, sign_in_as

NAMES = {"prescriber": "prescriber, Dr P"}
SCENE = Scene("t", "s", (Step("prescriber", "/patients/x/y?drug=z", "go"), Step("", "/open", "o")))


def test_step_signs_in_as_whom_it_is_about_and_goes_on_to_its_page() -> None:
    (scene,) = scenes_of((SCENE,), NAMES, is_there=lambda _: True)
    assert scene.steps[0].who == "prescriber, Dr P"
    assert scene.steps[0].link == ("/sign-in/start?as=prescriber&next=/patients/x/y%3Fdrug%3Dz")
    assert (scene.steps[1].link, scene.steps[1].who) == ("/open", "")


def test_step_is_plain_where_one_is_that_one_already_or_nobody_can_be_chosen() -> None:
    for names, now in ((NAMES, "prescriber"), ({}, "")):
        (scene,) = scenes_of((SCENE,), names, now=now, is_there=lambda _: True)
        assert scene.steps[0].link == "/patients/x/y?drug=z"


def test_scene_without_a_page_is_left_out() -> None:
    assert scenes_of((SCENE,), NAMES, is_there=lambda _: False) == ()
    (scene,) = scenes_of((SCENE,), NAMES, is_there=lambda to: to == "/open")
    assert [step.words for step in scene.steps] == ["o"]


def test_everybody_of_the_tour_may_be_chosen_and_every_person_is_planted() -> None:
    steps = [step for scene in (*SCENES, *MORE) for step in scene.steps]
    assert {step.whom for step in steps} - {""} <= set(personas())
    told = {part for s in steps for part in s.to.split("/") if part.startswith("demo-")}
    assert told <= set(PLANTED_IDS)
    assert len({step.words for step in steps}) == len(steps), "links are told apart by their words"


def test_address_of_a_step_leads_nowhere_else() -> None:
    assert "next=//" not in sign_in_as("a&b", "/x?y=1&as=other")
    assert sign_in_as("a&b", "/x?y=1&as=other").count("&") == 1


def test_everything_of_the_stories_is_marked_synthetic() -> None:
    made = [resource for part in (*stories(), *news()) for resource in part]
    assert {r["id"].rpartition("-")[0] or r["id"] for r in made}
    assert all(tag["code"] == "HTEST" for r in made for tag in r["meta"]["tag"])
    assert {DISCHARGED, HIDING} <= {r["id"] for r in made}


@pytest.mark.parametrize("is_demo", [True, False])
def test_only_the_file_that_a_demo_made_is_ever_removed(tmp_path: Path, is_demo: bool) -> None:
    own, other = f"sqlite:///{tmp_path / 'demo.db'}", f"sqlite:///{tmp_path / 'record.db'}"
    assert (own_record(Housing(tmp_path, own, "t", is_demo=is_demo)) is not None) is is_demo
    assert own_record(Housing(tmp_path, other, "t", is_demo=is_demo)) is None
    assert own_record(Housing(tmp_path, "postgresql://x", "t", is_demo=is_demo)) is None


def test_record_is_forgotten_with_what_stands_beside_it_and_nothing_else(tmp_path: Path) -> None:
    own = ("demo.db", "demo.db-wal", "demo.db-shm", "demo-sessions.db", "demo-sessions.db-wal")
    others = ("demo-audit.db", "record.db", "sessions.db")
    for name in (*own, *others):
        (tmp_path / name).write_text("x")
    forget(tmp_path / "demo.db")
    assert {path.name for path in tmp_path.iterdir()} == set(others)
    with pytest.raises(AssertionError):
        forget(tmp_path / "record.db")


def test_demo_starts_over_only_where_somebody_can_end_it() -> None:
    ended: list[bool] = []
    assert not Reset().ask()
    reset = Reset(lambda: ended.append(True))
    assert reset.ask()
    assert reset.is_wanted
    assert ended == [True]
