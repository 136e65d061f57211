"""All diplotype rows of the reference tables against the rules.

Reference: CPIC's diplotype tables (49,882 rows). Tolerance: every difference is explained.
"""

from __future__ import annotations

from collections import Counter

from garrod.adapters.packs.load import load_shelf
from garrod.science.pgx.phenotype import load_phenotyping, phenotype_of
from validation.data import PGX, rows
from validation.figures import at_least, share, show


def main() -> int:
    """Print agreement per gene; return 1 where a row differs."""
    phenotyping = load_phenotyping(load_shelf())
    total: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    notes = []
    for row in rows(PGX / "knowledge" / "diplotype_phenotype_flat.csv.gz", tabs=False):
        gene = row["gene"]
        written = row["diplotype"].replace("Telti/Kobe", "Telti, Kobe")  # the newer spelling
        alleles = tuple(written.split("/"))
        got = phenotype_of(phenotyping, gene, alleles, sex="female" if len(alleles) > 1 else "")
        expected = (row["phenotype"], row["activity_score"], row["lookup_key"])
        total[gene] += 1
        if (got.phenotype, got.activity_score) != expected[:2] or expected[2] not in got.keys:
            wrong[gene] += 1
            notes.append(f"- {gene} {row['diplotype']}: expected {expected}, got {got}")
    figures = [at_least("all genes", total.total() - wrong.total(), total.total(), 100)]
    figures += [share(gene, count - wrong[gene], count) for gene, count in sorted(total.items())]
    return show("diplotype rows: phenotype, score and key", figures, notes[:20])


if __name__ == "__main__":
    raise SystemExit(main())
