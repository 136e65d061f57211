"""Keeps entries in an audit log until it is killed, and prints whom each acknowledged one names.

python -m tests.making.audit_writer FOLDER ROUND
"""

import asyncio
import sys
from pathlib import Path

from garrod.adapters.audit.store import AuditLog
from garrod.care.govern.audit import canonical
from garrod.entry.notary import COMMAND
from tests.making.audits import around, entry_of


async def main(folder: Path, turn: str) -> None:
    log = AuditLog(folder / "audit.db", folder / "audit.key", around(), every=0.05)
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
