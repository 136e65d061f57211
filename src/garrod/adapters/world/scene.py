"""What all who write of one person share: the profile, the person, the year and their chance."""

from __future__ import annotations

from dataclasses import dataclass

from garrod.adapters.world.chance import Chance
from garrod.adapters.world.identity import Identity
from garrod.adapters.world.model import Profile
from garrod.adapters.world.parts import Calendar, FhirJson, to


@dataclass(frozen=True, slots=True)
class Scene:
    """One person in one year."""

    profile: Profile
    who: Identity
    calendar: Calendar
    chance: Chance

    @property
    def patient(self) -> FhirJson:
        """A reference to the person."""
        return to("Patient", self.who.id)

    def own(self, kind: str, key: str) -> FhirJson:
        """Return a reference to a resource of the person."""
        return to(kind, f"{self.who.id}-{key}")
