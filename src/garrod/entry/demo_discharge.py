"""What a hospital does to the list of one of the demo's people: it stops one and holds one.

It goes by the acts of the list, as a ward's own screen does: practice and pharmacy read the same.
"""

from __future__ import annotations

from garrod.care.govern.access import LOCAL
from garrod.care.record.medication.confirm import Entry
from garrod.care.record.medication.line import Act, Author, Hold, Line, Setting, Transition
from garrod.care.record.medicines import Asking
from garrod.care.record.service import Record
from garrod.entry.demo_stories import DISCHARGED
from garrod.entry.listing import medicines_over

WARD = Author("General Hospital (synthetic)", "hospital pharmacist", "", Setting.HOSPITAL)
STOPPED, WHY_STOPPED = "Amlodipine 5 mg tablets", "Swollen ankles"
HELD, WHY_HELD = "Ramipril 5 mg capsules", Hold("Kidneys", None, "the creatinine is back")


async def discharged(record: Record) -> None:
    """Write what the hospital stops and holds.  Raises: GarrodError."""
    medicines = medicines_over(record)
    at = medicines.clock()
    steps = (
        (STOPPED, Transition(Act.STOP, WARD, at, at, WHY_STOPPED)),
        (HELD, Transition(Act.HOLD, WARD, at, at, WHY_HELD.reason, hold=WHY_HELD)),
    )
    for name, step in steps:
        held = await medicines.held(LOCAL, DISCHARGED)
        about = Asking(DISCHARGED, WARD, held.list.version)
        await medicines.act(LOCAL, about, Entry(_line(held.list.lines, name).id, step))


def _line(lines: tuple[Line, ...], name: str) -> Line:
    return next(line for line in lines if line.content.medicine.text == name)
