"""Whether what is told about people can be undone: attacks on tables, questions, projects.

Run: python -m validation release_numbers. Everything is drawn by one seed; the attacker of tables
knows all sums and solves them exactly, and shares nothing with the code that hides.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np

from garrod.care.govern.numbers.differencing import Shown, is_too_near
from garrod.care.govern.numbers.pseudonym import Project
from garrod.care.govern.numbers.suppress import SMALL, STEP, suppressed
from garrod.care.govern.numbers.table import Table, cells
from tests.making.cell_attack import interval, sums_of
from validation.figures import Figure, at_most, none_of, share, show

SEED, TABLES, PEOPLE, SERIES = 7, 80, 2_000, 20
MEANS = (3.0, 12.0, 60.0)  # of the counts of a table: mostly small, some small, few small


def main() -> int:
    """Print what the attacks found; return 1 where a figure is not met."""
    drawn = np.random.Generator(np.random.Philox(key=SEED))
    return show("Numbers about people", [*_tables(drawn), *_series(drawn), *_projects()])


def _tables(drawn: np.random.Generator) -> list[Figure]:
    told = Counter[str]()
    for _ in range(TABLES):
        table = _table(drawn)
        true, released = cells(table), suppressed(table)
        sums = sums_of(table.rows, table.columns, table.parents)
        told["cells"] += len(true)
        for cell in released.hidden:
            least, most = interval(released.shown, sums, cell)
            is_small = true[cell] <= SMALL
            wanted = max(STEP, true[cell]) if is_small else least + STEP - 1
            told["attacked"] += 1
            told["found"] += (is_small and least > 0) or (most is not None and most < wanted)
            told["more"] += not is_small
    return [
        none_of("hidden counts told by all that is shown", told["found"], told["attacked"]),
        share("cells hidden though they are not small", told["more"], told["cells"]),
    ]


def _table(drawn: np.random.Generator) -> Table:
    rows = tuple(f"r{i}" for i in range(drawn.integers(2, 6)))
    columns = tuple(f"c{i}" for i in range(drawn.integers(1, 4)))
    mean = float(drawn.choice(MEANS))
    counts = {(r, c): int(drawn.exponential(mean)) for r in rows for c in columns}
    return Table(rows, columns, counts, {r: f"g{drawn.integers(2)}" for r in rows[1:]})


def _series(drawn: np.random.Generator) -> list[Figure]:
    """Ask for those below each age, and for those from each age on, in an order of chance."""
    near = pairs = refused = asked = 0
    everybody = (1 << PEOPLE) - 1
    for _ in range(SERIES):
        ages = drawn.gamma(4, 11, PEOPLE).astype(int)
        shown: list[Shown] = []
        for age in drawn.permutation(np.arange(10, 95)):
            below = sum(1 << int(i) for i in np.flatnonzero(ages < age))
            new = Shown(below if drawn.random() < 0.5 else everybody ^ below)
            asked += 1
            if is_too_near(new, shown, everybody):
                refused += 1
            elif new.population.bit_count() > SMALL:
                shown.append(new)
        groups = {g for s in shown for g in (s.population, everybody ^ s.population)}
        for one, other in combinations(groups | {everybody}, 2):
            pairs += 1
            near += 0 < (one ^ other).bit_count() <= SMALL
    return [
        none_of("pairs of answers that differ by 1 to 7 people", near, pairs),
        Figure("questions of the series refused", f"{refused:,} of {asked:,}"),
    ]


def _projects() -> list[Figure]:
    key = bytes(range(32))  # the same key for both: the name alone keeps them apart
    people = [f"w{n}" for n in range(PEOPLE)]
    one, two = Project("one", key), Project("two", key)
    names = [[p.pseudonym("Patient", person) for person in people] for p in (one, two)]
    orders = [sorted(people, key=dict(zip(people, own, strict=True)).get) for own in names]  # type: ignore[arg-type]
    guessed = sum(a == b for a, b in zip(*orders, strict=True))
    moved = sum(one.shift(person) == two.shift(person) for person in people)
    return [
        none_of("pseudonyms that two projects share", len({*names[0]} & {*names[1]}), PEOPLE),
        at_most("people linked by the order of pseudonyms (chance: 0.05 %)", guessed, PEOPLE, 0.4),
        at_most("people whose dates moved alike (chance: 0.28 %)", moved, PEOPLE, 1),
    ]
