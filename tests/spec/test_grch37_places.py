"""Well-known variants stand where dbSNP has them on GRCh37, with GRCh37's own reference base.

Source: dbSNP, build 37 coordinates as quoted throughout the literature (unchecked here).
"""

import pytest

from tests.making.calls import GENES

PLACES = [
    ("CYP2C19", "rs4244285", "10", 96541616, "G"),
    ("CYP2C19", "rs12248560", "10", 96521657, "C"),
    ("CYP2C19", "rs3758581", "10", 96602623, "G"),  # GRCh37 carries *1, GRCh38 *38
    ("CYP2C9", "rs1799853", "10", 96702047, "C"),
    ("CYP2C9", "rs1057910", "10", 96741053, "A"),
    ("CYP2C9", "rs12777823", "10", 96405502, "G"),
    ("VKORC1", "rs9923231", "16", 31107689, "C"),
    ("TPMT", "rs1142345", "6", 18130918, "T"),
    ("TPMT", "rs1800460", "6", 18139228, "C"),
    ("SLCO1B1", "rs4149056", "12", 21331549, "T"),
    ("DPYD", "rs3918290", "1", 97915614, "C"),
    ("DPYD", "rs67376798", "1", 97547947, "T"),
    ("DPYD", "rs75017182", "1", 98045449, "G"),
    ("CYP3A5", "rs776746", "7", 99270539, "C"),
    ("NUDT15", "rs116855232", "13", 48619855, "C"),
    ("CYP4F2", "rs2108622", "19", 15990431, "C"),
    ("CYP2B6", "rs3745274", "19", 41512841, "G"),
    ("CYP2D6", "rs3892097", "22", 42524947, "C"),
    ("CYP2D6", "rs5030655", "22", 42525085, "CA"),  # *6
    ("CYP2D6", "rs35742686", "22", 42524243, "CT"),  # *3
    ("CYP2D6", "rs5030656", "22", 42524175, "CCTT"),  # *9
    ("F5", "rs6025", "1", 169519049, "T"),  # GRCh37 carries the Leiden allele
    ("UGT1A1", "rs887829", "2", 234668570, "C"),
    ("UGT1A1", "rs3064744", "2", 234668879, "CAT"),
    ("G6PD", "rs1050828", "X", 153764217, "C"),
    ("ABCG2", "rs2231142", "4", 89052323, "G"),
    ("IFNL3", "rs12979860", "19", 39738787, "C"),
    ("MT-RNR1", "rs267606617", "MT", 1555, "A"),
]


@pytest.mark.parametrize(
    ("gene", "rsid", "chromosome", "pos", "ref"), PLACES, ids=[f"{p[0]} {p[1]}" for p in PLACES]
)
def test_place_on_grch37_is_dbsnps(
    gene: str, rsid: str, chromosome: str, pos: int, ref: str
) -> None:
    every = (*GENES[gene].positions, *GENES[gene].extra)
    position = next(p for p in every if rsid in p.rsid)
    assert position.grch37 is not None
    found = (position.chromosome, position.grch37.pos, position.grch37.ref)
    assert found == (chromosome, pos, ref)
