"""Says in plain words why somebody is asked about. Nothing of a person's record is in it.

evidence -> a sentence each; shares in words: "about 1 look in 200"
"""

from __future__ import annotations

from collections.abc import Iterator

from garrod.care.govern.snoop_model import Case, Evidence, Nearness, Sign

LITTLE = 0.3  # Not clinical: points under which a sign is not worth a sentence (1 in 2)
NEAR = {
    Nearness.SEEN: "Only their organisation, not they or their team, was seeing the person then",
    Nearness.AROUND: "Their organisation saw the person weeks before or after, not they themselves",
    Nearness.KNOWN: "Their organisation knows the person, and nothing on record was due then",
    Nearness.NONE: "Nothing on record ties them or their organisation to the person",
}
SAID = {
    Sign.FAMILY: "They have the same family name as the person",
    Sign.ADDRESS: "They live at the person’s address",
    Sign.OWN: "It is their own record",
    Sign.COLLEAGUE: "The person works for the same organisation",
    Sign.PUBLIC: "The person’s record is flagged as of public interest",
    Sign.HOUR: "They do not usually work at that hour",
    Sign.GLASS: "They opened it as an emergency, and no contact is on record",
}
RARE = frozenset((Sign.FAR, Sign.FAMILY, Sign.COLLEAGUE, Sign.PUBLIC))  # whose share is said


def reasons(case: Case) -> Iterator[str]:
    """Yield why somebody is asked about, the strongest reason first."""
    for one in case.evidence:
        if one.points >= LITTLE:
            yield f"{_said(one)}{_share(one)}."
    if case.refused:
        times = "once" if case.refused == 1 else f"{case.refused} times"
        yield f"They were refused {times}."


def _said(one: Evidence) -> str:
    if one.sign is Sign.FAR:
        return NEAR[one.nearness]
    if one.sign is Sign.AGAIN:
        return f"They came back on {one.times} more days than colleagues in the same role"
    if one.sign is Sign.MANY:
        return f"They opened the records of {one.times} people within an hour"
    return SAID[one.sign]


def _share(one: Evidence) -> str:
    if one.sign not in RARE:
        return ""
    whole = {Sign.FAR: "look of this role", Sign.FAMILY: "person", Sign.COLLEAGUE: "person",
             Sign.PUBLIC: "person"}[one.sign]  # fmt: skip
    return f" (about 1 {whole} in {_rounded(10.0**one.points):,})"


def _rounded(number: float) -> int:
    """Return a number of one or two digits that matter."""
    step = float(f"1e{len(str(int(number))) - 1}")
    return max(2, int(round(number / step) * step))
