"""Call facts: what a file says over the genes is enough to call them again, then or later."""

import gzip
import stat
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from garrod.adapters.facts.changes import changed_fields, reasons_for
from garrod.adapters.facts.read import read_facts
from garrod.adapters.report.calls import calls_json
from garrod.adapters.vcf.again import not_kept
from garrod.adapters.vcf.keep import Keeper, Kept, pruned
from garrod.adapters.vcf.record import parse_record
from garrod.core.errors import GarrodError, InputError
from garrod.core.variant import Assembly
from garrod.entry.facts import kept_from, recalled, recording, reinterpreted
from garrod.entry.wire import Services, Settings
from garrod.knowledge.pack import Manifest, Pack
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.people import Sample
from garrod.science.pgx.regions import Region, load_regions
from tests.making.vcf import contigs, every_kind, row, save, vcf

INSIDE, OUTSIDE = 94800000, 95900000  # of CYP2C19's region on GRCh38
PEOPLE = (  # synthetic
    row("chr10", 94700000, "A", "T", "0/1:40", "0/0:40", keys="GT:GQ"),
    row("chr10", 94761900, "C", "T", "0/0:40", "0/0:40", keys="GT:GQ"),
    row("chr10", 94781859, "G", "A", "0/1:40:PASS:9", "1|1:40:.:9", keys="GT:GQ:FT:XX"),
    row("chr10", INSIDE, "C", "G", "0/1:40", "./.", keys="GT:GQ"),
    row("chr10", 94842866, "A", "G", "1/1:40", "1/1:40", keys="GT:GQ"),
    row("chr22", 42126611, "C", "G", "1/1:30", "0/1:.", keys="GT:GQ"),
)
SERVICES = Services()
REGIONS = load_regions(SERVICES.shelf, SERVICES.caller.positions(), Assembly.GRCH38)


def facts_of(services: Services, path: Path, target: Path) -> bytes:
    """Write the facts of every sample of a file and return the findings as JSON."""
    kept = kept_from(services, path, target)
    assert kept is not None
    table = services.read(path, keeper=kept.keeper)
    subjects = [Sample(s) for s in table.samples]
    with recording(services, kept, subjects) as recorded:
        return b"".join(calls_json(recorded(services.call(table, subjects))))


def made(tmp_path: Path) -> Path:
    extra = '##FORMAT=<ID=XX,Number=1,Type=Integer,Description="other">\n'
    return save(tmp_path, vcf(*PEOPLE, samples=("P", "Q"), header=contigs() + extra))


def with_new_allele(pos: int, version: str = "2027.1.0") -> Services:
    """Return services whose definitions have one more allele of CYP2C19, at a place of its own."""
    base = Services().shelf
    old = base.pack("pgx-definitions")
    place = {
        **next(r for r in old.tables["positions"] if r["gene"] == "CYP2C19"),
        "position_id": f"CYP2C19:{pos}", "rsid": "", "hgvs": f"g.{pos}C>G", "pos38": str(pos),
        "ref38": "C", "alts38": "G", "pos37": "", "ref37": "", "status37": "absent",
        "required": "no", "ignored": "no", "decides": "", "role": "defining",
    }  # fmt: skip
    allele = {
        **next(r for r in old.tables["alleles"] if r["gene"] == "CYP2C19"),
        "allele": "*99", "reference": "no", "defines": f"94842866=G;{pos}=G", "fold_into": "",
    }  # fmt: skip
    tables = {
        **old.tables,
        "positions": (*old.tables["positions"], place),
        "alleles": (*old.tables["alleles"], allele),
    }
    new = Pack(replace(old.manifest, version=version), tables, old.evidence)
    shelf = Shelf(new if n == new.manifest.name else base.pack(n) for n in base.names())
    return Services(Settings(), shelf)


def test_findings_are_the_same_when_called_again_from_facts(tmp_path: Path) -> None:
    for name, path in every_kind(made(tmp_path)):
        target = tmp_path / f"{name}.json.gz"
        before = facts_of(SERVICES, path, target)
        facts = read_facts(target)
        assert b"".join(calls_json(recalled(SERVICES, facts, "facts"))) == before, name
        assert [c.changes for c in reinterpreted([target], Services)] == [(), ()]


def test_findings_themselves_are_equal_with_their_proofs(tmp_path: Path) -> None:
    path, target = made(tmp_path), tmp_path / "f.json.gz"
    facts_of(SERVICES, path, target)
    table = SERVICES.read(path)
    before = list(SERVICES.call(table, [Sample("P"), Sample("Q")]))
    assert list(recalled(SERVICES, read_facts(target), "facts")) == before


def test_facts_hold_the_regions_alone_and_are_for_the_owner(tmp_path: Path) -> None:
    target = tmp_path / "f.json.gz"
    facts_of(SERVICES, made(tmp_path), target)
    lines = b"\n".join(line for _, line in read_facts(target).kept.lines)
    assert str(INSIDE).encode() in lines
    assert b"94700000" not in lines
    assert b"GT:GQ:FT\t0/1:40:PASS\t1|1:40:." in lines  # XX is not looked at, so not kept
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert read_facts(target).origin.source == "person.vcf"


def test_new_allele_inside_a_region_is_called_without_the_file(tmp_path: Path) -> None:
    path, target = made(tmp_path), tmp_path / "f.json.gz"
    facts_of(SERVICES, path, target)
    path.unlink()
    first, second = reinterpreted([target], lambda _: with_new_allele(INSIDE))
    change = next(c for c in first.changes if c.gene == "CYP2C19")
    assert "diplotypes" in change.changed
    assert change.now is not None
    assert "*99" in change.now["diplotypes"][0]["name"]
    assert change.why == ("pgx-definitions 2025.11.5 -> 2027.1.0",)
    assert change.not_kept == ()
    assert first.unchanged == len(SERVICES.caller.definitions) - len(first.changes)
    facts = read_facts(target)
    table_reading = next(iter(recalled(with_new_allele(INSIDE), facts, "f")))[1]
    again = next(f for f in table_reading if f.gene == "CYP2C19")
    assert any(p.position_id == f"CYP2C19:{INSIDE}" for p in again.proofs)
    assert second.sample == "Q"


def test_new_position_that_the_file_did_not_mention_is_not_reference(tmp_path: Path) -> None:
    target = tmp_path / "f.json.gz"
    facts_of(SERVICES, made(tmp_path), target)
    silent = INSIDE + 7
    people = {p.sample: f for p, f in recalled(with_new_allele(silent), read_facts(target), "f")}
    finding = next(f for f in people["P"] if f.gene == "CYP2C19")
    assert f"CYP2C19:{silent}" in finding.missing


def test_new_position_outside_the_regions_is_said_to_be_not_covered(tmp_path: Path) -> None:
    target = tmp_path / "f.json.gz"
    facts_of(SERVICES, made(tmp_path), target)
    (first, _) = reinterpreted([target], lambda _: with_new_allele(OUTSIDE))
    change = next(c for c in first.changes if c.gene == "CYP2C19")
    assert change.not_kept == (f"CYP2C19:{OUTSIDE}",)


def test_gvcf_blocks_inside_a_region_are_kept_and_read_as_reference(tmp_path: Path) -> None:
    block = row(
        "chr10", 94760000, "T", "<NON_REF>", "0/0:99:30", keys="GT:GQ:MIN_DP", info="END=94856000"
    )
    target = tmp_path / "f.json.gz"
    other = row("chr10", 94860000, "T", "<NON_REF>", "0/0:99", keys="GT:GQ", info="END=94900000")
    facts_of(SERVICES, save(tmp_path, vcf(block, other)), target)
    assert [n for n, _ in read_facts(target).kept.lines] == [
        vcf(block, other).splitlines().index(block.strip()) + 1
    ]
    services = with_new_allele(INSIDE)
    finding = next(
        f for f in next(iter(recalled(services, read_facts(target), "f")))[1] if f.gene == "CYP2C19"
    )
    assert f"CYP2C19:{INSIDE}" not in finding.missing


@pytest.mark.parametrize("beyond", [-150, 1, 1500])
def test_block_that_reaches_over_the_edge_of_a_region_says_nothing_there(
    tmp_path: Path, beyond: int
) -> None:
    edge = max(r.last for r in REGIONS if r.gene == "CYP2C19")
    block = row("chr10", 94760000, "T", "<NON_REF>", "0/0:99", keys="GT:GQ",
                info=f"END={edge + 9000}")  # fmt: skip
    target = tmp_path / "f.json.gz"
    facts_of(SERVICES, save(tmp_path, vcf(block)), target)
    newer = with_new_allele(edge + beyond)
    ((_, findings),) = recalled(newer, read_facts(target), "f")
    finding = next(f for f in findings if f.gene == "CYP2C19")
    assert f"CYP2C19:{edge + beyond}" in finding.missing
    (person,) = reinterpreted([target], lambda _: newer)
    change = next(c for c in person.changes if c.gene == "CYP2C19")
    assert change.not_kept == (f"CYP2C19:{edge + beyond}",)


def test_every_position_in_force_is_kept_with_all_around_it() -> None:
    for assembly in Assembly:
        regions = load_regions(SERVICES.shelf, SERVICES.caller.positions(), assembly)
        kept = Kept(assembly, ("P",), regions, ())
        assert not_kept(kept, SERVICES.caller.positions()) == ()


def test_nothing_stands_at_the_place_when_calling_fails(tmp_path: Path) -> None:
    kept = kept_from(SERVICES, made(tmp_path), tmp_path / "f.json.gz")
    assert kept is not None
    table = SERVICES.read(kept.vcf, keeper=kept.keeper)

    def broken_off() -> None:
        with recording(SERVICES, kept, [Sample("P")]) as recorded:
            next(iter(recorded(SERVICES.call(table, [Sample("P")]))))
            raise GarrodError("boom")

    with pytest.raises(GarrodError, match="boom"):
        broken_off()
    assert [p.name for p in tmp_path.iterdir()] == ["person.vcf"]


def test_facts_are_written_over_facts_and_over_nothing_else(tmp_path: Path) -> None:
    path, target = made(tmp_path), tmp_path / "f.json.gz"
    facts_of(SERVICES, path, target)
    first = target.read_bytes()
    facts_of(SERVICES, path, target)
    assert target.read_bytes() == first
    before = path.read_bytes()
    for other in (path, tmp_path):
        with pytest.raises(InputError, match="holds no call facts") as raised:
            facts_of(SERVICES, path, other)
        assert raised.value.code == "INP010"
    assert path.read_bytes() == before


def test_folder_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written") as raised:
        facts_of(SERVICES, made(tmp_path), tmp_path / "no" / "f.json.gz")
    assert raised.value.code == "INP010"


def changed_document(tmp_path: Path, **parts: object) -> Path:
    target = tmp_path / "f.json.gz"
    facts_of(SERVICES, made(tmp_path), target)
    data = orjson.loads(gzip.decompress(target.read_bytes()))
    target.write_bytes(gzip.compress(orjson.dumps({**data, **parts})))
    return target


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"format": "x"}, "is not a file of call facts"),
        ({"version": 9}, "version 9; this software reads version 1"),
        ({"findings": {}}, "a part missing or changed"),
        ({"assembly": "hg17"}, "a part missing or changed"),
    ],
)
def test_document_that_is_no_facts_is_refused(
    tmp_path: Path, parts: dict[str, object], said: str
) -> None:
    with pytest.raises(InputError, match=said) as raised:
        read_facts(changed_document(tmp_path, **parts))
    assert raised.value.code == "INP061"


def test_settings_of_another_software_are_refused(tmp_path: Path) -> None:
    target = tmp_path / "f.json.gz"
    facts_of(SERVICES, made(tmp_path), target)
    data = orjson.loads(gzip.decompress(target.read_bytes()))
    data["origin"]["settings"]["sharpness"] = 3
    target.write_bytes(gzip.compress(orjson.dumps(data)))
    with pytest.raises(InputError, match="settings unknown here \\(sharpness\\)"):
        list(reinterpreted([target], Services))


@pytest.mark.parametrize(
    "content", [b"", b"{}", gzip.compress(b"{", mtime=0), gzip.compress(b"{}", mtime=0)[:-3]]
)
def test_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "f.json.gz"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"f\.json\.gz") as raised:
        read_facts(path)
    assert raised.value.code == "INP060"


def test_pruned_line_keeps_what_the_reader_looks_at() -> None:
    raw = row("chr22", 1, "A", "<DEL>", "0/1:9", "./.", keys="AD:CN", info="DP=3;END=9;X=CYP2D6*36")
    record = parse_record(raw.strip().encode(), line=1, columns=11, name="f")
    assert pruned(record, record.cells).split(b"\t")[7:] == [
        b"END=9;X=CYP2D6*36", b"CN", b"9", b"",
    ]  # fmt: skip


def test_keeper_without_a_file_has_kept_nothing() -> None:
    keeper = Keeper({a: (Region("G", "1", 1, 2),) for a in Assembly})
    assert keeper.kept is None
    assert list(keeper) == []


def test_kept_lines_can_be_read_more_than_once_however_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("garrod.adapters.vcf.keep.CHUNK", 50)
    kept = kept_from(SERVICES, made(tmp_path), tmp_path / "f.json.gz")
    assert kept is not None
    SERVICES.read(kept.vcf, keeper=kept.keeper)
    first = list(kept.keeper)
    assert len(first) == 5
    assert list(kept.keeper) == first
    assert kept_from(SERVICES, kept.vcf, None) is None


def test_facts_of_a_chosen_sample_hold_no_other(tmp_path: Path) -> None:
    path, target = made(tmp_path), tmp_path / "f.json.gz"
    kept = kept_from(SERVICES, path, target)
    assert kept is not None
    table = SERVICES.read(path, samples=["Q"], keeper=kept.keeper)
    with recording(SERVICES, kept, [Sample("Q")]) as recorded:
        before = list(recorded(SERVICES.call(table, [Sample("Q")])))
    facts = read_facts(target)
    assert facts.kept.samples == ("Q",)
    assert all(len(line.split(b"\t")) == 10 for _, line in facts.kept.lines)
    assert list(recalled(SERVICES, facts, "f")) == before


def test_file_on_grch37_is_replayed_on_grch37(tmp_path: Path) -> None:
    rows = (
        row("10", 96541616, "G", "A", "0/1"),
        row("10", 96602623, "G", "A", "0/1"),
        row("10", 96541800, "C", "T", "1/1"),
    )
    path = save(
        tmp_path, vcf(*rows, header=contigs(Assembly.GRCH37, prefix="", mitochondrial="MT"))
    )
    target = tmp_path / "f.json.gz"
    before = facts_of(SERVICES, path, target)
    facts = read_facts(target)
    assert facts.kept.assembly is Assembly.GRCH37
    assert len(tuple(facts.kept.lines)) == 3
    assert b"".join(calls_json(recalled(SERVICES, facts, "f"))) == before
    assert [c.changes for c in reinterpreted([target], Services)] == [()]
    newer = with_new_allele(INSIDE)  # at a place that GRCh37 is not known to have
    ((_, findings),) = recalled(newer, facts, "f")
    assert f"CYP2C19:{INSIDE}" in next(f for f in findings if f.gene == "CYP2C19").missing
    assert all(not c.not_kept for p in reinterpreted([target], lambda _: newer) for c in p.changes)


def test_record_just_before_a_region_is_looked_at_and_not_kept(tmp_path: Path) -> None:
    regions = (r for r in REGIONS if r.gene == "CYP2C19")
    first = min(r.first for r in regions)
    rows = [row("chr10", first - 100, "A", "C", "0/1"), row("chr10", first, "A", "C", "0/1"),
            row("chr10", 94781859, "G", "A", "0/1")]  # fmt: skip
    kept = kept_from(SERVICES, save(tmp_path, vcf(*rows)), tmp_path / "f.json.gz")
    assert kept is not None
    SERVICES.read(kept.vcf, keeper=kept.keeper)
    assert [int(line.split(b"\t")[1]) for _, line in kept.keeper] == [first, 94781859]


def test_keeper_keeps_nothing_of_a_contig_without_regions() -> None:
    keeper = Keeper(dict.fromkeys(Assembly, ()))
    raw = row("chr10", 94781859, "G", "A", "0/1").strip().encode()
    keeper.take(parse_record(raw, line=1, columns=10, name="f"), (b"0/1",))
    assert list(keeper) == []


def test_disk_that_fails_while_facts_are_written_is_an_input_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    path = made(tmp_path)
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(InputError, match="No space left") as raised:
        facts_of(SERVICES, path, tmp_path / "f.json.gz")
    assert raised.value.code == "INP010"
    assert [p.name for p in tmp_path.iterdir()] == ["person.vcf"]


FINDING = {
    "gene": "G", "status": "called", "diplotypes": [{"name": "*1/*1", "probability": 1.0}],
    "phenotype": "N", "activity_score": "2", "reasons": [],
}  # fmt: skip


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, ()),
        ({"status": "no-call", "phenotype": "P"}, ("status", "phenotype")),
        ({"diplotypes": [{"name": "*1/*1", "probability": 0.9}]}, ("probabilities",)),
        ({"reasons": ["x"]}, ("reasons",)),
    ],
)
def test_changed_fields_name_what_differs(
    more: dict[str, object], expected: tuple[str, ...]
) -> None:
    assert changed_fields(FINDING, {**FINDING, **more}) == expected
    assert changed_fields(None, FINDING) == ("gene",)


def test_reasons_name_packs_then_software() -> None:
    old = ("a@1", "b@1")
    assert reasons_for(old, ("a@2", "c@1"), software=("g 1", "g 1")) == (
        "a 1 -> 2", "b 1 -> none", "c none -> 1",
    )  # fmt: skip
    assert reasons_for(old, old, software=("g 1", "g 2")) == ("g 1 -> g 2",)
    assert "same versions" in reasons_for(old, old, software=("g 1", "g 1"))[0]


def test_manifest_of_the_test_is_like_the_shipped_one() -> None:
    assert isinstance(with_new_allele(INSIDE).shelf.pack("pgx-definitions").manifest, Manifest)
