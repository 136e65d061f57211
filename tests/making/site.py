"""A site with a key that it trusts, where made packs take force, for tests."""

from __future__ import annotations

from pathlib import Path

from tests.making.starting import ran


def garrod(*arguments: object) -> str:
    """Run a command; return what it printed."""
    done = ran(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def site_at(folder: Path) -> Path:
    """Return a site's folder beside which its key lies."""
    folder.mkdir()
    key = folder.parent / "maker.key"
    garrod("packs", "key", "new", "maker", "-o", key)
    garrod("packs", "trust", f"{key}.pub", "--as", "it-lead", "--packs", folder)
    return folder


def put_in_force(site: Path, pack: Path) -> None:
    """Sign, approve twice and activate a pack that stands in a site."""
    reference = f"{pack.parent.name}@{pack.name}"
    garrod("packs", "sign", pack, "--key", site.parent / "maker.key")
    for who, role in (("dr-jones", "doctor"), ("ms-khan", "data-manager")):
        garrod("packs", "approve", reference, "--as", who, "--role", role, "--packs", site)
    garrod("packs", "activate", reference, "--as", "it-lead", "--packs", site)
