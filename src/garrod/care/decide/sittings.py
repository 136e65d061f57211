"""What was shown within one sitting, so that signing does not repeat what selecting has said.

sitting, person, order, card -> shown before? · what was answered in it counts as said
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta

LASTS = timedelta(hours=8)  # Source: the project's design: a shift
KEPT = 20_000  # Not clinical: cards remembered at once, some hundred bytes each

Place = tuple[str, str, str]  # sitting, person, card


class Sittings:
    """Cards that were shown and answered, by sitting; in memory, and only for some hours."""

    def __init__(self) -> None:
        self._seen: OrderedDict[Place, datetime] = OrderedDict()
        self._answered: OrderedDict[Place, datetime] = OrderedDict()

    def was_shown(self, place: Place, at: datetime) -> bool:
        """Return whether a card was shown in this sitting before."""
        return _is_within(self._seen, place, at)

    def was_answered(self, place: Place, at: datetime) -> bool:
        """Return whether a card was answered in this sitting."""
        return _is_within(self._answered, place, at)

    def show(self, place: Place, at: datetime) -> None:
        """Remember that a card was shown."""
        _keep(self._seen, place, at)

    def answer(self, place: Place, at: datetime) -> None:
        """Remember that a card was answered."""
        _keep(self._answered, place, at)


def _is_within(kept: OrderedDict[Place, datetime], place: Place, at: datetime) -> bool:
    if not place[0]:
        return False
    when = kept.get(place)
    return when is not None and at - when <= LASTS


def _keep(kept: OrderedDict[Place, datetime], place: Place, at: datetime) -> None:
    if not place[0]:
        return
    kept[place] = at
    kept.move_to_end(place)
    while len(kept) > KEPT:
        kept.popitem(last=False)
