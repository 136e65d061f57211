"""A command that goes on as a server hands over what it has read, and nothing that is another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from garrod.entry.wire import BEFORE, Services, Settings, services_before


@pytest.fixture(autouse=True)
def nothing_before() -> Iterator[None]:
    BEFORE.clear()
    yield
    BEFORE.clear()


def test_packs_are_read_once_for_the_story_and_the_server(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("GARROD_PACKS", raising=False)
    story = Services()
    BEFORE.append(story)
    monkeypatch.setenv("GARROD_PACKS", str(tmp_path))  # a site where nothing is in force
    found = services_before()
    assert found is not story
    assert found.settings.packs == tmp_path
    assert (found.caller, found.knowledge) == (story.caller, story.knowledge)
    assert services_before().__dict__.get("knowledge") is None  # once


def test_other_choices_are_read_anew() -> None:
    BEFORE.append(Services(Settings(is_flat=True)))
    assert "caller" not in services_before().__dict__
