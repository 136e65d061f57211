"""What each program writes in its rarer moments: no call, doubt, another shape."""

import json
import zipfile
from pathlib import Path

import pytest

from garrod.adapters.outside.cyrius import possibilities
from garrod.adapters.outside.read import read_results
from garrod.core.errors import OutsideCallError
from garrod.science.pgx.outside import OutsideRow
from tests.making.results import DATA, METADATA, pypgx_archive


def rows(folder: Path, text: object) -> list[tuple[str, ...]]:
    """Return (gene, diplotype, phenotype, score, note) of each row of a text, or of JSON."""
    path = folder / "results.any"
    path.write_text(text if isinstance(text, str) else json.dumps(text))
    return [_short(r) for r in read_results(path)]


def _short(r: OutsideRow) -> tuple[str, ...]:
    return (r.gene, r.diplotype, r.phenotype, r.activity_score, r.note)


def refused(folder: Path, text: object) -> OutsideCallError:
    with pytest.raises(OutsideCallError) as raised:
        rows(folder, text)
    return raised.value


@pytest.mark.parametrize(
    ("genotype", "expected"),
    [
        ("*36+*10/*36+*10", ("*36+*10/*36+*10",)),
        ("*1/*2x2", ("*1/*2x2",)),
        ("*1_*1_*4", ("*1/*1+*4", "*1x2/*4")),
        ("*1x2_*4", ("*1/*1+*4", "*1x2/*4")),
        ("*1_*2", ("*1/*2",)),
        ("*1", ()),
        ("*1x9", ()),
        ("*1_cn", ()),
        ("*1/*46; *43/*45", ("*1/*46", "*43/*45")),
        ("*1/*4;*1/*4", ("*1/*4",)),
        ("", ()),
    ],
)
def test_cyrius_genotype_is_every_diplotype_it_may_stand_for(
    genotype: str, expected: tuple[str, ...]
) -> None:
    assert possibilities(genotype) == expected


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("S\tNone\tNone", "Cyrius made no call of CYP2D6"),
        ("S\t*1/*4\tLowQ_high_CN", "Cyrius's *1/*4 was not used: its filter is LowQ_high_CN"),
        ("S\t*1/*4", "Cyrius's *1/*4 was not used: its filter is not stated"),
        (
            "S\t*1x9\tNot_assigned_to_haplotypes",
            "Cyrius's *1x9 was not used: it is not placed on two strands",
        ),
    ],
)
def test_cyrius_doubtful_call_is_no_call_with_its_reason(
    tmp_path: Path, line: str, note: str
) -> None:
    table = f"Sample\tGenotype\tFilter\n{line}\n"
    assert rows(tmp_path, table) == [("CYP2D6", "", "", "", note)]


def test_cyrius_json_without_a_call_is_no_call(tmp_path: Path) -> None:
    call = {"Genotype": None, "Filter": None, "CNV_group": None, "Coverage_MAD": float("nan")}
    assert rows(tmp_path, {"S": call}) == [("CYP2D6", "", "", "", "Cyrius made no call of CYP2D6")]


def test_aldy_names_that_are_its_own_stay(tmp_path: Path) -> None:
    head = (DATA / "solutions.aldy").read_text().splitlines()[0]
    names = ["*1-like/*4", "*4N.ALDY/*4.021.ALDY", "*2/*41+rs368858603"]
    lines = [f"S\tCYP2D6\t{n}\t{name}\t1\t0\t1" for n, name in enumerate(names, 1)]
    found = rows(tmp_path, "\n".join([head, "#Solution 1", *lines]) + "\n")
    assert [f[1] for f in found] == ["*1-like/*4", "*4N.ALDY/*4.021", "*2/*41+rs368858603"]


def test_aldy_without_a_solution_is_refused(tmp_path: Path) -> None:
    head = (DATA / "solutions.aldy").read_text().splitlines()[0]
    error = refused(tmp_path, head + "\n#Solution 1: \n")
    assert (error.code, "both copies of a gene are deleted" in error.message) == ("OUT001", True)
    broken = refused(tmp_path, head + "\nS\tCYP2D6\n")
    assert (broken.code, "line 2" in broken.message) == ("OUT003", True)


def test_aldy_vcf_gives_a_possibility_a_column(tmp_path: Path) -> None:
    text = (DATA / "aldy.vcf").read_text()
    two = text.replace("SYNTHETIC-1:0:*1/*2", "S:0:*1/*2\tS:1:*2/*68:2\todd")
    assert [f[1] for f in rows(tmp_path, two)] == ["*1/*2", "*2/*68:2"]
    assert refused(tmp_path, text.replace("Location within", "Of")).code == "OUT001"


def stellar(result: str, *, score: str = "1.0", gene: str = "CYP2D6") -> str:
    return (
        f"---\n\n{gene} Star Allele Calling with StellarPGx\n\n---\n\n"
        f"Initially computed CN = 2\n\nSample core variants:\n\n\nResult:\n{result}\n\n\n"
        f"Activity score:\n{score}\n\n\nMetaboliser status:\nNormal metaboliser (NM)\n"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (stellar("*1/*2"), [("CYP2D6", "*1/*2", "Normal metaboliser", "1.0", "")]),
        (stellar("[*1/*31]"), [("CYP2D6", "*1/*31", "Normal metaboliser", "1.0", "")]),
        (
            stellar("*1/*2 or *17/*29"),
            [("CYP2D6", "*1/*2", "", "", ""), ("CYP2D6", "*17/*29", "", "", "")],
        ),
        (
            stellar("*5/*68+*4", score="Indeterminate"),
            [("CYP2D6", "*5/*68+*4", "Normal metaboliser", "", "")],
        ),
        (
            stellar("Possible novel allele or suballele present"),
            [
                (
                    *("CYP2D6", "", "", ""),
                    "StellarPGx made no call of CYP2D6: Possible novel allele or suballele present",
                )
            ],
        ),
        (
            stellar("*1/*2 or *3/*4\n(Duplication present)"),
            [
                (
                    *("CYP2D6", "", "", ""),
                    "StellarPGx made no call of CYP2D6: *1/*2 or *3/*4 (Duplication present)",
                )
            ],
        ),
        (
            "CYP2B6 Star Allele Calling with StellarPGx\n",
            [("CYP2B6", "", "", "", "StellarPGx made no call of CYP2B6")],
        ),
        (
            stellar("*1/*2") + stellar("*1/*1", gene="CYPOR"),
            [
                ("CYP2D6", "*1/*2", "Normal metaboliser", "1.0", ""),
                ("POR", "*1/*1", "Normal metaboliser", "1.0", ""),
            ],
        ),
    ],
)
def test_stellarpgx_result_is_diplotypes_or_words(
    tmp_path: Path, text: str, expected: list[tuple[str, ...]]
) -> None:
    assert rows(tmp_path, text) == expected


def test_pypgx_table_without_its_archive_names_no_gene(tmp_path: Path) -> None:
    error = refused(tmp_path, "\tGenotype\tPhenotype\nS\t*1/*4\tPoor Metabolizer\n")
    assert (error.code, "results.zip" in error.message) == ("OUT003", True)


@pytest.mark.parametrize(
    ("metadata", "table"),
    [
        (METADATA.replace("Results", "Alleles"), "\tHaplotype1\nS\t*1;\n"),
        (METADATA.replace("Results", "CNVCalls"), "\tCNV\nS\tNormal\n"),
        (METADATA, None),
        (METADATA, "\tCNV\nS\tNormal\n"),
    ],
)
def test_pypgx_archive_of_another_kind_is_refused(
    tmp_path: Path, metadata: str, table: str | None
) -> None:
    path = pypgx_archive(tmp_path / "a.zip", metadata=metadata, table=table)
    with pytest.raises(OutsideCallError, match=r"of the kind SampleTable\[Results\]"):
        read_results(path)


def test_pypgx_male_has_one_strand_of_g6pd(tmp_path: Path) -> None:
    metadata = METADATA.replace("CYP2D6", "G6PD")
    path = pypgx_archive(tmp_path / "a.zip", metadata=metadata, table="\tGenotype\nS\tB/MALE\n")
    assert [_short(r) for r in read_results(path)] == [("G6PD", "B", "", "", "")]


def test_pypgx_archive_with_bytes_that_are_no_text_is_read(tmp_path: Path) -> None:
    path = pypgx_archive(tmp_path / "a.zip", table="\tGenotype\nS\t*1/*2\n\n")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("synthetic/image.png", b"\x89PNG\xff")
    assert [_short(r) for r in read_results(path)] == [("CYP2D6", "*1/*2", "", "", "")]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ({"genotype": ["*1/*2", "*2/*3"]}, [("*1/*2", ""), ("*2/*3", "")]),
        (
            {"genotype": "*1/*2;*2/*3", "phenotypeDatabaseAnnotation": "A B;Poor Metabolizer"},
            [("*1/*2", "A B"), ("*2/*3", "Poor Metabolizer")],
        ),
        ({"genotype": "*1/*2", "phenotypeDatabaseAnnotation": "Indeterminate"}, [("*1/*2", "")]),
        ({"genotype": "*1/*2;", "genotypeFilter": "PASS"}, [("*1/*2", "")]),
        ({"genotype": None}, [("", "")]),
    ],
)
def test_dragen_genotype_may_be_several(
    tmp_path: Path, call: dict[str, object], expected: list[tuple[str, str]]
) -> None:
    found = rows(tmp_path, {"locusAnnotations": [{"gene": "CYP2C19", **call}]})
    assert [f[1:3] for f in found] == expected


def test_dragen_call_that_did_not_pass_is_no_call(tmp_path: Path) -> None:
    locus = {"gene": "TPMT", "genotype": "*1/*2", "genotypeFilter": "LowGQ"}
    assert rows(tmp_path, {"locusAnnotations": [locus, {"gene": "", "genotype": ""}]}) == [
        ("TPMT", "", "", "", "DRAGEN's *1/*2 was not used: its filter is LowGQ")
    ]


@pytest.mark.parametrize("genotype", [7, [], {"a": 1}, [["*1/*2"]], True])
def test_dragen_genotype_of_another_shape_is_refused(tmp_path: Path, genotype: object) -> None:
    error = refused(tmp_path, {"cyp2d6": {"genotype": genotype}})
    assert (error.code, "neither a text nor a list" in error.message) == ("OUT003", True)


def test_starphase_gene_without_a_diplotype_is_no_call(tmp_path: Path) -> None:
    genes = {"TPMT": {"diplotypes": []}, "CYP2C9": {"diplotypes": [{"diplotype": "*1/*2"}]}}
    assert rows(tmp_path, {"pbstarphase_version": "0.8.0", "gene_details": genes}) == [
        ("TPMT", "", "", "", "pb-StarPhase found no match for TPMT"),
        ("CYP2C9", "*1/*2", "", "", ""),
    ]


def test_starphase_gene_of_a_vcf_says_what_it_assumes(tmp_path: Path) -> None:
    call = {"hap1": "*1", "hap2": "*2"}
    genes = {
        "CYP2C9": {"diplotypes": [call], "variant_details": []},
        "CYP2D6": {"diplotypes": [call], "variant_details": None, "multi_mapping_details": []},
    }
    found = rows(tmp_path, {"pbstarphase_version": "1.0.0", "gene_details": genes})
    said = "pb-StarPhase takes a variant that its VCF does not list as the reference"
    assert [f[4] for f in found] == [said, ""]


def test_pharmcat_word_that_tells_nothing_is_no_claim_beside_a_diplotype(tmp_path: Path) -> None:
    def call(phenotype: str, name: str | None) -> dict[str, object]:
        allele = {"name": name} if name else None
        return {
            "sourceDiplotypes": [{"allele1": allele, "allele2": allele, "phenotypes": [phenotype]}]
        }

    reports = {
        "CYP2C9": call("Indeterminate", "*1"),
        "CYP2C19": call("Indeterminate", None),
        "TPMT": call("n/a", None),
        "NUDT15": call("No Result", "Unknown"),
        "CYP2B6": {"sourceDiplotypes": "odd"},
    }
    assert rows(tmp_path, {"geneReports": reports}) == [
        ("CYP2C9", "*1/*1", "", "", ""),
        ("CYP2C19", "", "Indeterminate", "", ""),
    ]


def test_pharmcat_single_component_is_completed_by_its_inferred_pair(tmp_path: Path) -> None:
    def part(*names: str) -> dict[str, object]:
        first, second = (*({"name": n} for n in names), None)[:2]
        return {"allele1": first, "allele2": second, "phenotypes": []}

    report = {
        "sourceDiplotypes": [part("c.85T>C (*9A)")],
        "recommendationDiplotypes": [part("c.85T>C (*9A)", "Reference")],
    }
    ((_, name, _, _, note),) = rows(tmp_path, {"geneReports": {"DPYD": report}})
    assert name == "c.85T>C (*9A)/Reference"
    assert note == "PharmCAT lists c.85T>C (*9A) without phase; the pair that it inferred is read"


def test_pharmcat_matcher_ties_are_all_read(tmp_path: Path) -> None:
    result = {
        "gene": "CYP2C19",
        "diplotypes": [{"name": "*1/*2", "score": 9}, {"name": "*2/*38", "score": 9}],
    }
    data = {"metadata": {"namedAlleleMatcherVersion": "2"}, "results": [result, "odd", {}]}
    assert [f[1] for f in rows(tmp_path, data)] == ["*1/*2", "*2/*38"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("gene,genotype\nCYP2D6,*1/*4\n", [("CYP2D6", "*1/*4", "", "", "")]),
        ("Gene\tPhenotype\nCYP2D6\tPM\n", [("CYP2D6", "", "PM", "", "")]),
        (
            "Gene,Allele 1,Allele 2\nTPMT,*1,*3A\nNUDT15,,\n",
            [("TPMT", "*1/*3A", "", "", ""), ("NUDT15", "", "", "", "")],
        ),
        (
            'sample,gene,diplotype,phenotype\nS,CYP2D6,"*1/*2;*3/*4",PM\n,,,\n',
            [("CYP2D6", "*1/*2", "", "", ""), ("CYP2D6", "*3/*4", "", "", "")],
        ),
        (
            "gene,diplotype,phenotype\nCYP2D6,*1/*2 or *3/*4,\nTPMT,*1/*2,Indeterminate\n",
            [
                ("CYP2D6", "*1/*2", "", "", ""),
                ("CYP2D6", "*3/*4", "", "", ""),
                ("TPMT", "*1/*2", "", "", ""),
            ],
        ),
        (
            "PharmCAT v3.1.0\nGene\tSource Diplotype\tActivity Score\nCYP2C9\t*1/*2\t1.5\n",
            [("CYP2C9", "*1/*2", "", "1.5", "")],
        ),
        (
            "gene;diplotype;filter\nCYP2D6;*1/*4;LowQ\nTPMT;*1/*1;Passed\n",
            [
                ("CYP2D6", "", "", "", "the laboratory's check of CYP2D6 says LowQ: not used"),
                ("TPMT", "*1/*1", "", "", ""),
            ],
        ),
        (
            "#gene,diplotype\n\nCYP2D6,*1/*4,more,cells\nTPMT\n",
            [("CYP2D6", "*1/*4", "", "", ""), ("TPMT", "", "", "", "")],
        ),
    ],
)
def test_panel_columns_are_known_by_their_usual_names(
    tmp_path: Path, text: str, expected: list[tuple[str, ...]]
) -> None:
    assert rows(tmp_path, text) == expected


@pytest.mark.parametrize("separator", [",", "\t"])
def test_panel_of_single_variants_is_refused(tmp_path: Path, separator: str) -> None:
    lines = [("Gene", "Genotype", "rsID"), ("CYP2C19", "G/A", "rs4244285")]
    error = refused(tmp_path, "\n".join(separator.join(cells) for cells in lines))
    assert (error.code, "lists single variants" in error.message) == ("OUT003", True)


def test_panel_that_names_variants_beside_a_phenotype_is_read(tmp_path: Path) -> None:
    table = "gene,diplotype,phenotype,variant\nCYP2C19,*1/*2,IM,rs4244285\n"
    assert rows(tmp_path, table) == [("CYP2C19", "*1/*2", "IM", "", "")]


def test_panel_faults_name_the_line(tmp_path: Path) -> None:
    error = refused(tmp_path, "gene,diplotype\nTPMT,*1/*1\n,*1/*4\n")
    assert (error.code, "line 3 names no gene" in error.message) == ("OUT003", True)
    huge = refused(tmp_path, "gene,diplotype\nTPMT," + "x" * 200_000 + "\n")
    assert (huge.code, "save it as CSV again" in huge.message) == ("OUT003", True)
    assert rows(tmp_path, "x" * 200_000 + "\t*1/*4\n")[0][1] == "*1/*4"  # no panel: four columns
