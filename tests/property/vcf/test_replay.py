"""Whatever a file says, its kept lines say the same again. All people in it are made up."""

import gzip
import io
import tempfile
from pathlib import Path

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from garrod.adapters.vcf.again import read_kept
from garrod.adapters.vcf.keep import Keeper, Kept
from garrod.adapters.vcf.read import read_genotypes
from garrod.adapters.vcf.record import ReadSettings
from garrod.core.errors import GarrodError
from garrod.core.genotype import GenotypeTable
from garrod.core.variant import Assembly
from garrod.science.pgx.regions import load_regions
from tests.making.desk_time import drawn
from tests.making.readings import knowledge
from tests.making.vcf import bgzipped, contigs, row, save, vcf
from tests.property.vcf.test_fuzz import KNOWN, record

REGIONS = {a: load_regions(knowledge().shelf, KNOWN, a) for a in Assembly}
READ = ReadSettings()
NAMES = ["A", "B", "C"]


def cells() -> st.SearchStrategy[str]:
    genotype = st.sampled_from(["0/0", "0/1", "1|0", "1/1", "./.", ".", "1", "0|1", "1/."])
    number = st.sampled_from(["5", "30", ".", "99"])
    return st.tuples(genotype, number, number, st.sampled_from(["PASS", "."]), number).map(":".join)


@st.composite
def plain_row(draw: st.DrawFn) -> str:
    """Return a well-formed record on a known position: a variant, a block, a change of copies."""
    known = draw(st.sampled_from(KNOWN))
    pos, ref = known.grch38.pos, known.grch38.ref
    alt, info = draw(
        st.sampled_from(
            [
                (",".join(known.alleles[1:]), "AC=1"),
                (known.alleles[1], "."),
                ("<NON_REF>", f"END={pos + 500}"),
                ("<DEL>", f"SVTYPE=DEL;END={pos + 40_000};AF=0.1"),
                ("<CNV>", f"SVLEN=-{40_000};NOTE=CYP2D6*36"),
            ]
        )
    )
    back = draw(st.sampled_from([0, 0, 40, 30_000])) if alt.startswith("<") else 0
    said = draw(st.lists(cells(), min_size=3, max_size=3))
    return row(f"chr{known.chromosome}", pos - back, "N" if back else ref, alt, *said,
               keys="GT:AD:GQ:FT:CN", info=info).strip()  # fmt: skip


def stored(kept: Kept) -> Kept:
    """Return what is kept, once written to JSON and read back."""
    packed = gzip.compress(
        orjson.dumps([(n, line.decode("utf-8", "replace")) for n, line in kept.lines])
    )
    lines = orjson.loads(gzip.GzipFile(fileobj=io.BytesIO(packed)).read())
    return Kept(
        kept.assembly,
        kept.samples,
        kept.regions,
        tuple((n, text.encode()) for n, text in lines),
        kept.mitochondrial,
    )


def told(found: GenotypeTable) -> list[object]:
    """Return all that a table says, sample by sample, whatever its codes."""
    shape = found.codes.shape
    seen = [found.observation(p, s) for p in range(shape[0]) for s in range(shape[1])]
    return [seen, found.structural, found.spoiled, found.assembly]


@settings(max_examples=drawn(300), deadline=None)
@given(
    rows=st.lists(plain_row(), min_size=1, max_size=6)
    | st.lists(plain_row() | record(), min_size=1, max_size=6),
    is_packed=st.booleans(),
    chosen=st.sampled_from([None, ["B"], ["C", "A"]]),
)
def test_kept_lines_read_again_say_what_the_file_said(
    rows: list[str], is_packed: bool, chosen: list[str] | None
) -> None:
    text = vcf(*(f"{r}\n" for r in rows), samples=NAMES, header=contigs())
    with tempfile.TemporaryDirectory() as folder:
        plain = save(Path(folder), text.encode("utf-8", "surrogatepass"))
        path = bgzipped(plain) if is_packed else plain
        keeper = Keeper(REGIONS)
        try:
            found = read_genotypes(path, KNOWN, samples=chosen, keeper=keeper)
        except GarrodError:
            return  # refused: nothing is kept of it
        assert told(read_genotypes(path, KNOWN, samples=chosen)) == told(found)
        assert keeper.kept is not None
        again = read_kept(stored(keeper.kept), KNOWN, settings=READ, name="facts")
    assert told(again) == told(found)
