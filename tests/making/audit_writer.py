"""Appends to an audit log until it is killed, and prints each place that was acknowledged.

python -m tests.making.audit_writer FOLDER
"""

import asyncio
import sys
from pathlib import Path

from garrod.adapters.audit.store import AuditLog
from tests.making.audits import around, entry_of


async def main(folder: Path) -> None:
    log = AuditLog(folder / "audit.db", folder / "audit.key", around(), every=0.05)

    async def keep_on(side: int) -> None:
        while True:
            place = await log.append(entry_of(f"p{side}"))
            print(f"{place} p{side}", flush=True)

    await asyncio.gather(*(keep_on(side) for side in range(20)))


asyncio.run(main(Path(sys.argv[1])))
