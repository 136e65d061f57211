"""What weighing a year of looks costs: time by part, looks a second, memory.

    python -m bench.snooping [--seed 31]      prints one JSON object

The year is synthetic (`adapters/world/accesses`), some 218,000 looks at 8,000 people. Reading a
real log and record is not in it. Processor time stands beside the clock: busy or not, it stays.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Callable
from typing import Any

from numpy.random import Generator, Philox

from garrod.adapters.world import load_profile
from garrod.adapters.world.accesses import accesses
from garrod.adapters.world.accesses_model import load_rates
from garrod.care.govern.snooping import Detector
from garrod.entry.wire import Services


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=31)
    seed = parser.parse_args().seed
    profile, rates = load_profile(Services().shelf), load_rates()
    drawn, drawing = timed(lambda: accesses(profile, rates, Generator(Philox(key=seed))))
    detector, placing = timed(lambda: Detector(drawn.known(), drawn.looks()))
    cases, judging = timed(detector.cases)
    looks = len(detector.placed)
    spent = placing["processor_s"] + judging["processor_s"]
    told = {
        "seed": seed,
        "looks": looks,
        "cases": len(cases),
        "drawing": drawing,
        "placing": placing,
        "judging": judging,
        "looks_a_second_of_processor": round(looks / spent),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps(told, indent=2))


def timed(act: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """Return what an act gives, and what it took."""
    clock, processor = time.perf_counter(), time.process_time()
    found = act()
    took = time.perf_counter() - clock, time.process_time() - processor
    return found, {"clock_s": round(took[0], 2), "processor_s": round(took[1], 2)}


if __name__ == "__main__":
    main()
