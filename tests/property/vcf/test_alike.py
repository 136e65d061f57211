"""Cells taken for one kind are read the same: the quick way against the plain one."""

from hypothesis import given
from hypothesis import strategies as st

from garrod.adapters.vcf.alike import alike
from garrod.adapters.vcf.record import BadCell, GenotypeCall, ReadSettings, parse_record, read_cell

VALUE = st.integers(0, 60).map(str) | st.sampled_from(["", ".", "nan", "inf", "PASS", "low", "-1"])
GENOTYPE = st.sampled_from(["0/0", "0/1", "0|1", "1|0", "1", "./.", "./1", "7/1", "", "0/1/1"])
CELL = st.builds(
    lambda genotype, values: ":".join([genotype, *values]), GENOTYPE, st.lists(VALUE, max_size=4)
)
KEYS = st.permutations(["GQ", "DP", "MIN_DP", "RGQ", "FT", "PS"]).map(
    lambda keys: ["GT", *keys[:4]]
)


@given(
    keys=KEYS,
    cells=st.lists(CELL, min_size=1, max_size=30),
    passed=st.sampled_from(["PASS", ".", "LowQual"]),
    is_block=st.booleans(),
)
def test_alike_cells_are_read_the_same(
    keys: list[str], cells: list[str], passed: str, is_block: bool
) -> None:
    alt, info = ("<NON_REF>", "END=9") if is_block else ("A,T", ".")
    line = "\t".join(["1", "5", ".", "G", alt, ".", passed, info, ":".join(keys), *cells])
    record = parse_record(line.encode(), line=1, columns=9 + len(cells), name="f")
    settings = ReadSettings()
    kinds = alike(record, record.cells, settings)

    def read(cell: bytes) -> GenotypeCall | str:
        try:
            return read_cell(record, cell, settings)
        except BadCell as broken:
            return str(broken)

    assert set(kinds) == set(record.cells)
    assert {cell: read(kind) for cell, kind in kinds.items()} == {c: read(c) for c in kinds}
