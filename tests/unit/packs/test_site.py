"""Keys, signatures and state on disk: what is damaged, busy or not writable is said."""

import base64
import json
from pathlib import Path

import pytest

from garrod.adapters.packs import state
from garrod.adapters.packs.change import activate, approve, deactivate, trust
from garrod.adapters.packs.sign import (
    PrivateKey,
    check_signature,
    read_private_key,
    read_public_key,
    sign_pack,
    write_key,
)
from garrod.adapters.packs.site import shelf_in_force
from garrod.adapters.packs.standing import standings
from garrod.adapters.packs.state import changing, read_rules, read_state, write_state
from garrod.care.govern.ledger import Ledger
from garrod.care.govern.model import Approved, Deactivated, Trusted
from garrod.core.errors import ConflictError, InputError, KnowledgeError
from tests.making.packs import resum, site_copy

AT = "2026-11-25T10:00:00+00:00"
KEY = PrivateKey("maker", bytes(range(32)))
TRUSTED = Trusted(AT, "it", KEY.public.key, KEY.public.public_key, "maker")


def code_of(raised: pytest.ExceptionInfo[KnowledgeError]) -> str:
    return raised.value.code


def test_signature_is_that_of_the_published_algorithm() -> None:
    # RFC 8032, section 7.1, test 1: the public key that belongs to this private key.
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert base64.b64decode(PrivateKey("x", seed).public.public_key).hex() == public
    assert "\\x9d" not in repr(PrivateKey("x", seed))


def test_keys_are_read_as_they_were_written(tmp_path: Path) -> None:
    public = write_key(KEY, tmp_path / "k")
    assert read_private_key(tmp_path / "k") == KEY
    assert read_public_key(public) == KEY.public


@pytest.mark.parametrize("text", ["", "x =", 'holder = "a"\nalgorithm = "Ed25519"\n', "\x00"])
def test_file_that_holds_no_key_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "k"
    path.write_text(text)
    with pytest.raises(KnowledgeError, match="holds no private key") as raised:
        read_private_key(path)
    assert code_of(raised) == "KNO030"
    for raw in ("AAAA", "not base64"):
        path.write_text(f'holder = "a"\nalgorithm = "Ed25519"\npublic_key = "{raw}"\n')
        with pytest.raises(KnowledgeError, match="holds no public key"):
            read_public_key(path)


def test_signature_that_cannot_be_read_or_written_is_said(tmp_path: Path) -> None:
    folder = site_copy(tmp_path, "policy-us", "2027.1.0")
    (folder / "signature.toml").write_text("key = 1")
    with pytest.raises(KnowledgeError) as raised:
        check_signature(folder, Ledger((TRUSTED,)))
    assert code_of(raised) == "KNO025"
    (folder / "signature.toml").unlink()
    (folder / "signature.toml").mkdir()
    with pytest.raises(InputError):
        sign_pack(folder, KEY, signed_at=AT)


def test_signature_of_one_pack_does_not_pass_for_another(tmp_path: Path) -> None:
    one = site_copy(tmp_path, "policy-us", "2027.1.0")
    two = site_copy(tmp_path, "policy-england", "2027.1.0")
    sign_pack(one, KEY, signed_at=AT)
    assert check_signature(one, Ledger((TRUSTED,))) == TRUSTED
    (two / "signature.toml").write_bytes((one / "signature.toml").read_bytes())
    with pytest.raises(KnowledgeError) as raised:
        check_signature(two, Ledger((TRUSTED,)))
    assert code_of(raised) == "KNO025"


def test_state_is_read_as_it_was_written(tmp_path: Path) -> None:
    ledger = Ledger((TRUSTED, Approved(AT, "a", "doctor", "p@1", "aa", "why – ü", ("r1", "r2"))))
    write_state(tmp_path, ledger)
    assert read_state(tmp_path) == ledger
    assert sorted(p.name for p in tmp_path.iterdir()) == ["site.toml", "state.json"]
    assert read_rules(tmp_path).approvals == 2


def test_event_of_a_shape_that_is_not_known_is_damage(tmp_path: Path) -> None:
    write_state(tmp_path, Ledger((TRUSTED,)))
    path = tmp_path / "state.json"
    data = json.loads(path.read_text())
    for change in ({"kind": "other"}, {"extra": "1"}):
        bad = {**data, "events": [{**data["events"][0], **change}]}
        path.write_text(json.dumps(bad))
        with pytest.raises(KnowledgeError) as raised:
            read_state(tmp_path)
        assert code_of(raised) == "KNO021"


def test_two_changes_at_once_are_refused_not_mixed(tmp_path: Path) -> None:
    with changing(tmp_path), pytest.raises(ConflictError) as raised, changing(tmp_path):
        pass
    assert raised.value.code == "CON002"
    with changing(tmp_path) as ledger:
        assert ledger == Ledger()


def test_folder_that_cannot_be_written_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_state(tmp_path, Ledger())

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(state.os, "fsync", full)
    with pytest.raises(InputError, match="No space left"):
        trust(tmp_path, KEY.public, by="it", at=AT)
    monkeypatch.undo()
    assert read_state(tmp_path) == Ledger()
    assert sorted(p.name for p in tmp_path.iterdir()) == [".lock", "site.toml", "state.json"]
    (tmp_path / ".lock").unlink()
    (tmp_path / ".lock").mkdir()
    with pytest.raises(InputError) as raised, changing(tmp_path):
        pass
    assert raised.value.code == "INP010"


def ready(site: Path, folder: Path) -> None:
    """Sign a pack and give it two approvals."""
    sign_pack(folder, KEY, signed_at=AT)
    if not read_state(site).trusted():
        trust(site, KEY.public, by="it", at=AT)
    for who, role in (("a", "doctor"), ("b", "nurse")):
        given = Approved(AT, who, role, "", "", "why")
        approve(site, f"{folder.parent.name}@{folder.name}", given, agrees=True)


def test_rolling_back_is_to_activate_the_earlier_version(tmp_path: Path) -> None:
    for version in ("2027.1.0", "2027.2.0"):
        ready(tmp_path, site_copy(tmp_path, "policy-us", version))
        activate(tmp_path, f"policy-us@{version}", by="it", at=AT)
    assert shelf_in_force(tmp_path).reference("policy-us") == "policy-us@2027.2.0"
    activate(tmp_path, "policy-us@2027.1.0", by="it", at=AT)
    assert shelf_in_force(tmp_path).reference("policy-us") == "policy-us@2027.1.0"
    states = {s.manifest.version: s.state for s in standings(tmp_path) if "us" in s.cells[0]}
    assert states["2027.1.0"] == "in force (site)"
    assert states["2027.2.0"].startswith("approved")
    assert states["2026.11.0"] == "replaced by policy-us@2027.1.0"
    assert {s.state for s in standings(None)} == {"in force (shipped)"}


def test_end_of_what_is_not_active_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="there are: none") as raised:
        deactivate(tmp_path, "policy-us", Deactivated(AT, "it", "", "x"), agrees=True)
    assert code_of(raised) == "KNO022"


def test_pack_that_names_an_act_nobody_knows_is_refused_with_its_own_code(tmp_path: Path) -> None:
    folder = site_copy(
        tmp_path,
        "pgx-guidance",
        "2027.1.0",
        {"recommendations.csv": lambda text: text.replace(",avoid,", ",shun,")},
    )
    sign_pack(folder, KEY, signed_at=AT)
    trust(tmp_path, KEY.public, by="it", at=AT)
    with pytest.raises(KnowledgeError, match="shun") as raised:
        approve(
            tmp_path, "pgx-guidance@2027.1.0", Approved(AT, "a", "doctor", "", ""), agrees=False
        )
    assert code_of(raised) == "KNO006"
    assert read_state(tmp_path).events[-1].by == "it"


def test_sums_written_anew_do_not_make_an_approved_pack(tmp_path: Path) -> None:
    folder = site_copy(tmp_path, "policy-us", "2027.1.0")
    ready(tmp_path, folder)
    tiers = folder / "tiers.csv"
    tiers.write_text(tiers.read_text().replace("T5", "T4"))
    resum(folder)
    with pytest.raises(KnowledgeError) as raised:
        activate(tmp_path, "policy-us@2027.1.0", by="it", at=AT)
    assert code_of(raised) == "KNO025"
    assert dict(read_state(tmp_path).active()) == {}


def test_extension_takes_force_and_its_end_names_the_stop_that_goes_with_it(tmp_path: Path) -> None:
    folder = site_copy(tmp_path, "pgx-phenotypes", "2027.1.0")
    for table in folder.glob("*.csv"):
        if table.name not in ("evidence.csv", "functions.csv"):
            table.unlink()
    head, first = (folder / "functions.csv").read_text().splitlines()[:2]
    cited = first.rsplit(",", 1)[1]
    (folder / "functions.csv").write_text(f"{head}\nTPMT,*own,No function,,{cited}\n")
    manifest = (folder / "pack.toml").read_text().splitlines()
    kept = [x for x in manifest if not x.startswith('"') or "evidence" in x or "functions" in x]
    text = "\n".join(kept).replace('name = "pgx-phenotypes"', 'name = "own-allele"')
    text = text.replace("[files]", 'extends = "pgx-phenotypes"\n[files]')
    (folder / "pack.toml").write_text(text + "\n")
    resum(folder)
    (tmp_path / "own-allele").mkdir()
    ready(tmp_path, folder.rename(tmp_path / "own-allele" / "2027.1.0"))
    activate(tmp_path, "own-allele@2027.1.0", by="it", at=AT)
    rows = shelf_in_force(tmp_path).rows("pgx-phenotypes", "functions")
    assert rows[-1]["allele"] == "*own"
    end = Deactivated(AT, "it", "", "no longer wanted")
    with pytest.raises(KnowledgeError, match=r"TPMT \*own") as raised:
        deactivate(tmp_path, "own-allele", end, agrees=False)
    assert code_of(raised) == "KNO028"
    assert deactivate(tmp_path, "own-allele", end, agrees=True) == (
        "pgx-phenotypes: TPMT *own alone or twice no longer gives Poor Metabolizer",
    )
