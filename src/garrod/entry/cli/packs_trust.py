"""garrod packs key new | trust | distrust | sign: whose packs a site believes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from garrod.entry.cli.output import say, write_out
from garrod.entry.cli.pack_options import By, Reason, Site, person_of, reason_of, site_of

keys = typer.Typer(help="Signing keys: new.", no_args_is_help=True)

NEW = "Example: garrod packs key new dr-singh -o dr-singh.key"
SIGN = "Example: garrod packs sign site-packs/policy-england/2027.1.0 --key dr-singh.key"
TRUST = "Example: garrod packs trust dr-singh.key.pub --packs site-packs --as it-lead"
DISTRUST = (
    "Example: garrod packs distrust 0123456789abcdef --reason 'key was lost' "
    "--packs site-packs --as it-lead"
)


@keys.command("new", epilog=NEW)
def new_key(
    name: Annotated[str, typer.Argument(help="The id of the person who will keep it.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The private key's new file.")],
) -> None:
    """Make a signing key: FILE (private, mode 600) and FILE.pub (to give away)."""
    import os

    from garrod.adapters.packs.sign import SEED_BYTES, PrivateKey, write_key

    private = PrivateKey(person_of("NAME", name), os.urandom(SEED_BYTES))
    public = write_key(private, output)
    say(f"private key of {private.holder}: {output} (keep it to yourself); public: {public}")
    write_out([f"{private.public.key}\n".encode()], None)


def sign(
    folder: Annotated[Path, typer.Argument(help="The pack's folder, NAME/VERSION.")],
    key: Annotated[Path, typer.Option("--key", help="Your private key.")],
) -> None:
    """Sign a pack that is intact: signature.toml beside its pack.toml."""
    from garrod.adapters.packs.load import digest_of
    from garrod.adapters.packs.sign import read_private_key, sign_pack
    from garrod.entry.wire import now

    signer = sign_pack(folder, read_private_key(key), signed_at=now())
    say(f"{folder}: signed by {signer.holder} with the key {signer.key}")
    write_out([f"{digest_of(folder)}\n".encode()], None)


def trust(
    key: Annotated[Path, typer.Argument(help="A public key's file (*.pub).")],
    by: By,
    name: Annotated[
        str | None, typer.Option("--name", help="The holder's id, where the file has another.")
    ] = None,
    site: Site = None,
) -> None:
    """Trust a signing key at a site; its holder may not approve what it signed."""
    from dataclasses import replace

    from garrod.adapters.packs import change
    from garrod.adapters.packs.sign import read_public_key
    from garrod.entry.wire import now

    public = read_public_key(key)
    public = replace(public, holder=person_of("--name", name or public.holder))
    change.trust(site_of(site), public, by=person_of("--as", by), at=now())
    say(f"the key {public.key} of {public.holder} is trusted")


def distrust(
    key: Annotated[str, typer.Argument(help="The id of a key.")],
    by: By,
    reason: Reason,
    site: Site = None,
) -> None:
    """Trust a key no longer: what it signed is not used, and nothing stands in for it."""
    from garrod.adapters.packs import change
    from garrod.entry.wire import now

    why = reason_of(reason, is_needed=True)
    stopped = change.distrust(site_of(site), key, by=person_of("--as", by), at=now(), reason=why)
    say(f"the key {key} is trusted no longer")
    for pack in stopped:
        say(
            f"warning: {pack} is active and was signed by it: no answer is given until it is "
            "deactivated or another version is activated"
        )
