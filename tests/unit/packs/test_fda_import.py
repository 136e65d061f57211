"""The FDA's table read as it is saved, and restated by fixed patterns; never more than it says."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from garrod.adapters.packs.importers.carry import Wish
from garrod.adapters.packs.importers.fda import NAME, fda_draft, fda_drafts, import_fda
from garrod.adapters.packs.importers.fda_table import (
    COLUMNS,
    KINETICS,
    MANAGEMENT,
    SAFETY,
    Association,
    read_associations,
)
from garrod.adapters.packs.importers.fda_words import coded_for, genes_of, keys_of
from garrod.adapters.packs.importers.writing import write_draft
from garrod.adapters.packs.load import load_shelf
from garrod.adapters.packs.show import check_citations
from garrod.core.errors import InputError, KnowledgeError
from garrod.science.pgx.guidance import load_guidance, matching

DAY = date(2026, 11, 25)
IM, PM, NM, UM = (f"{w} Metabolizer" for w in ("Intermediate", "Poor", "Normal", "Ultrarapid"))
HEADINGS = {
    MANAGEMENT: "Section 1: Associations for which the Data Support Therapeutic Management …",
    SAFETY: "Section 2: the Data Indicate a Potential Impact on Safety or Response",
    KINETICS: "Section 3: a Potential Impact on Pharmacokinetic Properties Only",
}
ROWS = [  # invented wording in the manner of the table
    (MANAGEMENT, "Abacavir", "HLA-B", "*57:01 allele positive", "Do not use it here."),
    (MANAGEMENT, "Drugone", "CYP2D6", "intermediate or poor metabolizers",
     "Higher systemic levels. Avoid use in poor metabolizers."),
    (SAFETY, "Isoniazid", "Nonspecific (NAT)", "poor metabolizers", "Higher systemic levels."),
    (KINETICS, "Drugtwo", "CYP2C19", "poor metabolizers", "Results in higher systemic levels."),
]  # fmt: skip


def association(
    description: str, *, section: str = MANAGEMENT, subgroup: str = "poor metabolizers"
) -> Association:
    return Association(section, "Drug", "CYP2D6", subgroup, description, "f: row 1")


def as_html(rows: list[tuple[str, str, str, str, str]]) -> str:
    parts = ["<html><body><h2>On this page</h2><ul>"]
    parts += [f"<li><a href='#s'>{heading}</a></li>" for heading in HEADINGS.values()]
    parts.append("</ul><table><tr><th>Date</th></tr><tr><td>2026</td></tr></table>")
    for section, heading in HEADINGS.items():
        parts.append(f"<h3><a id='s'></a>{heading.replace('Data', '<em>Data</em>')}</h3><table>")
        parts.append("<thead><tr>" + "".join(f"<th>{c}</th>" for c in COLUMNS) + "</tr></thead>")
        for row in rows:
            if row[0] == section:
                cells = "".join(f"<td>\n <p>{cell}</p>&nbsp;</td>" for cell in row[1:])
                parts.append(f"<tr>{cells}</tr>")
        parts.append("</table>")
    return "".join(parts) + "</body></html>"


def as_csv(path: Path, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    return path


def contents(found: list[Association]) -> list[tuple[str, ...]]:
    return [(a.section, a.drug, a.gene, a.subgroup, a.description) for a in found]


def test_page_csv_and_json_give_the_same_rows(tmp_path: Path) -> None:
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "t.html").write_text(as_html(ROWS), encoding="utf-8")
    table = as_csv(tmp_path / "t.csv", ("Section", *COLUMNS), [(HEADINGS[s], *r) for s, *r in ROWS])
    words = {MANAGEMENT: "recommendation", SAFETY: "impact", KINETICS: "pk"}
    names = (COLUMNS[0], COLUMNS[1], f"{COLUMNS[2]}+", COLUMNS[3])
    objects = [{**dict(zip(names, r, strict=True)), "table": words[s]} for s, *r in ROWS]
    (tmp_path / "t.json").write_text(json.dumps({"table": objects}), encoding="utf-8")
    for source in (tmp_path / "page", table, tmp_path / "t.json"):
        assert contents(read_associations(source)) == ROWS


def test_caption_of_a_table_names_its_section(tmp_path: Path) -> None:
    head = "".join(f"<th>{c}</th>" for c in COLUMNS)
    page = (
        f"<table><caption>{HEADINGS[SAFETY]}</caption><tr>{head}</tr>"
        "<tr><td>A</td><td>B</td><td>C</td><td>D<br>E</td></tr></table>"
    )
    (tmp_path / "t.htm").write_text(page, encoding="utf-8")
    (found,) = read_associations(tmp_path / "t.htm")
    assert (found.section, found.description) == (SAFETY, "D E")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("t.html", b"<p>nothing here", "holds no table"),
        ("t.html", b"\xff\xfe\xfa", "is not UTF-8"),
        ("t.html", f"<h3>{HEADINGS[SAFETY]}</h3><table><tr>"
         f"{''.join(f'<th>{c}</th>' for c in COLUMNS)}</tr><tr><td>A</td></tr></table>".encode(),
         "table 1, row 2: has 1 cells, expected 4"),
        ("t.json", b'{"table": 3}', "no list of rows"),
        ("t.json", b'{"table": [3]}', "row 1: is not an object"),
        ("t.json", b"[", "is not JSON"),
        ("t.json", json.dumps([{"table": "pk", "Drug": "A"}]).encode(), "nothing stands under"),
        ("t.json", json.dumps([{"table": "new", "Drug": "A"}]).encode(), "'new' is none of the"),
        ("t.csv", b"Drug,Gene\nA,B\n", "lacks the columns Section"),
    ],
)  # fmt: skip
def test_file_that_is_not_the_table_is_refused_with_its_place(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=words) as raised:
        read_associations(tmp_path / name)
    assert raised.value.code == "INP051"
    assert str(tmp_path / name) in str(raised.value)


def test_folder_with_two_tables_is_refused(tmp_path: Path) -> None:
    for name in ("a.html", "b.csv"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(InputError, match="holds 2 files"):
        read_associations(tmp_path)


@pytest.mark.parametrize(
    ("gene", "subgroup", "keys"),
    [
        ("CYP2D6", "ultrarapid, normal, intermediate, or poor metabolizers", (UM, NM, IM, PM)),
        ("CYP2D6", "Ultrarapid metabolizers", (UM,)),
        ("DPYD", "intermediate or poor metabolizer", (IM, PM)),
        ("NAT2", "extensive metabolisers", (NM,)),
        ("HLA-B", "*57:01 allele positive", ("*57:01 positive",)),
        ("HLA-B", "HLA-B*58:01 positive", ("*58:01 positive",)),
        ("HLA-B", "*15:02 allele negative", ("*15:02 negative",)),
        ("CYP2C9", "*3/*3 (poor metabolizers)", ("*3/*3",)),
        ("UGT1A1", "*28/*28 (poor metabolizers)", ("*28/*28", "*28/*80+*28", "*80+*28/*80+*28")),
        ("G6PD", "deficient", ("Deficient", "Deficient with CNSHA")),
        ("G6PD", "G6PD deficiency", ("Deficient", "Deficient with CNSHA")),
        ("SLCO1B1", "521 TC or 521 CC (intermediate or poor function transporters)",
         ("Decreased Function", "Poor Function")),
        ("VKORC1", "-1639G>A variant carriers", ("-1639 AG", "-1639 AA")),
        ("CYP4F2", "V433M variant carriers", ("*1/*3", "*3/*3")),
        ("CYP2D6", "deficient", ()),
        ("CYP2D6", "some carriers", ()),
    ],
)  # fmt: skip
def test_subgroup_is_read_as_keys(gene: str, subgroup: str, keys: tuple[str, ...]) -> None:
    assert keys_of(gene, subgroup) == keys


@pytest.mark.parametrize(
    ("cell", "genes"),
    [
        ("HLA-DQA1", ("HLA-DQA1",)),
        ("TPMT and/or NUDT15", ("TPMT", "NUDT15")),
        ("Nonspecific (NAT)", ()),
    ],
)
def test_gene_cell_names_genes_exactly_or_none(cell: str, genes: tuple[str, ...]) -> None:
    assert genes_of(cell) == genes


@pytest.mark.parametrize(
    ("description", "action", "factor", "limit"),
    [
        ("Do not use it.", "avoid", "", ""),
        ("Contraindicated in poor metabolizers.", "avoid", "", ""),
        ("Consider use of another one.", "prefer-alternative", "", ""),
        ("Consider a lower starting dose or use alternative agent.", "start-lower", "", ""),
        ("Reduce dosage by 40%.", "start-lower", "0.6", ""),
        ("Reduce starting dose to half of what is usual.", "start-lower", "0.5", ""),
        ("Dosage reductions may be necessary.", "adjust", "", ""),
        ("The maximum recommended dose is 20 mg.", "adjust", "", "20 mg"),
        ("The maximum recommended dose is 5 mg; it should not exceed 15 mg/day.", "adjust", "",
         "15 mg/day"),
        ("Single doses of 5 mg should not exceed 15 mg/day.", "adjust", "", "15 mg/day"),
        ("The dosage should not exceed what is usual.", "adjust", "", ""),
        ("Should not exceed 1 mg/kg in children or 4 mg/day in adults.", "adjust", "", ""),
        ("Monitor for adverse reactions.", "monitor", "", ""),
        ("Results in higher adverse reaction risk (rash).", "monitor", "", ""),
        ("Contraindicated in children under 12 years.", "monitor", "", ""),
        ("No dosage adjustment is needed.", "no-recommendation", "", ""),
        ("Results in higher systemic concentrations.", "no-recommendation", "", ""),
        ("Avoid use in intermediate metabolizers.", "no-recommendation", "", ""),
        ("Nothing is known of normal metabolizers, and poor metabolizers do not use it.", "avoid",
         "", ""),
    ],
)  # fmt: skip
def test_description_asks_an_act_of_poor_metabolisers(
    description: str, action: str, factor: str, limit: str
) -> None:
    found = coded_for(association(description), PM)
    assert (found.action, found.dose_factor, found.dose_limit) == (action, factor, limit)


@pytest.mark.parametrize(
    ("description", "action"),
    [("Do not use it.", "no-recommendation"), ("Use with caution.", "monitor")],
)
def test_pharmacokinetics_alone_asks_for_no_change(description: str, action: str) -> None:
    assert coded_for(association(description, section=KINETICS), PM).action == action


def test_sentence_about_some_people_is_pointed_to_not_applied() -> None:
    found = coded_for(association("Contraindicated in children. Reduce dosage."), PM)
    assert (found.action, found.notes) == ("start-lower", ("label-has-more",))


def test_genotype_hears_what_is_said_of_the_phenotype_beside_it() -> None:
    row = association("Reduce dose in poor metabolizers.", subgroup="*3/*3 (poor metabolizers)")
    assert coded_for(row, "*3/*3").action == "start-lower"


@pytest.mark.parametrize(
    ("description", "implication"),
    [
        ("Results in higher systemic concentrations.", "level-higher"),
        ("Results in lower systemic levels and higher cardiovascular risk.", "level-lower-harm"),
        ("May alter systemic concentrations.", "level-differs"),
        ("Higher adverse reaction risk.", "harm"),
        ("May result in reduced efficacy.", "weaker"),
        ("It matters.", "result-matters"),
    ],
)
def test_implication_is_told_from_the_description(description: str, implication: str) -> None:
    assert coded_for(association(description), PM).implication == implication


def test_avoid_unless_and_or_alternative_are_kept_as_notes() -> None:
    unless = coded_for(association("Avoid use unless benefits outweigh the risk."), PM)
    either = coded_for(association("Reduce dosage or use alternative therapy."), PM)
    assert unless.notes == ("unless-benefit-outweighs",)
    assert either.notes == ("or-alternative",)


def test_imported_pack_loads_and_answers_for_the_results_named(tmp_path: Path) -> None:
    source = tmp_path / "t.html"
    source.write_text(as_html(ROWS), encoding="utf-8")
    folder = import_fda(source, tmp_path / "out", retrieved=DAY)
    assert folder == tmp_path / "out" / NAME / "2026.11.25"
    shelf = load_shelf([tmp_path / "out"])
    assert check_citations(shelf.pack(NAME)) > 0
    guidance = load_guidance(shelf, NAME)
    told = {
        key: [row.action.value for row in matching(guidance, "drugone", {"CYP2D6": [key]})]
        for key in (PM, IM, NM)
    }
    assert told == {PM: ["avoid"], IM: ["no-recommendation"], NM: []}
    assert guidance.source == "FDA"
    (left,) = shelf.rows(NAME, "left_out")
    assert (left["drug"], left["reason"]) == ("isoniazid", "the gene is not named exactly")


def test_rows_of_labels_are_carried_over_with_their_licence(tmp_path: Path) -> None:
    source = tmp_path / "t.html"
    source.write_text(as_html(ROWS), encoding="utf-8")
    wish = Wish(load_shelf(), "", DAY.isoformat())
    (draft,), reports = fda_drafts(source, wish)
    assert reports == {}
    assert "what labels say is carried over from pgx-guidance-fda@2026.11.0" in draft.notes[-1]
    write_draft(tmp_path / "out", draft)
    shelf = load_shelf([tmp_path / "out"])
    assert check_citations(shelf.pack(NAME)) > 0
    assert "CC-BY-SA-4.0" in shelf.pack(NAME).manifest.licence
    guidance = load_guidance(shelf, NAME)
    assert [r.action for r in matching(guidance, "thioridazine", {"CYP2D6": [PM]})] == ["avoid"]
    told = matching(guidance, "abacavir", {"HLA-B": ["*57:01 positive"]})
    assert [row.guideline for row in told] == ["fda-table-hla-b", "fda-label-abacavir-hla-b"]
    assert matching(guidance, "amitriptyline", {"CYP2D6": [IM]}) == ()  # of the table replaced


def test_pack_of_a_table_alone_needs_no_pack_in_force(tmp_path: Path) -> None:
    source = as_csv(tmp_path / "t.csv", ("Section", *COLUMNS), [tuple(ROWS[0])])
    (draft,), _ = fda_drafts(source, Wish(load_shelf([tmp_path]), "7", DAY.isoformat()))
    assert (draft.version, draft.notes) == ("7", ())
    assert "left_out" not in draft.tables


def test_imported_pack_keeps_no_sentence_of_the_source(tmp_path: Path) -> None:
    source = tmp_path / "t.html"
    source.write_text(as_html(ROWS), encoding="utf-8")
    folder = import_fda(source, tmp_path / "out", retrieved=DAY, version="1")
    kept = "".join(p.read_text(encoding="utf-8") for p in folder.iterdir())
    assert [row[4] for row in ROWS if row[4] in kept] == []


def test_pack_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    source = as_csv(tmp_path / "t.csv", ("Section", *COLUMNS), [tuple(ROWS[0])])
    import_fda(source, tmp_path / "out", retrieved=DAY)
    with pytest.raises(KnowledgeError) as raised:
        import_fda(source, tmp_path / "out", retrieved=DAY)
    assert raised.value.code == "KNO008"


def test_two_rows_of_one_subgroup_have_ids_of_their_own() -> None:
    rows = [Association(*ROWS[0], f"f: row {n}") for n in (1, 2)]
    draft = fda_draft(rows, DAY, "1")
    assert [row["id"] for row in draft.tables["recommendations"]] == [
        "fda-abacavir-hla-b-57-01-positive",
        "fda-abacavir-hla-b-57-01-positive-2",
    ]


@pytest.mark.parametrize(
    ("drug", "gene", "subgroup", "reason"),
    [
        ("Drugone and Drugtwo", "CYP2D6", "poor metabolizers", "a fixed combination of medicines"),
        ("Drugone", "CYP2D6", "some people", "the subgroup is not one of the forms that can be "
         "read as a result"),
    ],
)  # fmt: skip
def test_what_is_left_out_is_told_with_the_reason(
    drug: str, gene: str, subgroup: str, reason: str
) -> None:
    draft = fda_draft([Association(SAFETY, drug, gene, subgroup, "x.", "f: row 1")], DAY, "1")
    assert [row["reason"] for row in draft.tables["left_out"]] == [reason]
    assert draft.notes == (f"row 1: {drug.casefold()}, {gene}: {reason}",)
