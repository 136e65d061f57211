"""Reads what pb-StarPhase writes: its JSON of calls (--output-calls).

Version: 0.8 to 2.2, named in `pbstarphase_version`.  Source:
https://github.com/PacificBiosciences/pb-StarPhase (docs/user_guide.md, "Output call file";
src/data_types/starphase_json.rs).

gene_details -> gene -> simple_diplotypes (core alleles, since 1.0) or else diplotypes; several are
several possibilities. Inexact matches are not read. A gene that it reads from a VCF has
`variant_details`; what that VCF leaves out it takes as the reference, and the finding says so.
HLA alleles come to two fields in `stated`.
"""

from __future__ import annotations

from collections.abc import Iterator

from garrod.adapters.outside.content import Content, Told, items_of, mapping_of, word_of
from garrod.science.pgx.outside import OutsideRow
from garrod.science.pgx.stated import is_nothing

NAME = "pb-StarPhase"
ASSUMED = f"{NAME} takes a variant that its VCF does not list as the reference"


def is_it(content: Content) -> bool:
    """Return whether a file is pb-StarPhase's."""
    return {"pbstarphase_version", "gene_details"} <= mapping_of(content.data).keys()


def told(content: Content) -> Iterator[Told]:
    """Yield a row for each possibility of each gene."""
    data = mapping_of(content.data)
    source = f"{NAME} {word_of(data['pbstarphase_version'])}".strip()
    for gene, found in mapping_of(data["gene_details"]).items():
        details = mapping_of(found)
        calls = items_of(details.get("simple_diplotypes")) or items_of(details.get("diplotypes"))
        names = dict.fromkeys(_name(call) for call in calls)
        is_assumed = details.get("variant_details") is not None  # read from a VCF, not from reads
        for name in names or ("",):
            is_open = is_nothing(name)
            yield Told(
                OutsideRow(
                    gene,
                    "" if is_open else name,
                    file=str(content.path),
                    source=source,
                    is_optional=True,
                    note=_note(gene, is_open=is_open, is_assumed=is_assumed),
                )
            )


def _note(gene: str, *, is_open: bool, is_assumed: bool) -> str:
    if is_open:
        return f"{NAME} found no match for {gene}"
    return ASSUMED if is_assumed else ""


def _name(call: object) -> str:
    found = mapping_of(call)
    pair = [word_of(found.get(key)) for key in ("hap1", "hap2")]
    return "/".join(pair) if all(pair) else word_of(found.get("diplotype"))
