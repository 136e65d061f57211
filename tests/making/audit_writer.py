"""Keeps entries in an audit log until it is killed, and prints whom each acknowledged one names.

python -m tests.making.audit_writer FOLDER ROUND, GARROD_AUDIT_DATABASE naming a database or none
"""

import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path

from garrod.care.govern.audit import canonical
from garrod.entry.audit_opening import place_of
from garrod.entry.notary import COMMAND
from tests.making.audits import around, entry_of


async def main(folder: Path, turn: str) -> None:
    log = place_of(folder, os.environ).open_store(around())
    log._where = replace(log._where, every=0.05)
    log.start(COMMAND)
    assert log._sealing is not None
    print(log._sealing._notary.pid, flush=True)

    async def keep_on(side: int) -> None:
        number = 0
        while True:
            patient = f"{turn}-{side}-{number}"
            await log.keep([canonical(entry_of(patient))], is_firm=number % 5 == 0)
            print(patient, flush=True)
            number += 1
            await asyncio.sleep(0)

    await asyncio.gather(*(keep_on(side) for side in range(20)))


asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
