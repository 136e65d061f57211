"""Words of pages: fixed words by name, sentences with places, and one or many."""

from __future__ import annotations

from importlib import import_module

from markupsafe import Markup, escape


class Saying(str):
    """Words as they are read. `{}` is a place; "one | many" are told apart by the first value."""

    __slots__ = ()

    def __call__(self, *values: object) -> Markup:
        """Return the words with `values` in their places, every value escaped."""
        one, bar, many = self.partition(" | ")
        chosen = many if bar and values[0] != 1 else one
        return escape(chosen).format(*values)


class Words:
    """The fixed words of a room, by name; a name that it lacks is an AttributeError."""

    def __init__(self, **said: str) -> None:
        self.names = tuple(said)
        for name, words in said.items():
            setattr(self, name, Saying(words))


class Rooms:
    """The words of every room, by the room's name; `frame` has those of all pages."""

    def __getattr__(self, room: str) -> Words:
        """Return a room's words, from its `words` module."""
        place = "garrod.entry.web" if room == "frame" else f"garrod.entry.web.{room}"
        try:
            found: Words = import_module(f"{place}.words").WORDS
        except ModuleNotFoundError:
            raise AttributeError(room) from None
        setattr(self, room, found)
        return found
