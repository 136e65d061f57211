"""The layout of dm+d's files: roots, records, fields. Names as published; other fields are strings.

Source: NHSBSA and NHS England, dm+d technical specification of data files, release 2 (3.1)
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class KindOf(IntEnum):
    """The kinds of concept that are kept."""

    VTM = 1
    VMP = 2
    AMP = 3
    VMPP = 4
    AMPP = 5
    INGREDIENT = 6
    FORM = 7
    ROUTE = 8
    UNIT_OF_MEASURE = 9
    SUPPLIER = 10


@dataclass(frozen=True, slots=True)
class Layout:
    """The root of a file, and the records that are read from it."""

    root: str
    records: frozenset[str]


def _layout(root: str, *records: str) -> Layout:
    return Layout(root, frozenset(records))


FILES = {  # in the order in which they are read: what is named comes before what names it
    "lookup": _layout("LOOKUP", "INFO"),
    "ingredient": _layout("INGREDIENT_SUBSTANCES", "ING"),
    "vtm": _layout("VIRTUAL_THERAPEUTIC_MOIETIES", "VTM"),
    "vmp": _layout("VIRTUAL_MED_PRODUCTS", "VMP", "VPI", "ONT", "DFORM", "DROUTE", "CONTROL_INFO"),
    "amp": _layout("ACTUAL_MEDICINAL_PRODUCTS", "AMP", "AP_ING", "LIC_ROUTE"),
    "vmpp": _layout("VIRTUAL_MED_PRODUCT_PACK", "VMPP"),
    "ampp": _layout("ACTUAL_MEDICINAL_PROD_PACKS", "AMPP"),
}
LINKS = {  # kind -> its identifier, and the field of what it is a kind of
    "INGREDIENT": ("ISID", ""),
    "VTM": ("VTMID", ""),
    "VMP": ("VPID", "VTMID"),
    "AMP": ("APID", "VPID"),
    "VMPP": ("VPPID", ""),
    "AMPP": ("APPID", "VPPID"),
}
PARTS = {  # record -> whose it is, the field that it is about, and what that field names
    "VPI": ("VPID", "ISID", "INGREDIENT"),
    "AP_ING": ("APID", "ISID", "INGREDIENT"),
    "ONT": ("VPID", "FORMCD", "ONT_FORM_ROUTE"),
    "DFORM": ("VPID", "FORMCD", "FORM"),
    "DROUTE": ("VPID", "ROUTECD", "ROUTE"),
    "LIC_ROUTE": ("APID", "ROUTECD", "ROUTE"),
    "CONTROL_INFO": ("VPID", "CATCD", "CONTROL_DRUG_CATEGORY"),
}
LOOKUPS = frozenset(("FORM", "ROUTE", "UNIT_OF_MEASURE", "SUPPLIER"))  # whose codes are concepts
CODED = {  # field -> kind of concept, or section of the look-up file
    "VTMID": "VTM",
    "VPID": "VMP",
    "APID": "AMP",
    "VPPID": "VMPP",
    "ISID": "INGREDIENT",
    "BS_SUBID": "INGREDIENT",
    "UOMCD": "UNIT_OF_MEASURE",
    "UDFS_UOMCD": "UNIT_OF_MEASURE",
    "UNIT_DOSE_UOMCD": "UNIT_OF_MEASURE",
    "QTY_UOMCD": "UNIT_OF_MEASURE",
    "STRNT_NMRTR_UOMCD": "UNIT_OF_MEASURE",
    "STRNT_DNMTR_UOMCD": "UNIT_OF_MEASURE",
    "SUPPCD": "SUPPLIER",
    "BASISCD": "BASIS_OF_NAME",
    "BASIS_PREVCD": "BASIS_OF_NAME",
    "BASIS_STRNTCD": "BASIS_OF_STRNTH",
    "NMCHANGECD": "NAMECHANGE_REASON",
    "COMBPRODCD": "COMBINATION_PROD_IND",
    "COMBPACKCD": "COMBINATION_PACK_IND",
    "PRES_STATCD": "VIRTUAL_PRODUCT_PRES_STATUS",
    "NON_AVAILCD": "VIRTUAL_PRODUCT_NON_AVAIL",
    "DF_INDCD": "DF_INDICATOR",
    "CAT_PREVCD": "CONTROL_DRUG_CATEGORY",
    "LIC_AUTHCD": "LICENSING_AUTHORITY",
    "LIC_AUTH_PREVCD": "LICENSING_AUTHORITY",
    "LIC_AUTHCHANGECD": "LICENSING_AUTHORITY_CHANGE_REASON",
    "FLAVOURCD": "FLAVOUR",
    "AVAIL_RESTRICTCD": "AVAILABILITY_RESTRICTION",
    "LEGAL_CATCD": "LEGAL_CATEGORY",
    "DISCCD": "DISCONTINUED_IND",
}
FLAGS = frozenset(("SUG_F", "GLU_F", "PRES_F", "CFC_F", "EMA", "PARALLEL_IMPORT"))
DATES = frozenset(("VTMIDDT", "VPIDDT", "ISIDDT", "NMDT", "NON_AVAILDT", "CATDT", "DISCDT",
                   "LIC_AUTHCHANGEDT"))  # fmt: skip
NUMBERS = frozenset(("UDFS", "STRNT_NMRTR_VAL", "STRNT_DNMTR_VAL", "QTYVAL"))
