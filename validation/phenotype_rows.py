"""All diplotype rows of the reference tables against the rules.

Reference: CPIC's diplotype tables (49,882 rows). Tolerance: every difference is explained.
"""

from __future__ import annotations

from collections import Counter

from garrod.adapters.packs.load import load_shelf
from garrod.science.pgx.phenotype import load_phenotyping, phenotype_of
from validation.data import PGX, rows


def main() -> int:
    """Print agreement per gene; return 1 where a row differs."""
    phenotyping = load_phenotyping(load_shelf())
    total: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for row in rows(PGX / "knowledge" / "diplotype_phenotype_flat.csv.gz", tabs=False):
        gene = row["gene"]
        written = row["diplotype"].replace("Telti/Kobe", "Telti, Kobe")  # the newer spelling
        alleles = tuple(written.split("/"))
        got = phenotype_of(phenotyping, gene, alleles, sex="female" if len(alleles) > 1 else "")
        expected = (row["phenotype"], row["activity_score"], row["lookup_key"])
        total[gene] += 1
        if (got.phenotype, got.activity_score) != expected[:2] or expected[2] not in got.keys:
            wrong[gene] += 1
            if wrong[gene] <= 3:
                print(f"  differs: {gene} {row['diplotype']}: expected {expected}, got {got}")
    print("| gene | rows | agree |\n|---|---|---|")
    for gene, count in sorted(total.items()):
        print(f"| {gene} | {count} | {count - wrong[gene]} |")
    print(f"| all | {total.total()} | {total.total() - wrong.total()} |")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
