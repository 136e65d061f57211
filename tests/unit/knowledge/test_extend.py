"""A pack that extends another adds rows to it; it overrules none, and a conflict names both."""

import pytest

from garrod.core.errors import KnowledgeError
from garrod.core.evidence import Evidence
from garrod.knowledge.pack import Manifest, Pack
from garrod.knowledge.shelf import Shelf

ALLELES = "gene,allele,reference,defines,evidence"


def rows(text: str, head: str = ALLELES) -> tuple[dict[str, str], ...]:
    names = head.split(",")
    return tuple(dict(zip(names, line.split(","), strict=True)) for line in text.split())


def pack(
    name: str,
    *,
    extends: str = "",
    source: str = "CPIC",
    evidence: str = "e",
    **tables: tuple[dict[str, str], ...],
) -> Pack:
    manifest = Manifest(name, "1", name, "CC0-1.0", "2026-11-24", "", "", (), {}, extends=extends)
    return Pack(manifest, tables, {evidence: Evidence(source, "1", "t", "CC0-1.0")})


BASE = pack("pgx-definitions", alleles=rows("G,*1,yes,,e G,*2,no,10=A,e"))


def own(text: str, **more: str) -> Pack:
    return pack("own", extends="pgx-definitions", alleles=rows(text), **more)  # type: ignore[arg-type]


def names_on(shelf: Shelf) -> list[str]:
    return [r["allele"] for r in shelf.rows("pgx-definitions", "alleles")]


def test_rows_of_an_extension_come_after_those_of_its_base() -> None:
    shelf = Shelf([own("G,*3,no,20=T,f"), BASE])
    assert names_on(shelf) == ["*1", "*2", "*3"]
    assert names_on(shelf) == ["*1", "*2", "*3"]
    assert names_on(Shelf([BASE])) == ["*1", "*2"]


def test_row_that_is_there_already_is_kept_once_whoever_is_cited() -> None:
    assert names_on(Shelf([BASE, own("G,*2,no,10=A,f")])) == ["*1", "*2"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("G,*2,no,10=C,e", "alleles 'G \\*2', and differ in defines"),
        ("G,*9,no,10=A,e", "alleles 'G 10=A', and differ in allele"),
    ],
)
def test_row_that_contradicts_the_base_names_both_packs(row: str, said: str) -> None:
    with pytest.raises(
        KnowledgeError, match=rf"pgx-definitions@1 and own@1 both have {said}"
    ) as raised:
        names_on(Shelf([BASE, own(row)]))
    assert raised.value.code == "KNO007"


def test_two_extensions_that_contradict_each_other_are_both_named() -> None:
    second = pack("their", extends="pgx-definitions", alleles=rows("G,*3,no,21=T,e"))
    with pytest.raises(KnowledgeError, match="own@1 and their@1 both have"):
        names_on(Shelf([BASE, own("G,*3,no,20=T,e"), second]))


def test_second_reference_allele_without_bases_is_no_twin() -> None:
    assert names_on(Shelf([BASE, own("H,*1,yes,,e")]))[-1] == "*1"


def test_extension_that_lacks_a_column_is_refused() -> None:
    short = pack("own", extends="pgx-definitions", alleles=rows("G,*3", "gene,allele"))
    with pytest.raises(KnowledgeError, match="lacks the columns defines, evidence, reference"):
        names_on(Shelf([BASE, short]))


def test_extension_may_leave_a_table_out_and_fill_an_empty_one() -> None:
    base = pack("drugs", t=(), u=({"a": "1"},))
    added = pack("q", extends="drugs", t=({"a": "2"},))
    shelf = Shelf([base, added])
    assert (shelf.rows("drugs", "t"), shelf.rows("drugs", "u")) == (({"a": "2"},), ({"a": "1"},))


def test_different_rows_of_a_table_without_identity_are_all_kept() -> None:
    added = pack("q", extends="drugs", t=({"a": "1"}, {"a": "2"}))
    shelf = Shelf([pack("drugs", t=({"a": "1"},)), added])
    assert shelf.rows("drugs", "t") == ({"a": "1"}, {"a": "2"})


GUIDED = {
    "guidelines": rows("base-g", "guideline"),
    "recommendations": rows("r1,base-g", "id,guideline"),
}


def test_own_row_of_guidance_needs_a_guideline_of_its_own() -> None:
    base = pack("pgx-guidance", **GUIDED)
    added = {"recommendations": rows("r2,own-g", "id,guideline")}
    whole = pack("own", extends="pgx-guidance", guidelines=rows("own-g", "guideline"), **added)
    shelf = Shelf([base, whole])
    assert [r["id"] for r in shelf.rows("pgx-guidance", "recommendations")] == ["r1", "r2"]
    posing = {"recommendations": rows("r2,base-g", "id,guideline")}
    with pytest.raises(KnowledgeError, match="which is not its own but of pgx-guidance@1"):
        Shelf([base, pack("own", extends="pgx-guidance", **posing)]).rows(
            "pgx-guidance", "recommendations"
        )


def test_pack_whose_rows_could_overrule_unseen_is_not_extended() -> None:
    policy, added = pack("policy-england", tiers=()), pack("own", extends="policy-england")
    with pytest.raises(KnowledgeError, match="extends policy-england, which is never") as raised:
        Shelf([policy, added]).rows("policy-england", "tiers")
    assert raised.value.code == "KNO007"


@pytest.mark.parametrize(
    ("packs", "said"),
    [
        ([pack("own", extends="pgx-definition")], "extends 'pgx-definition', which is not on"),
        ([own(""), pack("third", extends="own")], "third@1 extends 'own', which is itself"),
    ],
)
def test_extension_of_nothing_or_of_an_extension_is_refused(packs: list[Pack], said: str) -> None:
    with pytest.raises(KnowledgeError, match=said) as raised:
        names_on(Shelf([BASE, *packs]))
    assert raised.value.code == "KNO007"


def test_table_that_the_base_has_not_is_refused() -> None:
    odd = pack("own", extends="pgx-definitions", allele=rows("G,*3,no,20=T,e"))
    with pytest.raises(KnowledgeError, match=r"own@1 has allele\.csv, .* nobody would read it"):
        names_on(Shelf([BASE, odd]))


def test_references_name_the_base_and_every_extension() -> None:
    shelf = Shelf([own(""), BASE])
    assert shelf.references("pgx-definitions") == ("pgx-definitions@1", "own@1")
    assert shelf.reference("pgx-definitions") == "pgx-definitions@1+own@1"


def test_citation_is_found_in_the_extension_that_has_it() -> None:
    shelf = Shelf([BASE, own("", source="Site", evidence="f")])
    assert shelf.evidence("pgx-definitions", "f").source == "Site"
    with pytest.raises(KnowledgeError, match="cites 'g', which has no row"):
        shelf.evidence("pgx-definitions", "g")


def test_one_citation_id_for_two_sources_is_refused() -> None:
    assert Shelf([BASE, own("")]).evidence("pgx-definitions", "e").source == "CPIC"
    with pytest.raises(KnowledgeError, match="both have evidence 'e', and differ") as raised:
        Shelf([BASE, own("", source="Site")]).evidence("pgx-definitions", "e")
    assert raised.value.code == "KNO007"
