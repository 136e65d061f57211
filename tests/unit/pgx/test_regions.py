"""Where genes lie: a row's stretch, small ones about positions elsewhere, or the positions' own."""

from garrod.core.variant import Assembly, Locus, Position
from garrod.knowledge.pack import Manifest, Pack
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.regions import MARGIN, Region, load_regions

ROW = {
    "gene": "G", "chromosome": "1", "first38": "1000", "last38": "9000",
    "first37": "", "last37": "", "evidence": "e",
}  # fmt: skip


def position(gene: str, pos: int, *, pos37: int | None = None) -> Position:
    there = None if pos37 is None else Locus(pos37, "A")
    return Position(f"{gene}:{pos}", gene, "", "", "1", ("A", "C"), Locus(pos, "A"), there)


def shelf(*rows: dict[str, str]) -> Shelf:
    manifest = Manifest("pgx-regions", "1", "", "", "", "", "", (), {})
    return Shelf([Pack(manifest, {"regions": rows})])


def test_gene_has_its_row_and_a_place_for_each_position_elsewhere() -> None:
    places = [position("G", 5000), position("G", 20_000)]
    assert load_regions(shelf(ROW), places, Assembly.GRCH38) == (
        Region("G", "1", 1000, 9000),
        Region("G", "1", 20_000 - MARGIN, 20_000 + MARGIN),
    )


def test_gene_without_a_row_has_the_stretch_of_its_positions() -> None:
    places = [position("H", 5000), position("H", 100)]
    expected = (Region("H", "1", 1, 5000 + MARGIN),)
    assert load_regions(shelf(ROW), places, Assembly.GRCH38) == expected
    assert load_regions(Shelf([]), places, Assembly.GRCH38) == expected


def test_build_on_which_a_gene_has_no_place_has_no_region() -> None:
    assert load_regions(shelf(ROW), [position("G", 5000)], Assembly.GRCH37) == ()
    there = [position("G", 5000, pos37=700)]
    assert load_regions(shelf(ROW), there, Assembly.GRCH37) == (
        Region("G", "1", 700 - MARGIN, 700 + MARGIN),
    )


def test_region_holds_only_what_lies_inside_it() -> None:
    region = Region("G", "1", 10, 20)
    assert region.holds("1", 10, 20)
    assert not region.holds("1", 9, 20)
    assert not region.holds("1", 10, 21)
    assert not region.holds("2", 12, 13)
