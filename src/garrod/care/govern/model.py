"""What a site did about its packs, as events; and the rules by which a pack takes force."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trusted:
    """A signing key was trusted. `holder` is the person (or body) who keeps the private half."""

    at: str  # UTC, ISO 8601
    by: str
    key: str  # the key's id
    public_key: str  # base64 of the raw Ed25519 public key
    holder: str


@dataclass(frozen=True, slots=True)
class Distrusted:
    """A signing key is trusted no longer."""

    at: str
    by: str
    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Approved:
    """One person approved one content of a pack; `lowers` are the lowered rules they agreed to."""

    at: str
    by: str
    role: str
    pack: str  # name@version
    sha256: str  # of pack.toml, which holds the sha256 of every other file
    reason: str = ""
    lowers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Activated:
    """A pack took force, in the place of any other of its name."""

    at: str
    by: str
    pack: str
    sha256: str
    key: str  # the key that signed it

    @property
    def name(self) -> str:
        """Return the pack's name without its version."""
        return self.pack.partition("@")[0]


@dataclass(frozen=True, slots=True)
class Deactivated:
    """A site's pack left force; the shipped pack of its name, if any, holds again."""

    at: str
    by: str
    pack: str
    reason: str
    lowers: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return the pack's name without its version."""
        return self.pack.partition("@")[0]


Event = Trusted | Distrusted | Approved | Activated | Deactivated


@dataclass(frozen=True, slots=True)
class Rules:
    """How many people approve a pack, and whose role counts as clinical; a site may set them."""

    approvals: int = 2
    # Roles that carry a registration with a clinical body. Source: the project's design
    clinical_roles: tuple[str, ...] = (
        "clinical-safety-officer",
        "clinical-scientist",
        "doctor",
        "nurse",
        "pharmacist",
    )


@dataclass(frozen=True, slots=True)
class Content:
    """One content of a pack: its reference and the sha256 of its manifest."""

    pack: str
    sha256: str
