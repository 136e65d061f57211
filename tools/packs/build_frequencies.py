"""Restates star-allele counts of 1000 Genomes (2,504 unrelated people) as pgx-frequencies."""

from __future__ import annotations

from writing import shared_data, write_pack

from garrod.adapters.packs.importers.frequencies import (
    NAME,
    counts_file,
    frequency_rows,
    read_counts,
)

VERSION = "2026.11.0"
GENES = ["CYP2B6", "CYP2C19", "CYP2C9", "CYP2D6", "CYP3A4", "CYP3A5", "CYP4F2", "NUDT15", "SLCO1B1"]


def main() -> None:
    """Write the pack."""
    counts, _ = read_counts(counts_file(shared_data() / "pgx" / "frequencies"))
    rows = frequency_rows(counts, GENES)
    evidence = [{
        "id": "1kgp", "source": "1000 Genomes star-allele calls (ursaPGx), unrelated panel",
        "version": "f8468df", "locus": "resolved haplotypes per superpopulation", "pmid": "",
        "url": "https://github.com/coriell-research/ursaPGx", "licence": "MIT",
        "retrieved": "2026-11-24",
    }]  # fmt: skip
    manifest = {
        "title": "Star-allele counts by population", "licence": "MIT", "retrieved": "2026-11-24",
        "reviewer": "", "review_date": "", "genome_builds": ["GRCh38"], "covers": GENES,
        "does_not_cover": ["DPYD (a lower bound only)",
                           "alleles that the calling VCF could not show",
                           "CYP2B6 *6 and *9 apart"],
    }  # fmt: skip
    print(write_pack(NAME, VERSION, manifest=manifest,
                     tables={"frequencies": rows}, evidence=evidence), len(rows))  # fmt: skip


if __name__ == "__main__":
    main()
