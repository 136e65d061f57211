"""Which rules of tier T1 a change of packs would lower.

shelf before, shelf after -> stops, contraindications, rows under a stop, names and phenotypes that
lead to a stop -> one line for each that is lost or softer. It would rather name one too many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from garrod.care.govern.lowering_rules import softer_rules
from garrod.care.govern.reach import lost_phenotypes
from garrod.knowledge.pack import Row, values_in
from garrod.knowledge.shelf import Shelf

HARDEST = "T1"
# Acts that a hard stop makes loud, the most cautious first. Source: the project's design
STOPPING = ("avoid", "stop", "prefer-alternative", "start-lower")
MEDICINES = "drugs"

Stop = tuple[str, str, str]  # drug, gene, key of the result
Situation = tuple[str, str, str, str]  # drug, gene and key, population, results of other genes


def lowered_rules(before: Shelf, after: Shelf) -> tuple[str, ...]:
    """Return what becomes softer, a line each, sorted; policies that are gone say so themselves."""
    found: set[str] = set(softer_rules(before, after))
    for policy in policies_of(before):
        if policy in after.names():
            found.update(_under_policy(policy, before, after))
    return tuple(sorted(found))


def policies_of(shelf: Shelf) -> tuple[str, ...]:
    """Return the names of the policy packs on a shelf, sorted."""
    return tuple(n for n in shelf.names() if "hard_stops" in shelf.pack(n).tables)


def _under_policy(policy: str, before: Shelf, after: Shelf) -> Iterator[str]:
    stops = {s for s, tier in _stops(before, policy).items() if tier == HARDEST}
    now = _stops(after, policy)
    for drug, gene, key in stops:
        tier = now.get((drug, gene, key), "")
        if tier != HARDEST:
            said = f"tier {tier}" if tier else "no hard stop any more"
            yield f"{policy}: {drug} with {gene} {key} was T1, is {said}"
    yield from _contraindications(policy, before, after)
    yield from _sources_lost(policy, before, after)
    for source in _sources(before, policy):
        if source in after.names():
            yield from _softer_rows(source, before, after, stops)
    yield from _quieted(policy, before, after, stops)
    yield from _names_lost(before, after, {drug for drug, _, _ in stops})
    yield from lost_phenotypes(before, after, {(gene, key) for _, gene, key in stops})


def _stops(shelf: Shelf, policy: str) -> Mapping[Stop, str]:
    """Return the tier of each stop; where two rows name one, the first holds."""
    found: dict[Stop, str] = {}
    for row in shelf.rows(policy, "hard_stops"):
        for drug in values_in(row["drugs"]):
            for key in values_in(row["keys"]):
                found.setdefault((drug, row["gene"], key), row["tier"])
    return found


def _contraindications(policy: str, before: Shelf, after: Shelf) -> Iterator[str]:
    now = after.rows(policy, "contraindications")
    for row in before.rows(policy, "contraindications"):
        if row.get("tier") == HARDEST and not any(_covers(other, row) for other in now):
            yield f"{policy}: {row['drug']} {row['why']}: was T1, and no row says so as widely"


def _covers(row: Row, old: Row) -> bool:
    """Return whether a row speaks against a medicine at least as widely as an old one."""
    narrow = ("drug", "tier", "pregnant", "breastfeeding", "sex", "route")
    is_same = all(row.get(name, "") == old.get(name, "") for name in narrow)
    conditions = set(values_in(old["conditions"])) <= set(values_in(row["conditions"]))
    young = not old["below_age"] or _number(row["below_age"], -1) >= _number(old["below_age"], 0)
    return is_same and conditions and young


def _number(text: str, otherwise: float) -> float:
    try:
        return float(text)
    except ValueError:
        return otherwise


def _sources(shelf: Shelf, policy: str) -> tuple[str, ...]:
    """Return the guidance packs that a policy hears, as far as they are on the shelf, in order."""
    rows = sorted(shelf.rows(policy, "sources"), key=lambda row: _number(row["rank"], 99))
    return tuple(row["pack"] for row in rows if row["pack"] in shelf.names())


def _sources_lost(policy: str, before: Shelf, after: Shelf) -> Iterator[str]:
    old, new = _sources(before, policy), _sources(after, policy)
    for source in old:
        if source not in new:
            yield f"{policy}: the guidance of {source} is heard no longer"
    kept = [source for source in new if source in old]
    for first, second in pairwise(kept):
        if old.index(first) > old.index(second):
            yield f"{policy}: {first} now speaks before {second}"


def _softer_rows(source: str, before: Shelf, after: Shelf, stops: Iterable[Stop]) -> Iterator[str]:
    known = set(stops)
    old, new = _acts(before, source, known), _acts(after, source, known)
    for situation, (rank, factor) in old.items():
        drug, result, population, others = situation
        where = f"{source}: {drug} with {result} ({population}{', ' if others else ''}{others})"
        act = STOPPING[rank]
        if situation not in new:
            yield f"{where} was {act}, and no row says so any more"
        elif new[situation][0] > rank:
            yield f"{where} was {act}, is {STOPPING[new[situation][0]]}"
        elif new[situation][1] > factor:
            yield f"{where} starts at a higher share of the usual dose"
    roles = {(row["drug"], row["gene"]) for row in after.rows(source, "genes")}
    for row in before.rows(source, "genes"):
        pair = (row["drug"], row["gene"])
        if pair not in roles and any(stop[:2] == pair for stop in known):
            yield f"{source}: {row['drug']} is no longer checked against {row['gene']}"


def _acts(shelf: Shelf, source: str, stops: set[Stop]) -> dict[Situation, tuple[int, float]]:
    """Return the most cautious act, and its dose factor, of each situation under a hard stop."""
    found: dict[Situation, tuple[int, float]] = {}
    for row in shelf.rows(source, "recommendations"):
        if row["action"] in STOPPING:
            act = (STOPPING.index(row["action"]), _number(row["dose_factor"], 0.0))
            for situation in _situations(row, stops):
                found[situation] = min(act, found.get(situation, act))
    return found


def _situations(row: Row, stops: set[Stop]) -> Iterator[Situation]:
    cells = [cell.partition("=") for cell in row["keys"].split(";")]
    for gene, _, values in cells:
        others = ";".join(f"{g}={v}" for g, _, v in cells if g != gene)
        for drug in values_in(row["drugs"]):
            for key in values_in(values):
                if (drug, gene, key) in stops:
                    yield drug, f"{gene} {key}", row["population"], others


def _quieted(policy: str, before: Shelf, after: Shelf, stops: set[Stop]) -> Iterator[str]:
    """Yield the implications of rows under a hard stop that a policy newly speaks softly about."""
    old = {row["implication"]: row["tier"] for row in before.rows(policy, "quiet")}
    for row in after.rows(policy, "quiet"):
        code = row["implication"]
        if row["tier"] == HARDEST or old.get(code) == row["tier"]:
            continue
        if any(_is_stopped(after, source, code, stops) for source in _sources(after, policy)):
            yield f"{policy}: advice with the reason {code!r}, once T1, is spoken at {row['tier']}"


def _is_stopped(shelf: Shelf, source: str, code: str, stops: set[Stop]) -> bool:
    return any(
        row["implication"] == code and row["action"] in STOPPING and any(_situations(row, stops))
        for row in shelf.rows(source, "recommendations")
    )


def _names_lost(before: Shelf, after: Shelf, drugs: set[str]) -> Iterator[str]:
    """Yield the names and codes by which a drug with a hard stop is recognised no longer."""
    now = {row["drug"]: _names(row) for row in after.rows(MEDICINES, "drugs")}
    for row in before.rows(MEDICINES, "drugs"):
        if row["drug"] in drugs and (lost := _names(row) - now.get(row["drug"], frozenset())):
            yield f"{MEDICINES}: {row['drug']} is no longer recognised by {_several(lost)}"


def _names(row: Row) -> frozenset[str]:
    words = (row["drug"], row["name"], *values_in(row["synonyms"]), *values_in(row["atc"]))
    return frozenset(w.casefold() for w in (*words, row["rxnorm"]) if w)


def _several(words: Iterable[str]) -> str:
    shown: Sequence[str] = sorted(words)
    return ", ".join(shown[:3]) + (f" and {len(shown) - 3} more" if len(shown) > 3 else "")
