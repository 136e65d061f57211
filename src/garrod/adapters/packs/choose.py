"""What a person means by one side of a comparison: a pack, a folder, or a nation's order.

word -> the pack of that name in force, NAME@VERSION of a site, a folder, or a policy
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from garrod.adapters.packs.load import load_pack, newest
from garrod.adapters.packs.site import folders_in_force, shelf_of, site_packs
from garrod.care.decide.policy import NATIONS, PACK
from garrod.core.errors import KnowledgeError
from garrod.knowledge.pack import Pack
from garrod.knowledge.shelf import Shelf

POLICY_TABLE = "hard_stops"  # the table that makes a pack a policy


@dataclass(frozen=True, slots=True)
class Side:
    """One side: the pack itself, and all the knowledge with it in the place of its namesake."""

    pack: Pack
    shelf: Shelf
    policy: str

    @property
    def is_policy(self) -> bool:
        """Return whether the pack is a nation's policy."""
        return POLICY_TABLE in self.pack.tables


def side_of(word: str, site: Path | None, policy: str = PACK) -> Side:
    """Return what a word names.  Raises: KnowledgeError KNO001, KNO003, KNO032."""
    in_force = folders_in_force(site)
    folder = _folder_of(NATIONS.get(word, word), site, in_force)
    pack = load_pack(folder)
    shelf = shelf_of({**in_force, pack.manifest.name: folder})
    side = Side(pack, shelf, policy)
    return Side(pack, shelf, pack.manifest.name) if side.is_policy else side


def _folder_of(word: str, site: Path | None, in_force: dict[str, Path]) -> Path:
    if word in in_force:
        return in_force[word]
    if "@" in word:
        own = {p.content.pack: p.folder for p in site_packs(site)} if site else {}
        shipped = {f"{n}@{folder.name}": folder for n, folder in newest().items()}
        found = {**shipped, **own}.get(word)
        if found is not None:
            return found
    if (Path(word) / "pack.toml").exists():
        return Path(word)
    raise KnowledgeError(
        f"{word!r} is no pack: expected one in force ({', '.join(sorted(in_force))}), "
        f"a nation's order ({', '.join(NATIONS)}), NAME@VERSION, or a folder with a pack.toml",
        code="KNO032",
    )
