"""Whether planted snoops are found in synthetic years, and how often somebody is asked in vain.

Run: python -m validation snooping. Rates were fixed before (`adapters/world/accesses.toml`); signs
and thresholds on seeds 1 to 8, and again after earlier versions had found too few on 11 to 18 and
on 21 to 28; what is measured here is on seeds that nothing was fixed on. An alarm is a case that is
put to a person; it is false where none of its looks was planted. A snoop is found where a case
holds a look of theirs. One kind is reported and not counted: a stranger looked at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

from numpy.random import Generator, Philox

from garrod.adapters.world import load_profile
from garrod.adapters.world.accesses import Accesses, accesses
from garrod.adapters.world.accesses_care import DAY, Drawn
from garrod.adapters.world.accesses_model import load_rates
from garrod.care.govern.snoop_model import Case
from garrod.care.govern.snooping import suspicions
from garrod.entry.wire import Services
from validation.figures import Figure, at_least, share, show

SEEDS = (31, 32, 33, 34, 35, 36, 37, 38)
CORES = 2
MORNING = 7 * 60  # minutes of a day
FOUND, IN_VAIN = (
    95.0,
    1.0,
)  # the least percentage found, and the most false alarms for 1,000 accesses


@dataclass
class Year:
    """What one seed gave."""

    seed: int
    looks: int = 0  # those of care, planted ones left out
    in_vain: int = 0  # cases that hold no planted look
    looks_in_vain: int = 0  # looks of care that stand in cases
    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    hard: Counter[str] = field(default_factory=Counter)  # looks of care that are easily mistaken
    hard_in_vain: Counter[str] = field(default_factory=Counter)  # … and stand in cases

    @property
    def alarms(self) -> float:
        """False alarms for 1,000 accesses."""
        return 1000 * self.in_vain / self.looks


def main() -> int:
    """Print what was found; return 1 where a figure is not met."""
    rates = load_rates()
    with ProcessPoolExecutor(CORES, mp_context=get_context("spawn")) as processes:
        years = list(processes.map(year_of, SEEDS))
    counted = [kind.kind for kind in rates.kinds if kind.is_counted]
    return show("Planted snoops", list(figures(years, counted, [k.kind for k in rates.kinds])))


def year_of(seed: int) -> Year:
    """Return what a seed gives."""
    profile = load_profile(Services().shelf)
    drawn = accesses(profile, load_rates(), Generator(Philox(key=seed)))
    return judged(drawn, suspicions(drawn), seed)


def judged(drawn: Accesses, cases: Sequence[Case], seed: int) -> Year:
    """Return what cases hold of a year whose truth is known."""
    found = Year(seed, sum(one.act < 0 for one in drawn.drawn))
    acts = {drawn.act_of(entry) for case in cases for entry in case.entries}
    flagged = {entry for case in cases for entry in case.entries}
    found.looks_in_vain = sum(drawn.act_of(entry) < 0 for entry in flagged)
    found.in_vain = sum(all(drawn.act_of(e) < 0 for e in case.entries) for case in cases)
    for entry, one in enumerate(drawn.drawn):
        for name in hard_of(one) if one.act < 0 else ():
            found.hard[name] += 1
            found.hard_in_vain[name] += entry in flagged
    for act in drawn.acts:
        found.planted[act.kind.kind] += 1
        found.found[act.kind.kind] += act.number in acts
    return found


def hard_of(look: Drawn) -> Iterator[str]:
    """Yield what makes a look of care easily mistaken."""
    own, other = look.worker.member, look.member
    if own.address == other.address and own is not other:
        yield "at somebody of their own house"
    elif own.family == other.family and own is not other:
        yield "at somebody of their own family name, relatives and strangers"
    if look.at % DAY < MORNING:
        yield "at night"
    if look.worker.kind in ("locum", "bank"):
        yield "by locums and bank nurses"
    if look.worker.kind == "records":
        yield "by records clerks"
    if look.is_glass:
        yield "after a broken glass"


def figures(
    years: Sequence[Year], counted: Sequence[str], kinds: Sequence[str]
) -> Iterator[Figure]:
    """Yield the figures: together, of each seed, of each kind."""
    found, planted = (sum(_of(y, counted, what) for y in years) for what in ("found", "planted"))
    each = [_of(y, counted, "found") / _of(y, counted, "planted") for y in years]
    yield at_least("planted snoops of the kinds counted", found, planted, FOUND)
    yield Figure("the same, the worst and the best seed", f"{min(each):.1%} and {max(each):.1%}")
    in_vain, looks = sum(y.in_vain for y in years), sum(y.looks for y in years)
    rate = 1000 * in_vain / looks
    said = f"{rate:.2f} ({in_vain:,} in {looks:,})"
    yield Figure("false alarms for 1,000 accesses", said, f"≤ {IN_VAIN:.0f}", rate <= IN_VAIN)
    alarms = [y.alarms for y in years]
    yield Figure(
        "the same, the best and the worst seed", f"{min(alarms):.2f} and {max(alarms):.2f}"
    )
    held = 1000 * sum(y.looks_in_vain for y in years) / looks
    yield Figure("looks of care that stand in a case, for 1,000", f"{held:.2f}")
    for kind in kinds:
        yield share(f"kind: {kind}", *_of_kind(years, kind))
    for name in sorted({name for year in years for name in year.hard}):
        part, whole = sum(y.hard_in_vain[name] for y in years), sum(y.hard[name] for y in years)
        said = f"{1000 * part / whole:.2f} ({part:,} of {whole:,})"
        yield Figure(f"looks of care in a case, for 1,000 {name}", said)


def _of(year: Year, kinds: Sequence[str], what: str) -> int:
    counts: Counter[str] = getattr(year, what)
    return sum(counts[kind] for kind in kinds)


def _of_kind(years: Sequence[Year], kind: str) -> tuple[int, int]:
    return sum(y.found[kind] for y in years), sum(y.planted[kind] for y in years)


if __name__ == "__main__":
    raise SystemExit(main())
