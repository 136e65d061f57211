"""What differs between two packs: rows by their key, columns, tables, citations."""

from dataclasses import replace
from datetime import date

from garrod.core.evidence import Evidence
from garrod.knowledge.difference import ChangedRow, difference_of
from garrod.knowledge.pack import Manifest, Pack, Row
from tests.making.shelves import SHELF

OWN = Evidence("own", "1", "", "CC0-1.0", None, None, date(2026, 11, 25))


def pack(version: str = "1", name: str = "p", extends: str = "", **tables: list[Row]) -> Pack:
    manifest = Manifest(
        name, version, "P", "CC0-1.0", "2026-11-25", "", "", (), {}, (), (), extends
    )
    return Pack(manifest, {n: tuple(rows) for n, rows in tables.items()}, {"own": OWN})


def row(**cells: str) -> Row:
    return {**cells, "evidence": "own"}


def test_same_facts_differ_in_nothing_though_the_version_does() -> None:
    found = difference_of(pack("1", t=[row(id="a", x="1")]), pack("2", t=[row(id="a", x="1")]))
    assert (found.before, found.after, found.is_empty) == ("p@1", "p@2", True)


def test_rows_are_told_apart_by_id() -> None:
    before = pack(t=[row(x="1", id="a"), row(x="2", id="b"), row(x="2", id="c")])
    after = pack(t=[row(x="9", id="a"), row(x="2", id="c"), row(x="3", id="d")])
    (table,) = difference_of(before, after).tables
    assert (table.table, table.key, table.rows) == ("t", ("id",), (3, 3))
    assert [r["id"] for r in table.added] == ["d"]
    assert [r["id"] for r in table.removed] == ["b"]
    assert table.changed == (ChangedRow({"id": "a"}, {"x": ("1", "9")}),)


def test_without_an_id_the_fewest_first_columns_that_tell_rows_apart_are_the_key() -> None:
    before = pack(t=[row(a="1", b="1", c="x"), row(a="1", b="2", c="y")])
    after = pack(t=[row(a="1", b="1", c="x"), row(a="1", b="2", c="z")])
    (table,) = difference_of(before, after).tables
    assert table.key == ("a", "b")
    assert table.changed == (ChangedRow({"a": "1", "b": "2"}, {"c": ("y", "z")}),)


def test_rows_that_nothing_tells_apart_are_counted() -> None:
    one = row(a="1", b="1")
    (table,) = difference_of(pack(t=[one, one]), pack(t=[one, one, one, row(a="2", b="1")])).tables
    assert (table.key, table.removed, table.changed) == ((), (), ())
    assert [r["a"] for r in table.added] == ["1", "2"]


def test_row_that_is_only_cited_otherwise_is_a_change() -> None:
    before, after = pack(t=[row(id="a")]), pack(t=[{"id": "a", "evidence": "new"}])
    (table,) = difference_of(before, after).tables
    assert table.changed == (ChangedRow({"id": "a"}, {"evidence": ("own", "new")}),)


def test_new_and_lost_columns_and_tables_are_named() -> None:
    before = pack(t=[row(id="a", old="1")], gone=[row(id="g")])
    after = pack(t=[row(id="a", new="1")], fresh=[row(id="f")], empty=[])
    fresh, gone, table = difference_of(before, after).tables
    assert (fresh.table, [r["id"] for r in fresh.added]) == ("fresh", ["f"])
    assert (gone.table, [r["id"] for r in gone.removed]) == ("gone", ["g"])
    assert (table.columns_added, table.columns_removed) == (("new",), ("old",))
    assert (gone.columns_removed, fresh.columns_added) == ((), ())


def test_extension_has_the_keys_of_what_it_extends() -> None:
    before = pack(name="x", extends="pgx-phenotypes", functions=[row(gene="G", allele="*1", f="a")])
    after = pack(name="x", extends="pgx-phenotypes", functions=[row(gene="G", allele="*1", f="b")])
    (table,) = difference_of(before, after).tables
    assert table.key == ("gene", "allele")


def test_citations_are_compared_and_all_is_written_as_plain_values() -> None:
    before = pack(t=[row(id="a", x="1")])
    after = replace(
        pack("2", t=[row(id="a", x="2")]),
        evidence={"own": replace(OWN, version="2"), "new": OWN},
    )
    found = difference_of(before, after)
    assert (found.citations_added, found.citations_changed) == (("new",), ("own",))
    assert difference_of(after, before).citations_removed == ("new",)
    assert not replace(found, tables=()).is_empty
    told = found.as_json()
    assert told["citations"] == {"added": ["new"], "removed": [], "changed": ["own"]}
    assert told["tables"][0]["changed"] == [{"key": {"id": "a"}, "columns": {"x": ["1", "2"]}}]


def test_orders_of_two_nations_differ_by_rank_of_each_source() -> None:
    found = difference_of(SHELF.pack("policy-england"), SHELF.pack("policy-netherlands"))
    sources = next(t for t in found.tables if t.table == "sources")
    assert sources.key == ("source",)
    assert {c.key["source"]: c.columns["rank"] for c in sources.changed} == {
        "CPIC": ("1", "2"),
        "DPWG": ("2", "1"),
    }
