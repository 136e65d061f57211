"""Restates where pharmacogenes lie on both builds as the pack pgx-regions."""

from __future__ import annotations

from writing import evidence_row, shared_data, write_pack

from garrod.adapters.packs.importers.regions import NAME, region_rows

VERSION = "2026.11.0"
PYPGX = "https://github.com/sbslee/pypgx"


def main() -> None:
    """Write the pack."""
    rows = list(region_rows(shared_data() / "pgx/knowledge/pypgx_tables/gene-table.csv"))
    evidence = [
        evidence_row("regions", source="pypgx gene-table", version="0.27.0",
                     locus="GRCh37Region, GRCh38Region of target genes", url=PYPGX, licence="MIT"),
    ]  # fmt: skip
    manifest = {
        "title": "Where pharmacogenes lie", "licence": "MIT", "retrieved": "2026-11-25",
        "reviewer": "", "review_date": "", "genome_builds": ["GRCh38", "GRCh37"],
        "covers": sorted(row["gene"] for row in rows),
        "does_not_cover": ["genes on patches of a build (GSTT1 on GRCh38)", "HLA genes"],
    }  # fmt: skip
    print(write_pack(NAME, VERSION, manifest=manifest, tables={"regions": rows},
                     evidence=evidence), len(rows))  # fmt: skip


if __name__ == "__main__":
    main()
