"""What is wrong with a file in plain words, and what to do about it: a row a fault."""

from __future__ import annotations

import re
from dataclasses import dataclass

AGAIN = "Ask whoever made it to export it again, and drop the new file."
BUILD = "VCF013"  # the one fault that can be answered here: which build is it on?
# code -> what is wrong, what to do
FAULTS = {
    "VCF004": ("The file is empty", "Ask whoever made it for the file again."),
    "VCF005": (
        "The file is cut off or damaged",
        "Copy it again from where it was made, and compare the sizes; then drop it again.",
    ),
    "VCF007": (
        "This is not a VCF",
        "Look whether it is the right file. A report, a spreadsheet or raw reads (FASTQ, BAM) "
        "cannot be read here: export the variants as VCF.",
    ),
    "VCF008": ("The file holds bytes that are no text", "Save it as UTF-8, or export it again."),
    "VCF009": (
        "The file says nothing about a person: it has no sample column",
        "Export it with genotypes (a FORMAT column and one for each sample).",
    ),
    "VCF010": (
        "Two samples have the same name",
        "Rename one of them, so that results cannot be mixed up.",
    ),
    "VCF011": ("The file has no sample of that name", "Choose one of its samples."),
    "VCF013": (
        "The genome build cannot be told",
        "Find out from which reference the file was made, and say so below. Do not guess.",
    ),
    "VCF014": (
        "The file does not stand on the genome build that it is said to be on",
        "Find out from which reference it was made, and export it from that one.",
    ),
    "VCF015": (
        "A reference base is not what the genome has there",
        "The file is on another genome build, or two columns were swapped: export it again from "
        "the right reference.",
    ),
    "VCF016": ("A line has too few or too many columns", AGAIN),
    "VCF017": ("The records have no genotypes", "Export it with genotypes (GT in FORMAT)."),
    "VCF018": ("There is a header, and no record", "Ask whoever made it for the whole file."),
    "VCF019": (
        "No record speaks of a place that matters for medicines",
        "Send the file of small variants of this person, with the places that were read as the "
        "reference.",
    ),
    "VCF020": ("A line is not a record of a VCF", AGAIN),
    "VCF021": ("The genotypes of this sample cannot be read", AGAIN),
    "VCF022": ("The file has more different readings than can be told apart", AGAIN),
    "LAB001": (
        "A line is longer than any line of a person’s VCF",
        "The file is damaged, or holds many people: send one person’s file.",
    ),
    "LAB002": (
        "The file is a BCF, or was packed twice",
        "Export it as a VCF (bcftools view), packed once by bgzip or not at all.",
    ),
    "LAB003": (
        "The file unpacks to more than any genome has",
        "Look whether it is the right file; send one person’s.",
    ),
}
OTHER = ("The file could not be read", "Try it once more; if it happens again, tell whoever looks "
         "after this system.")  # fmt: skip
_LINE = re.compile(r"\bline (\d{1,12})\b")


@dataclass(frozen=True, slots=True)
class FaultView:
    """What is wrong, where, what to do, and in the reader’s own words."""

    title: str
    line: str
    act: str
    words: str
    code: str


def fault_view(code: str, words: str) -> FaultView:
    """Return a fault as a person reads it."""
    title, act = FAULTS.get(code, OTHER)
    found = _LINE.search(words)
    line = f"Line {int(found[1]):,}" if found else ""
    plain = words.replace("say --assembly GRCh38 or --assembly GRCh37", "say which it is")
    return FaultView(title, line, act, plain, code)
