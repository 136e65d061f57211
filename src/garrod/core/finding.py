"""What is inferred about a person: slow, made once, stored with the result it came from.

A pharmacogene's finding keeps every candidate still possible, with its probability; what to do
about it is Advice, derived anew at each decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

# Words of a phenotype that tell nothing, as CPIC writes them.
INDETERMINATE = "Indeterminate"  # an allele's function is not known, or no rule is for the pair
NO_RULE = "n/a"  # no rule is published for the gene; as a score: the activity is not known
SURE = 0.95  # from here on a candidate alone would be called. Source: the project's design


class Status(StrEnum):
    """How far a gene could be told."""

    CALLED = "called"
    AMBIGUOUS = "ambiguous"
    NO_CALL = "no-call"
    NOT_ASSESSED = "not-assessed"


class Origin(StrEnum):
    """Who made the call."""

    VARIANTS = "variants"
    OUTSIDE = "outside"
    INHIBITOR = "inhibitor"  # nobody: there is no result, and a medicine makes every genotype alike


@dataclass(frozen=True, slots=True)
class Candidate:
    """One diplotype (or genotype, or allele status) that the reading allows.

    `probability` sums to 1 over the kept candidates and `GeneFinding.remainder`.
    `keys` are the guidance look-up keys that this candidate gives (usually its phenotype and its
    activity score; HLA gives "*57:01 positive"; DPYD its score).
    """

    name: str
    probability: float
    phenotype: str
    activity_score: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PhenotypeShare:
    """A phenotype with the probability summed over the candidates that give it."""

    phenotype: str
    activity_score: str
    probability: float


@dataclass(frozen=True, slots=True)
class Proof:
    """One hop from a finding back to the file: which position, which line, what was written."""

    position_id: str
    rsid: str
    hgvs: str
    state: str
    alleles: tuple[str, ...]
    line: int | None
    record: str


@dataclass(frozen=True, slots=True)
class Fading:
    """What is left of the effect of a medicine that was stopped.

    `was` is its strength while it was taken; `left` the share of it, 0 to 1; `half_life_hours` is
    that of `of`, as `source` says; from `next_on` it counts as less, from `until` no more, which
    is in `days`.
    """

    stopped: date
    was: str
    left: float
    half_life_hours: float
    of: str
    source: str
    is_read: bool
    next_on: date
    until: date
    days: int
    rule: str = ""  # the policy's words
    evidence: str = ""  # its id in the policy's pack


@dataclass(frozen=True, slots=True)
class Modulation:
    """A medicine that inhibits or induces the enzyme of a gene, and what sources say of it.

    `effect` is "inhibits" or "induces"; `strength` strong, moderate or weak, as the policy chose
    it; `source` says so, `others` are what else is said ("weak (FDA table)"). `fading` is of one
    that was stopped; `full_on` the day from which one that was just started acts in full.
    """

    drug: str
    name: str
    enzyme: str
    effect: str
    strength: str
    source: str
    is_read: bool = True  # False: believed, not looked up in the source
    others: tuple[str, ...] = ()
    note: str = ""
    evidence: tuple[str, ...] = ()  # ids in the pack of modulators
    fading: Fading | None = None
    full_on: date | None = None


@dataclass(frozen=True, slots=True)
class Conversion:
    """Why a finding holds what a gene behaves as, and what it was before.

    `origin` are the candidates as they were called, in the order of the finding's own.
    """

    phenotype: str
    activity_score: str
    by: tuple[Modulation, ...]
    rule: str = ""  # the policy's words
    evidence: tuple[str, ...] = ()  # ids in the policy's pack
    notes: tuple[str, ...] = ()  # what else to know: a medicine left out, a rule not applied
    origin: tuple[Candidate, ...] = ()
    is_whatever: bool = False  # every genotype behaves so: how sure the call was does not matter

    def was(self, name: str) -> Candidate | None:
        """Return the candidate of that name as it was called; None without a result."""
        return next((c for c in self.origin if c.name == name), None)


@dataclass(frozen=True, slots=True)
class GeneFinding:
    """What is known of one pharmacogene of one person.

    `candidates` are sorted by falling probability. `phenotype` and `activity_score` are those of
    the most probable phenotype, and are empty where status is no-call or not-assessed.
    `next_position` is the id of the position whose reading would decide most, where one would.
    """

    gene: str
    status: Status
    candidates: tuple[Candidate, ...] = ()
    phenotype: str = ""
    activity_score: str = ""
    phenotypes: tuple[PhenotypeShare, ...] = ()
    reasons: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    origin: Origin = Origin.VARIANTS
    next_position: str = ""
    missing: tuple[str, ...] = ()  # ids of defining positions not read
    proofs: tuple[Proof, ...] = ()
    prior: str = ""  # e.g. "population:pooled", "flat"
    packs: tuple[str, ...] = ()  # "name@version"
    remainder: float = 0.0  # probability of candidates too small to list
    positions: dict[str, str] | None = None  # extra single positions, e.g. rs12777823 -> "G/A"
    conversion: Conversion | None = None  # where medicines change what the gene behaves as

    @property
    def is_usable(self) -> bool:
        """Return whether there is at least one candidate to reason over."""
        return bool(self.candidates)

    @property
    def is_open_elsewhere(self) -> bool:
        """Return whether it is ambiguous for a reason that its candidates' probability leaves out.

        So it is where copies were not counted, or a base was read that no definition knows. What
        every genotype behaves as is not open.
        """
        if self.conversion is not None and self.conversion.is_whatever:
            return False
        is_sure = self.is_usable and self.candidates[0].probability >= SURE
        return self.status is Status.AMBIGUOUS and is_sure
