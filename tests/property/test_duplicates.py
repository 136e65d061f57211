"""Whatever is taken: an order is compared with each line by itself, and nothing alike is missed."""

from hypothesis import given, settings
from hypothesis import strategies as st

from garrod.adapters.packs.load import load_shelf
from garrod.core.medicine import MedicineLine
from garrod.knowledge.clinical import load_clinical
from garrod.knowledge.medicines import load_medicines
from garrod.science.safety.duplicate_rules import load_duplicate_rules
from garrod.science.safety.duplicates import Kind, pairs_in
from garrod.science.safety.subject import Taken
from tests.making.desk_time import drawn

SHELF = load_shelf()
MEDICINES = load_medicines(SHELF)
RULES = load_duplicate_rules(SHELF, load_clinical(SHELF))
WORDS = (
    *("ramipril 5mg capsules", "ramipril 10 mg tablets", "lisinopril 5 mg", "candesartan 8 mg"),
    *("co-codamol 30/500", "paracetamol 500mg", "morphine 10mg MR tablets", "oxycodone prn"),
    *("ibuprofen 5% gel", "ibuprofen 400mg tablets", "naproxen", "warfarin 1 mg", "apixaban"),
    *("Fostair", "salbutamol inhaler", "amlodipine 5 mg", "aspirin 75mg", "clopidogrel"),
)
LINES = st.builds(
    MedicineLine,
    st.sampled_from(WORDS),
    reference=st.sampled_from(("", "MedicationRequest/1", "MedicationRequest/2")),
    is_as_needed=st.booleans(),
    renews=st.sampled_from(((), ("MedicationRequest/1",), ("urn:x|t",))),
)


def taken(line: MedicineLine, *, is_new: bool = False) -> list[Taken]:
    local = MEDICINES.is_local(line.text)
    named = MEDICINES.find_all(line.text)
    return [Taken(m.drug, m.name, frozenset(), line, is_local=local, is_new=is_new) for m in named]


def said(lines: list[MedicineLine], order: MedicineLine) -> list[tuple[Kind, str, str]]:
    all_taken = [t for line in lines for t in taken(line)] + taken(order, is_new=True)
    found = pairs_in(RULES, all_taken, is_order=True)
    return [(d.kind, d.first.text, d.of_class.id if d.of_class else "") for d in found]


@settings(max_examples=drawn(300), deadline=None)
@given(st.lists(LINES, max_size=6), LINES)
def test_order_is_compared_with_each_line_as_if_it_stood_alone(
    lines: list[MedicineLine], order: MedicineLine
) -> None:
    assert said(lines, order) == [one for line in lines for one in said([line], order)]


@settings(max_examples=drawn(100), deadline=None)
@given(st.lists(LINES, max_size=5), LINES)
def test_nothing_alike_among_lines_is_missed_by_an_order(
    lines: list[MedicineLine], order: MedicineLine
) -> None:
    alike = {d.first.text for d in pairs_in(RULES, _with(lines, order), is_order=False)
             if d.second.line is order}  # fmt: skip
    assert alike == {text for _, text, _ in said(lines, order)}


def _with(lines: list[MedicineLine], order: MedicineLine) -> list[Taken]:
    return [t for line in (*lines, order) for t in taken(line)]
