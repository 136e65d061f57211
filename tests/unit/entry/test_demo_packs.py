"""The pack that the demo proposes: made up, marked so, whole or not there; no other is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from garrod.adapters.packs.choose import side_of
from garrod.adapters.packs.sign import check_signature
from garrod.adapters.packs.site import site_pack
from garrod.adapters.packs.standing import standings
from garrod.adapters.packs.state import STATE, read_state
from garrod.adapters.packs.trial import lowered_by
from garrod.entry.demo_packs import FOLDER, HOLDER, PACK, VERSION, forget_site, propose, site_of
from garrod.entry.web.people.tour import PROPOSED


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("demo") / FOLDER
    propose(made)
    return made


def test_proposal_is_signed_waits_for_two_and_says_that_it_is_made_up(site: Path) -> None:
    (mine,) = [s for s in standings(site) if s.manifest.reference == f"{PACK}@{VERSION}"]
    assert mine.state == f"waiting: signed by {HOLDER}, 0 of 2 approvals"
    assert "synthetic" in mine.manifest.title
    assert mine.manifest.reference == PROPOSED
    signer = check_signature(site_pack(site, PROPOSED).folder, read_state(site))
    assert signer.holder == HOLDER
    assert not list(site.rglob("*.key"))


def test_proposal_can_be_reasoned_with_and_lowers_no_hard_stop(site: Path) -> None:
    before, after = side_of(PACK, site), side_of(PROPOSED, site)
    assert lowered_by(before.shelf, after.shelf) == ()
    made = [r for r in after.pack.tables["safety_rules"] if "demo-proposal" in r["evidence"]]
    assert len(made) == 2


def test_proposal_is_made_once_and_anew_where_it_was_left_half_way(tmp_path: Path) -> None:
    site = tmp_path / FOLDER
    propose(site)
    state = (site / STATE).read_bytes()
    propose(site)
    assert (site / STATE).read_bytes() == state
    (site / STATE).unlink()
    (site / PACK / VERSION / "pack.toml").unlink()
    propose(site)
    assert site_pack(site, PROPOSED).manifest.version == VERSION
    forget_site(site)
    assert not site.exists()


def test_site_that_somebody_names_is_left_alone(tmp_path: Path) -> None:
    named = {"GARROD_PACKS": str(tmp_path / "own")}
    assert site_of(tmp_path, named) is None
    assert named == {"GARROD_PACKS": str(tmp_path / "own")}
    unnamed: dict[str, str] = {}
    assert site_of(tmp_path, unnamed) == tmp_path / FOLDER
    assert unnamed == {"GARROD_PACKS": str(tmp_path / FOLDER)}
    assert site_of(tmp_path, unnamed) == tmp_path / FOLDER
