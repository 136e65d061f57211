"""Changes within a resource that keep a primitive and what stands beside it ("_given") together."""

from __future__ import annotations

from typing import Any

Holder = dict[str, Any]
Pair = tuple[Any, Any]  # a value, and what stands beside it, or None


def inserted(holder: Holder, name: str, index: int, pair: Pair) -> None:
    """Put a value into a list at a place; the list is made where there is none."""
    value, beside = pair
    listed = holder.setdefault(name, [])
    twin = _twin(holder, name, len(listed), is_needed=beside is not None)
    listed.insert(index, value)
    if twin is not None:
        twin.insert(index, beside)


def moved(holder: Holder, name: str, source: int, destination: int) -> None:
    """Take a value out of a list, and put it in at another place of what is left."""
    listed = holder[name]
    twin = _twin(holder, name, len(listed), is_needed=False)
    for one in (listed, twin):
        if one is not None:
            one.insert(destination, one.pop(source))


def removed(holder: Holder, name: str, index: int | None) -> None:
    """Take a value away, and what stands beside it."""
    if index is None:
        del holder[name]
        holder.pop(f"_{name}", None)
        return
    listed = holder[name]
    twin = _twin(holder, name, len(listed), is_needed=False)
    del listed[index]
    if twin is not None:
        del twin[index]
        if all(one is None for one in twin):
            del holder[f"_{name}"]


def _twin(holder: Holder, name: str, size: int, *, is_needed: bool) -> list[Any] | None:
    """Return the list beside a list, as long as it is; None where there is none, nor needed."""
    found = holder.get(f"_{name}")
    if not isinstance(found, list):
        if not is_needed:
            return None
        found = holder[f"_{name}"] = []
    found += [None] * (size - len(found))
    return found
