"""Search held against an independent server: Medplum's FHIR router over its memory repository.

Both get the same resources and the same questions, drawn with a fixed seed. Where the answers
differ, a second reading of R4 (validation/differential/judge.py), over what Medplum's own FHIRPath
engine finds in the resources, must give Garrod's, and a row of fhir_differential.csv must say what
Medplum does there. Where Garrod differs from that reading, it is a fault here.
Run: python -m validation fhir_differential (asked for by name: it installs from npm)
Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/search.html
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from validation.differential.comparing import Tally, compared, paged, table
from validation.differential.loading import loaded
from validation.differential.patching import patched
from validation.differential.questions import Asker
from validation.differential.servers import NotInstalled, garrod, oracle

SEED = 20_261_128
TIMES = 12  # questions of each parameter
PATCHES = 400


def main() -> int:
    """Print how far the two agree; return 1 where a difference is not explained."""
    with tempfile.TemporaryDirectory(prefix="garrod-differential-") as held:
        folder = Path(held)
        try:
            with oracle(folder) as peer, garrod(folder) as ours:
                world = loaded(ours, peer)
                tally = Tally()
                now = datetime.now(UTC)
                for question in Asker(world.stock, SEED, ours.base).all(TIMES):
                    compared(question, ours, peer, judge=world.judge, now=now, tally=tally)
                paged(ours, peer, world.judge, tuple(world.stock.parameters), tally)
                patched(ours, peer, world.judge, times=PATCHES, seed=SEED, tally=tally)
        except NotInstalled as why:
            print(f"The oracle cannot be installed here ({why}); nothing was compared.")
            return 0
    print(table(tally))
    return int(bool(tally.unexplained))
