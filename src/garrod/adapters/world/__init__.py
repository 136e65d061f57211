"""Synthetic people and a year of their care, as FHIR R4 resources."""

from garrod.adapters.world.load import load_profile
from garrod.adapters.world.model import Profile
from garrod.adapters.world.people import people, truth
from garrod.adapters.world.places import shared

__all__ = ["Profile", "load_profile", "people", "shared", "truth"]
