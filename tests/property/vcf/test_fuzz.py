"""Whatever stands in a variant file, reading it returns a table or raises one of our own errors."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from garrod.adapters.vcf.read import read_genotypes
from garrod.core.errors import GarrodError
from garrod.core.genotype import CallState, GenotypeTable
from garrod.science.pgx.people import Sample, call_people
from tests.making.desk_time import drawn
from tests.making.readings import knowledge, positions
from tests.making.vcf import bgzipped, contigs, save, vcf

KNOWN = [p for p in positions() if p.gene in ("CYP2C19", "UGT1A1", "CYP2D6", "G6PD", "MT-RNR1")]
ODD = st.text(st.characters(exclude_characters="\t\n\r"), max_size=12)
NUMBER = st.integers(-3, 10**14).map(str) | st.just("9" * 5000) | st.sampled_from(["", ".", "²"])
BASES = st.text("ACGTNacgt", min_size=1, max_size=6)
SYMBOLS = st.sampled_from(
    [
        "<NON_REF>",
        "<*>",
        "*",
        ".",
        "<DEL>",
        "<DUP>",
        "<CN0>",
        "<CNV>",
        "<CYP2D6*36>",
        "N[chr1:5[",
        "",
    ]
)
ALTS = st.lists(BASES | SYMBOLS | ODD, min_size=1, max_size=4).map(",".join)
ALLELE = st.sampled_from(["0", "1", "2", ".", "7", "", "x", "²", "-1", "9" * 5000])
GENOTYPE = st.builds(
    lambda alleles, mark: mark.join(alleles),
    st.lists(ALLELE, min_size=1, max_size=4),
    st.sampled_from(["/", "|", "\\"]),
)
FIELD = GENOTYPE | NUMBER | ODD | st.sampled_from(["PASS", "LowQual", "nan", "inf", "1e999"])
CELL = st.lists(FIELD, min_size=1, max_size=6).map(":".join)
KEYS = st.lists(
    st.sampled_from(["GT", "GQ", "DP", "MIN_DP", "FT", "PS", "CN", "RGQ", ""]), max_size=6
).map(":".join)
INFO = st.lists(
    st.builds("{}={}".format, st.sampled_from(["END", "SVLEN", "DP", "CIEND"]), NUMBER) | ODD,
    max_size=3,
).map(";".join)


@st.composite
def record(draw: st.DrawFn) -> str:
    """Return a line near a known position: mostly of the right shape, with one wrong thing."""
    known = draw(st.sampled_from(KNOWN))
    contig = draw(st.sampled_from([f"chr{known.chromosome}", known.chromosome, "chrM"]) | ODD)
    pos = draw(st.integers(known.grch38.pos - 5, known.grch38.pos + 3).map(str) | NUMBER)
    ref = draw(st.just(known.grch38.ref) | BASES | ODD)
    alt = draw(st.just(",".join(known.alleles[1:])) | ALTS)
    passed = draw(st.sampled_from(["PASS", ".", "", "LowQual"]))
    keys = draw(st.just("GT") | KEYS)
    cells = draw(st.lists(CELL, min_size=1, max_size=3))
    fields = [contig, pos, ".", ref, alt, ".", passed, draw(INFO), keys, *cells]
    return "\t".join(fields[: draw(st.sampled_from([20, 20, 20, 20, 4, 1]))])


HEADER = st.sampled_from([contigs(), contigs(None), "", "##contig=<ID=chr10,length=135534747>\n"])
JUNK = st.lists(st.just("##contig=<") | st.just("##contig=<ID=1,length=" + "9" * 5000 + ">") | ODD,
                max_size=2)  # fmt: skip


def outcome(path: Path) -> GenotypeTable | None:
    """Return the table, or None where the file was refused in one sentence with a code."""
    refused = None
    try:
        return read_genotypes(path, KNOWN)
    except GarrodError as error:
        refused = error
    assert refused.code.startswith("VCF")
    assert refused.message.isprintable()
    return None


@settings(max_examples=drawn(400), deadline=None)
@given(
    header=HEADER,
    junk=JUNK,
    rows=st.lists(record(), max_size=5),
    samples=st.lists(st.sampled_from(["A", "B", "C", ""]), min_size=1, max_size=3),
    is_packed=st.booleans(),
)
def test_read_any_rows_returns_a_table_or_our_own_error(
    header: str, junk: list[str], rows: list[str], samples: list[str], is_packed: bool
) -> None:
    lines = header + "".join(f"##{j}\n" for j in junk)
    text = vcf(*(f"{r}\n" for r in rows), samples=samples, header=lines)
    with tempfile.TemporaryDirectory() as folder:
        plain = save(Path(folder), text.encode("utf-8", "surrogatepass"))
        found = outcome(bgzipped(plain) if is_packed else plain)
        if found is not None:
            check(found)


def check(found: GenotypeTable) -> None:
    """A table holds what it promises, and every person in it can be called."""
    for index, palette in enumerate(found.palette):
        assert palette[0].state is CallState.NOT_COVERED
        assert int(found.codes[index].max(initial=0)) < len(palette)
        for seen in palette:
            is_read = seen.state in (CallState.CALLED, CallState.REFERENCE_BLOCK)
            assert bool(seen.alleles) == is_read
            assert len(seen.alleles) <= 2


@settings(max_examples=drawn(150), deadline=None)
@given(content=st.binary(max_size=400), is_vcf=st.booleans())
def test_read_any_bytes_returns_a_table_or_our_own_error(content: bytes, is_vcf: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        start = b"##fileformat=VCFv4.2\n" if is_vcf else b""
        outcome(save(Path(folder), start + content))


@settings(max_examples=drawn(100), deadline=None)
@given(data=st.data())
def test_read_damaged_bgzip_or_index_returns_a_table_or_our_own_error(data: st.DataObject) -> None:
    text = vcf("chr10\t94781859\t.\tG\tA\t.\tPASS\t.\tGT\t0/1\n")
    with tempfile.TemporaryDirectory() as folder:
        packed = bgzipped(save(Path(folder), text), data.draw(st.sampled_from(["tbi", "csi"])))
        index = next(Path(folder).glob("*.?[bs]i"))
        target = data.draw(st.sampled_from([packed, index]))
        content = bytearray(target.read_bytes())
        for _ in range(data.draw(st.integers(1, 3))):
            at = data.draw(st.integers(0, len(content) - 1))
            content[at] = data.draw(st.integers(0, 255))
        target.write_bytes(bytes(content))
        outcome(packed)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(record(), min_size=1, max_size=4))
def test_call_whatever_was_read_gives_a_finding_for_every_gene(rows: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = save(Path(folder), vcf(*(f"{r}\n" for r in rows)).encode("utf-8", "surrogatepass"))
        try:
            found = read_genotypes(path, positions())
        except GarrodError:
            return
        people = [Sample(s) for s in found.samples]
        for _, findings in call_people(knowledge(), found, people):
            assert len(findings) == len(knowledge().definitions)
