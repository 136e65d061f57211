"""A site's own pack from its making to its end, through the real command line."""

import json
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.conftest import STORY, Ran, Run
from tests.making.packs import Edit, resum, site_copy

PACK = "policy-england@2027.1.0"


def quieter(text: str) -> str:
    return text.replace("monitor,Strong,T3", "monitor,Strong,T4")


def without_abacavir(text: str) -> str:
    return "".join(line for line in text.splitlines(True) if not line.startswith("abacavir"))


@dataclass
class Site:
    """A site with a key that it trusts, and a way to speak about it."""

    run: Run
    folder: Path
    key: Path

    def do(self, *arguments: object) -> Ran:
        return self.run("packs", *arguments, "--packs", self.folder)

    def sign(self, pack: Path) -> None:
        assert self.run("packs", "sign", pack, "--key", self.key).code == 0

    def approve(self, by: str, role: str, *more: object, pack: str = PACK) -> Ran:
        return self.do("approve", pack, "--as", by, "--role", role, *more)

    def activate(self, pack: str = PACK) -> Ran:
        return self.do("activate", pack, "--as", "it-lead")

    def policy(self, **edits: Edit) -> Path:
        tables = {f"{name}.csv": edit for name, edit in edits.items()}
        return site_copy(self.folder, "policy-england", "2027.1.0", tables)

    def in_force(self) -> set[str]:
        rows = [line.split("\t") for line in self.do("list").out.splitlines()]
        return {f"{r[0]}@{r[1]}" for r in rows if r[2].startswith("in force")}


@pytest.fixture
def site(run: Run, tmp_path: Path) -> Site:
    folder, key = tmp_path / "site", tmp_path / "maker.key"
    folder.mkdir()
    assert run("packs", "key", "new", "maker", "-o", key).code == 0
    made = Site(run, folder, key)
    assert made.do("trust", f"{key}.pub", "--as", "it-lead").code == 0
    return made


def refused(ran: Ran, code: str, exit_code: int = 11) -> str:
    assert (ran.code, ran.out) == (exit_code, "")
    assert ran.err.startswith(f"GARROD-{code}: "), ran.err
    assert ran.err.count("\n") == 1
    return ran.err


def test_pack_with_two_approvals_takes_force_and_leaves_it_again(site: Site) -> None:
    site.sign(site.policy(tiers=quieter))
    assert PACK not in site.in_force()
    assert "monitor\tStrong\tT4" in site.do("show", PACK, "--table", "tiers").out
    assert site.approve("dr-jones", "doctor").code == 0
    assert site.approve("ms-khan", "data-manager").code == 0
    assert "approved: signed by maker, 2 of 2 approvals" in site.do("list").out
    ran = site.activate()
    assert (ran.code, ran.err) == (0, f"{PACK}: in force\n")
    assert PACK in site.in_force()
    assert "policy-england@2026.11.0" not in site.in_force()
    shown = site.do("show", "policy-england", "--table", "tiers").out
    assert "monitor\tStrong\tT4" in shown
    ended = site.do("deactivate", "policy-england", "--as", "it-lead", "--reason", "trial over")
    assert ended.code == 0
    assert "policy-england@2026.11.0" in site.in_force()


def test_answers_name_the_sites_pack_once_it_is_active(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.sign(site.policy(tiers=quieter))
    site.approve("dr-jones", "doctor")
    site.approve("ms-khan", "pharmacist")
    site.activate()
    question = ("advise", "--person", STORY / "person.json", "--genome", STORY / "genome.vcf")
    assert PACK not in site.run(*question).out
    monkeypatch.setenv("GARROD_PACKS", str(site.folder))
    advice = json.loads(site.run(*question).out)["advice"]
    by_policy = [a for a in advice if a["id"].startswith(("pgx:", "limit:"))]
    assert by_policy
    assert all(PACK in a["packs"] for a in by_policy)
    monkeypatch.setenv("GARROD_PACKS", "")
    assert PACK not in site.run(*question).out
    assert json.loads(site.run("--packs", site.folder, *question).out)["advice"] == advice


def test_unsigned_pack_is_refused_and_nothing_activated(site: Site) -> None:
    site.policy()
    assert "not signed" in refused(site.activate(), "KNO023")
    refused(site.approve("dr-jones", "doctor"), "KNO023")
    assert PACK not in site.in_force()
    assert "waiting: unsigned" in site.do("list").out


def test_pack_signed_by_an_unknown_key_is_refused_and_nothing_activated(
    site: Site, run: Run, tmp_path: Path
) -> None:
    other = tmp_path / "other.key"
    run("packs", "key", "new", "stranger", "-o", other)
    pack = site.policy()
    run("packs", "sign", pack, "--key", other)
    for ran in (site.approve("dr-jones", "doctor"), site.activate()):
        assert "stranger" in refused(ran, "KNO024")
    assert PACK not in site.in_force()
    assert "waiting: signed by an unknown key" in site.do("list").out


def test_signature_of_another_content_is_refused(site: Site) -> None:
    pack = site.policy()
    site.sign(pack)
    site.approve("dr-jones", "doctor")
    site.approve("ms-khan", "pharmacist")
    tiers = pack / "tiers.csv"
    tiers.write_text(quieter(tiers.read_text()))
    refused(site.activate(), "KNO003")
    resum(pack)
    refused(site.activate(), "KNO025")
    assert PACK not in site.in_force()


def test_change_after_approval_voids_the_approvals(site: Site) -> None:
    pack = site.policy()
    site.sign(pack)
    site.approve("dr-jones", "doctor")
    site.approve("ms-khan", "pharmacist")
    tiers = pack / "tiers.csv"
    tiers.write_text(quieter(tiers.read_text()))
    resum(pack)
    site.sign(pack)
    assert "2 more were of another content" in refused(site.activate(), "KNO026")
    assert "0 of 2 approvals, earlier approvals void" in site.do("list").out


def test_one_approval_or_none_clinical_is_too_little(site: Site) -> None:
    site.sign(site.policy())
    refused(site.activate(), "KNO026")
    site.approve("ms-khan", "data-manager")
    assert "has 1 of the 2 approvals" in refused(site.activate(), "KNO026")
    site.approve("mr-lee", "manager")
    assert "clinical role" in refused(site.activate(), "KNO026")
    assert PACK not in site.in_force()
    site.approve("dr-jones", "doctor")
    assert site.activate().code == 0


def test_same_person_twice_and_the_signer_are_refused(site: Site) -> None:
    site.sign(site.policy())
    site.approve("dr-jones", "doctor")
    assert "another person" in refused(site.approve("DR-Jones", "pharmacist"), "KNO027")
    assert "holds the key" in refused(site.approve("maker", "doctor"), "KNO027")
    refused(site.activate(), "KNO026")


def test_pack_that_lowers_a_hard_stop_needs_both_approvers_to_say_so(site: Site) -> None:
    site.sign(site.policy(hard_stops=without_abacavir))
    told = site.approve("dr-jones", "doctor")
    assert "NOT agreed to" in told.err
    assert "abacavir with HLA-B *57:01 positive was T1" in told.err
    site.approve("ms-khan", "pharmacist")
    assert "abacavir" in refused(site.activate(), "KNO028")
    assert PACK not in site.in_force()
    ran = site.approve("dr-jones", "doctor", "--approve-lowering")
    assert (ran.code, ran.err.split(":")[0]) == (2, "GARROD-USE001")
    because = ("--approve-lowering", "--reason", "the medicine is used here no longer")
    assert site.approve("dr-jones", "doctor", *because).code == 0
    assert "1 of 2 approvers agreed" in refused(site.activate(), "KNO028")
    assert PACK not in site.in_force()
    assert site.approve("ms-khan", "pharmacist", *because).code == 0
    ran = site.activate()
    assert ran.code == 0
    assert "warning: lowers a rule of tier T1 (as both approvers agreed)" in ran.err
    assert PACK in site.in_force()


def test_end_of_a_pack_that_had_added_a_hard_stop_is_said_and_needs_agreement(site: Site) -> None:
    site.sign(site.policy(hard_stops=lambda t: t + "pimozide,CYP2D6,Poor Metabolizer,T1,stops\n"))
    site.approve("dr-jones", "doctor")
    site.approve("ms-khan", "pharmacist")
    site.activate()
    end = ("deactivate", "policy-england", "--as", "it-lead", "--reason", "wrong")
    assert "pimozide" in refused(site.do(*end), "KNO028")
    assert PACK in site.in_force()
    ran = site.do(*end, "--approve-lowering")
    assert ran.code == 0
    assert "pimozide" in ran.err


def test_pack_that_cannot_be_reasoned_over_is_refused(site: Site) -> None:
    site.sign(site.policy(sources=lambda t: t.replace("rank,", "place,")))
    refused(site.approve("dr-jones", "doctor"), "KNO031")


@pytest.mark.parametrize("damage", ["cut", "edited", "lost", "not json"])
def test_damaged_state_is_an_error_and_the_shipped_packs_do_not_stand_in(
    site: Site, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.sign(site.policy())
    site.approve("dr-jones", "doctor")
    site.approve("ms-khan", "pharmacist")
    site.activate()
    state = site.folder / "state.json"
    text = state.read_text()
    if damage == "lost":
        state.unlink()
    else:
        changed = {"cut": text[:-40], "edited": text.replace("ms-khan", "mr-khan"), "not json": "?"}
        state.write_text(changed[damage])
    monkeypatch.setenv("GARROD_PACKS", str(site.folder))
    for command in (
        ("packs", "list"),
        ("packs", "verify"),
        ("advise", "--person", STORY / "person.json"),
        ("packs", "activate", PACK, "--as", "it-lead"),
    ):
        assert "not used in their place" in refused(site.run(*command), "KNO021")
    state.write_text(text)
    assert PACK in site.in_force()


def test_active_pack_that_is_changed_stops_every_answer_until_it_is_dealt_with(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = site.policy()
    site.sign(pack)
    site.approve("dr-jones", "doctor")
    site.approve("ms-khan", "pharmacist")
    site.activate()
    tiers = pack / "tiers.csv"
    tiers.write_text(quieter(tiers.read_text()))
    monkeypatch.setenv("GARROD_PACKS", str(site.folder))
    ask = ("advise", "--person", STORY / "person.json")
    refused(site.run(*ask), "KNO003")
    resum(pack)
    assert "Nothing stands in" in refused(site.run(*ask), "KNO029")
    assert "CHANGED since it took force" in site.do("list").out
    shutil.rmtree(pack)
    refused(site.run(*ask), "KNO022")
    end = ("deactivate", "policy-england", "--as", "it-lead", "--reason", "lost")
    assert "cannot be told" in refused(site.do(*end), "KNO028")
    assert site.do(*end, "--approve-lowering").code == 0
    assert site.run(*ask).code == 0


def test_key_trusted_no_longer_stops_what_it_signed(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.sign(site.policy())
    site.approve("dr-jones", "doctor")
    site.approve("ms-khan", "pharmacist")
    site.activate()
    trusted = json.loads((site.folder / "state.json").read_text())["events"][0]["key"]
    refused(site.do("distrust", "0" * 16, "--as", "it-lead", "--reason", "x"), "KNO024")
    ran = site.do("distrust", trusted, "--as", "it-lead", "--reason", "the key was lost")
    assert f"{PACK} is active and was signed by it" in ran.err
    monkeypatch.setenv("GARROD_PACKS", str(site.folder))
    ran = site.run("advise", "--person", STORY / "person.json")
    assert "trusted no longer" in refused(ran, "KNO029")


def test_activation_killed_half_way_leaves_the_old_state(site: Site) -> None:
    site.sign(site.policy())
    site.approve("dr-jones", "doctor")
    site.approve("ms-khan", "pharmacist")
    state = site.folder / "state.json"
    before = state.read_bytes()
    script = (
        "import os, signal, sys\n"
        "from garrod.adapters.packs import state\n"
        "state.os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)\n"
        "from garrod.entry.cli.app import main\n"
        "sys.argv[0] = 'garrod'\n"
        "main()\n"
    )
    words = ["packs", "activate", PACK, "--as", "it-lead", "--packs", str(site.folder)]
    ended = subprocess.run([sys.executable, "-c", script, *words], check=False, timeout=60)
    assert ended.returncode == -9
    assert state.read_bytes() == before
    assert PACK not in site.in_force()
    assert site.activate().code == 0


def test_private_key_is_its_owners_alone_and_never_overwritten(run: Run, tmp_path: Path) -> None:
    key = tmp_path / "k.key"
    ran = run("packs", "key", "new", "dr-singh", "-o", key)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(ran.out.strip()) == 16
    secret = key.read_text().split("private_key = ")[1].strip().strip('"')
    assert secret not in ran.out + ran.err + (tmp_path / "k.key.pub").read_text()
    before = key.read_bytes()
    refused(run("packs", "key", "new", "dr-singh", "-o", key), "INP010", 10)
    assert key.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "exit_code", "code"),
    [
        (["list", "--packs", "no-such-folder"], 11, "KNO020"),
        (["activate", "policy-england@9", "--as", "a"], 2, "USE001"),
        (["sign", "no-such-pack", "--key", "no.key"], 11, "KNO030"),
        (["trust", "no.pub", "--as", "a"], 11, "KNO030"),
        (["key", "new", "not an id", "-o", "x.key"], 2, "USE001"),
        (["diff", "policy-england", "policy-nowhere"], 11, "KNO032"),
        (["diff", "policy-england", "policy-england@9"], 11, "KNO032"),
        (["diff", "england", "us", "--people", "docs/decisions"], 10, "INP070"),
        (["show", "policy-england@9"], 2, "USE001"),
    ],
)
def test_wrong_argument_names_itself(
    run: Run, arguments: list[object], exit_code: int, code: str
) -> None:
    refused(run("packs", *arguments), code, exit_code)


@pytest.mark.parametrize("word", ["policy-england@9", "nothing", "../site@1", "policy-england"])
def test_pack_that_the_site_has_not_is_named_with_those_it_has(site: Site, word: str) -> None:
    site.policy()
    assert f"there are: {PACK}" in refused(site.activate(word), "KNO022")


def test_pack_in_a_folder_of_another_name_is_refused(site: Site) -> None:
    site.policy().rename(site.folder / "policy-england" / "2027.2.0")
    refused(site.activate("policy-england@2027.2.0"), "KNO022")


def test_rules_of_approval_may_be_raised_but_not_lowered(site: Site) -> None:
    site.sign(site.policy())
    site.approve("dr-jones", "doctor")
    site.approve("ms-khan", "pharmacist")
    rules = site.folder / "site.toml"
    rules.write_text("[approval]\napprovals = 3\n")
    assert "has 2 of the 3" in refused(site.activate(), "KNO026")
    for wrong in ("[approval]\napprovals = 1\n", "[approval]\nclinical_roles = []\n", "approval ="):
        rules.write_text(wrong)
        refused(site.activate(), "KNO021")
    assert PACK not in site.in_force()
    rules.write_text('[approval]\nclinical_roles = ["wizard"]\n')
    assert "wizard" in refused(site.activate(), "KNO026")
