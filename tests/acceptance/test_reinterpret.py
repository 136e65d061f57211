"""From a file to facts, and from facts to what changed, through the real door."""

import csv
import gzip
import json
import shutil
import stat
from pathlib import Path

import orjson
import pytest

from tests.acceptance.conftest import STORY, Run
from tests.making.desk_time import part

GENOME = STORY / "genome.vcf"


def replayed(run: Run, facts: Path) -> list[dict[str, object]]:
    ran = run("genome", "reinterpret", facts)
    assert ran.code == 0, ran.err
    found: list[dict[str, object]] = json.loads(ran.out)["people"]
    return found


def test_facts_change_nothing_of_the_call_and_replay_to_the_same(run: Run, tmp_path: Path) -> None:
    facts = tmp_path / "p.facts.json.gz"
    plain = run("genome", "call", GENOME)
    keeping = run("genome", "call", GENOME, "--facts", facts)
    assert (keeping.code, keeping.out) == (0, plain.out)
    assert stat.S_IMODE(facts.stat().st_mode) == 0o600
    assert [p["changes"] for p in replayed(run, facts)] == [[]]
    head = orjson.loads(gzip.decompress(facts.read_bytes()))
    assert head["origin"]["source"] == "genome.vcf"
    assert str(GENOME.parent).encode() not in gzip.decompress(facts.read_bytes())


def test_settings_of_the_call_are_those_of_the_replay(run: Run, tmp_path: Path) -> None:
    facts = tmp_path / "p.json.gz"
    run("genome", "call", GENOME, "--facts", facts, "--prior", "flat", "--called-at", "0.7")
    assert [p["changes"] for p in replayed(run, facts)] == [[]]


def test_changed_pack_is_named_with_the_genes_that_it_changes(run: Run, tmp_path: Path) -> None:
    facts = tmp_path / "p.json.gz"
    run("genome", "call", GENOME, "--facts", facts)
    ran = run("genome", "reinterpret", facts, "--with", other_phenotypes(tmp_path), "--format=tsv")
    rows = list(csv.DictReader(ran.out.splitlines(), delimiter="\t"))
    assert {r["gene"] for r in rows if "phenotype" in r["changed"]} == {"ABCG2"}
    assert {r["why"] for r in rows} == {"pgx-phenotypes 2026.11.0 -> 2099.1.0"}
    assert rows[0]["phenotype_now"] == "Renamed Function"


def other_phenotypes(tmp_path: Path) -> Path:
    """Return a folder with a version of pgx-phenotypes in which ABCG2's phenotypes are renamed."""
    import hashlib

    import garrod.packs as shipped

    old = sorted((Path(shipped.__path__[0]) / "pgx-phenotypes").iterdir())[-1]
    new = tmp_path / "packs" / "pgx-phenotypes" / "2099.1.0"
    shutil.copytree(old, new)
    rules = new / "rules.csv"
    before = rules.read_bytes()
    lines = before.decode().splitlines()
    after = "\n".join(
        line.replace(" Function,table", "~,table").replace("Poor~", "Renamed Function")
        if line.startswith("ABCG2")
        else line
        for line in lines
    )
    after = after.replace("Normal~", "Renamed Function").replace("Decreased~", "Renamed Function")
    rules.write_text(after + "\n")
    manifest = (new / "pack.toml").read_text()
    for was, now in (
        (hashlib.sha256(before).hexdigest(), hashlib.sha256(rules.read_bytes()).hexdigest()),
        (old.name, "2099.1.0"),
    ):
        manifest = manifest.replace(was, now)
    (new / "pack.toml").write_text(manifest)
    return tmp_path / "packs"


@pytest.mark.parametrize("content", [b"", b"not facts", gzip.compress(b"[]", mtime=0)])
def test_file_that_is_no_facts_is_an_input_error(run: Run, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "p.json.gz"
    path.write_bytes(content)
    ran = run("genome", "reinterpret", path)
    assert ran.code == 10
    assert "p.json.gz" in ran.err


def test_folder_without_a_pack_to_try_is_named(run: Run, tmp_path: Path) -> None:
    facts = tmp_path / "p.json.gz"
    run("genome", "call", GENOME, "--facts", facts)
    ran = run("genome", "reinterpret", facts, "--with", tmp_path)
    assert ran.code == 11
    assert "holds no pack" in ran.err


@pytest.mark.shared
def test_real_genome_with_an_outside_call_replays_to_the_same(
    run: Run, shared: Path, tmp_path: Path
) -> None:
    folder, facts = shared / "pgx" / "getrm", tmp_path / "p.json.gz"
    outside = folder / "outside_calls_from_get-rm.NA18526.txt"
    vcf = folder / "NA18526.preprocessed.vcf"
    assert run("genome", "call", vcf, "--outside", outside, "--facts", facts).code == 0
    assert [p["changes"] for p in replayed(run, facts)] == [[]]


@pytest.mark.shared
@pytest.mark.slow
def test_pipeline_cases_replay_to_the_same(run: Run, shared: Path, tmp_path: Path) -> None:
    facts = tmp_path / "p.json.gz"
    cases = part(sorted((shared / "pgx" / "pipeline_cases").glob("*.vcf")))
    count = 0
    for vcf in cases:
        called = run("genome", "call", vcf, "--assembly", "GRCh38", "--facts", facts)
        if called.code == 0:
            assert [p["changes"] for p in replayed(run, facts)] == [[]], vcf.name
            count += 1
    assert count > 0.6 * len(cases)


@pytest.mark.shared
@pytest.mark.slow
def test_cohort_replays_to_the_same(run: Run, shared: Path, tmp_path: Path) -> None:
    folder, facts = shared / "pgx" / "population400", tmp_path / "p.json.gz"
    vcf, people = folder / "people.vcf.gz", folder / "people.tsv"
    assert run("genome", "call", vcf, "--people", people, "--facts", facts).code == 0
    found = replayed(run, facts)
    assert len(found) == 400
    assert [p["sample"] for p in found if p["changes"]] == []
