"""Identifiers and codes as types: one per coding system, shape and check digit verified.

A bare `str` never stands for a code in a signature. What is here is a value that was checked when
it was made; whether the code exists, and what it means, is a question to a terminology pack.
Personal identifiers show only their last four digits in `repr` and in errors.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from garrod.core.errors import CodeError

# Verhoeff's dihedral-group tables: how two digits combine, and how a place permutes a digit.
# Source: Verhoeff, Error Detecting Decimal Codes, Mathematical Centre Tracts 29, 1969; used for
# SNOMED CT identifiers, SNOMED CT release file specification, section "Check-digit" (unchecked).
_COMBINE = (
    "0123456789",
    "1234067895",
    "2340178956",
    "3401289567",
    "4012395678",
    "5987604321",
    "6598710432",
    "7659821043",
    "8765932104",
    "9876543210",
)
_PERMUTE = (
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
)
_NHS_WEIGHTS = range(10, 1, -1)


def is_verhoeff(digits: str) -> bool:
    """Return whether the last of the digits is the Verhoeff check digit of the others."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = int(_COMBINE[check][int(_PERMUTE[place % len(_PERMUTE)][int(digit)])])
    return check == 0


def is_mod11(digits: str) -> bool:
    """Return whether the last of ten digits is the modulus 11 check digit of an NHS number.

    Source: NHS Data Model and Dictionary, attribute NHS NUMBER (unchecked).
    """
    total = sum(w * int(d) for w, d in zip(_NHS_WEIGHTS, digits, strict=False))
    return (11 - total % 11) % 11 == int(digits[-1])


@dataclass(frozen=True, slots=True, repr=False)
class Code:
    """One code of one coding system.  Raises: CodeError when shape or check digit is wrong."""

    value: str
    system: ClassVar[str]
    shape: ClassVar[re.Pattern[str]]
    expected: ClassVar[str]
    is_personal: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not (self.shape.fullmatch(self.value) and self.has_check_digit()):
            raise CodeError(
                f"{type(self).__name__} {self.shown()} is not valid: expected {self.expected}. "
                "Compare it with the source it was copied from."
            )

    def has_check_digit(self) -> bool:
        """Return whether the check digit is right; systems without one always agree."""
        return True

    def shown(self) -> str:
        """Return the code as it may be logged: masked where it identifies a person."""
        return f"…{self.value[-4:]}" if self.is_personal else repr(self.value)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.shown()})"

    def __str__(self) -> str:
        return self.value


class NhsNumber(Code):
    """A person's NHS number in England, Wales and the Isle of Man, without spaces."""

    __slots__ = ()
    system = "https://fhir.nhs.uk/Id/nhs-number"
    shape = re.compile(r"[0-9]{10}")
    expected = "10 digits, the last a modulus 11 check digit"
    is_personal = True

    def has_check_digit(self) -> bool:
        """Return whether the tenth digit is the modulus 11 check digit."""
        return is_mod11(self.value)


class Snomed(Code):
    """A SNOMED CT identifier."""

    __slots__ = ()
    system = "http://snomed.info/sct"
    shape = re.compile(r"[1-9][0-9]{5,17}")
    expected = "6 to 18 digits, the last a Verhoeff check digit"

    def has_check_digit(self) -> bool:
        """Return whether the last digit is the Verhoeff check digit."""
        return is_verhoeff(self.value)


class Dmd(Code):
    """A dm+d identifier whose level is not known; SNOMED CT's shape, dm+d's system."""

    __slots__ = ()
    system = "https://dmd.nhs.uk"
    shape = Snomed.shape
    expected = Snomed.expected

    def has_check_digit(self) -> bool:
        """Return whether the last digit is the Verhoeff check digit."""
        return is_verhoeff(self.value)


class Vtm(Dmd):
    """A dm+d virtual therapeutic moiety: the substance alone."""

    __slots__ = ()


class Vmp(Dmd):
    """A dm+d virtual medicinal product: substance, strength and form."""

    __slots__ = ()


class Amp(Dmd):
    """A dm+d actual medicinal product: a supplier's product."""

    __slots__ = ()


class Icd10(Code):
    """An ICD-10 category or subcategory."""

    __slots__ = ()
    system = "http://hl7.org/fhir/sid/icd-10"
    shape = re.compile(r"[A-Z][0-9]{2}(\.[0-9X][0-9]?)?")
    expected = "a letter and two digits, then at most a point and two characters, as in I63.9"


class Hgvs(Code):
    """A variant description with its versioned reference sequence."""

    __slots__ = ()
    system = "http://varnomen.hgvs.org"
    shape = re.compile(
        r"(?:N[CGMPRTW]_[0-9]+\.[0-9]+|LRG_[0-9]+(?:[tp][0-9]+)?|ENS[GTP][0-9]+\.[0-9]+)"
        r"(?:\([A-Za-z0-9_.-]+\))?:[cgmnopr]\.[^\s:]+"
    )
    expected = "a versioned sequence, a colon and a description, as in NC_000010.11:g.94781859G>A"


class Hgnc(Code):
    """A gene's HGNC id."""

    __slots__ = ()
    system = "http://www.genenames.org"
    shape = re.compile(r"HGNC:[1-9][0-9]*")
    expected = "HGNC: and a number, as in HGNC:2621"


class Hpo(Code):
    """A term of the Human Phenotype Ontology."""

    __slots__ = ()
    system = "http://human-phenotype-ontology.org"
    shape = re.compile(r"HP:[0-9]{7}")
    expected = "HP: and seven digits, as in HP:0001250"


class Mondo(Code):
    """A disease of the Mondo ontology."""

    __slots__ = ()
    system = "http://purl.obolibrary.org/obo/mondo.owl"
    shape = re.compile(r"MONDO:[0-9]{7}")
    expected = "MONDO: and seven digits, as in MONDO:0009061"


class OdsCode(Code):
    """An organisation of the NHS Organisation Data Service."""

    __slots__ = ()
    system = "https://fhir.nhs.uk/Id/ods-organization-code"
    shape = re.compile(r"[A-Z0-9]{3,12}")
    expected = "3 to 12 capital letters and digits, as in RJ1"


class RxNorm(Code):
    """An RxNorm concept (RxCUI)."""

    __slots__ = ()
    system = "http://www.nlm.nih.gov/research/umls/rxnorm"
    shape = re.compile(r"[1-9][0-9]{0,7}")
    expected = "a number of 1 to 8 digits, as in 32968"


class Atc(Code):
    """A class or substance of the Anatomical Therapeutic Chemical classification."""

    __slots__ = ()
    system = "http://www.whocc.no/atc"
    shape = re.compile(r"[ABCDGHJLMNPRSV](?:[0-9]{2}(?:[A-Z](?:[A-Z](?:[0-9]{2})?)?)?)?")
    expected = "1 to 7 characters by level, as in B01AC04"


def read_nhs_number(text: str) -> NhsNumber:
    """Return the NHS number that a person wrote, with or without the usual spaces or hyphens.

    Raises: CodeError.
    """
    return NhsNumber(re.sub(r"[\s-]", "", text))
