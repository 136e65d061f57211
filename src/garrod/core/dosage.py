"""What directions say in plain words: by which route, and how much a day.

text -> route, strength, times a day -> Dosage. Only what the words say beyond doubt is read: a
range, a dose taken when needed or one that changes has no daily total.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

MOST = 8192  # Not clinical: directions whose reading is kept, since the same ones come all day

ROUTES = (
    *(
        "oral",
        "sublingual",
        "buccal",
        "intravenous",
        "intramuscular",
        "subcutaneous",
        "intrathecal",
    ),
    *("topical", "transdermal", "inhaled", "nasal", "ocular", "otic", "rectal", "vaginal"),
)
# Words that name a route, and words of forms that are given by one when no route is named.
# Source: abbreviations of the BNF and of NHS prescription charts (unchecked).
_NAMED = {
    "oral": r"oral|orally|by mouth|po|p\.o\.",
    "sublingual": r"sublingual|sublingually|under the tongue",
    "buccal": r"buccal|buccally",
    "intravenous": r"intravenous|intravenously|iv|i\.v\.",
    "intramuscular": r"intramuscular|intramuscularly|im|i\.m\.",
    "subcutaneous": r"subcutaneous|subcutaneously|subcut|sc|s/c|s\.c\.",
    "intrathecal": r"intrathecal|intrathecally",
    "topical": r"topical|topically|to the skin|cutaneous",
    "transdermal": r"transdermal|transdermally",
    "inhaled": r"inhaled|by inhalation|nebulised|nebulized",
    "nasal": r"nasal|intranasal|nostrils?",
    "ocular": r"ophthalmic|ocular|eyes?",
    "otic": r"otic|ears?",
    "rectal": r"rectal|rectally|p\.r\.",
    "vaginal": r"vaginal|vaginally|p\.v\.",
}
_FORMS = {
    "oral": r"tablets?|tabs?|capsules?|caps?|syrup|elixir|linctus",
    "topical": r"cream|ointment|lotion|shampoo",
    "transdermal": r"patch|patches",
    "inhaled": r"inhaler|nebuliser|nebulizer|inhalation",
    "rectal": r"suppository|suppositories|enema",
    "vaginal": r"pessary|pessaries",
}
_NUMBER = r"\d+(?:\.\d+)?"
_STRENGTH = re.compile(
    rf"(?<![\d.,/])({_NUMBER})\s*(mg|milligrams?|micrograms?|mcg|µg|μg|ug|g|grams?)\b"
)
_RATIO = re.compile(r"/\s*\d|/\s*ml|\d,\d")  # "30 mg/500 mg", "10 mg/5 ml"
# A total that is not fixed, or not for every day: nothing is read then.
_UNSURE = re.compile(
    r"\b(?:prn|p\.r\.n|when (?:required|needed|necessary)|(?:as|if) (?:required|needed|necessary)|"
    r"as directed|up to|max(?:imum)?|or|then|increas\w+|reduc\w+|titrat\w+|taper\w*|weaning|"
    r"stat|single dose|once only|loading|alternate|every other|weekly|week|fortnight\w*|month\w*|"
    r"mon|tue|wed|thu|fri|sat|sun|(?:mon|tues|wednes|thurs|fri|satur|sun)day|\w+days|on \w+day|"
    r"total|units?|infusion|per hour|per kg|sos)\b"
    r"|mg\s*/\s*(?:kg|m2|m²|ml|h)|/\s*\d|\d\s*(?:-|–|to)\s*\d|\d,\d"
)
_COUNTS = {
    **{"half": "0.5", "one": "1", "two": "2", "three": "3", "four": "4", "a": "1"},
    **{"five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10"},
    **{"eleven": "11", "twelve": "12"},
}
_COUNT = rf"({_NUMBER}|{'|'.join(_COUNTS)})"
_UNIT_DOSE = re.compile(
    rf"\b{_COUNT}\s+(?:a\s+)?(?:tablets?|tabs?|capsules?|caps?)\b|\b{_COUNT}\s+(?=@)"
)
_FORM = re.compile(r"\b(?:tablets?|tabs?|capsules?|caps?)\b")
_FOR_DAYS = re.compile(r"\bfor \d+ days?\b")
_A_DAY = r"(?:daily|(?:a|per|every|each) day)"
_FREQUENCIES = {
    1: rf"od|o\.d\.|qd|once {_A_DAY}|(?:one|1) times? {_A_DAY}|every 24 hours|24[ -]?hourly|q24h",
    2: rf"bd|b\.d\.|bid|b\.i\.d\.|(?:twice|(?:two|2) times) {_A_DAY}|every 12 hours|"
    r"12[ -]?hourly|q12h",
    3: rf"tds|t\.d\.s\.|tid|t\.i\.d\.|(?:three|3) times {_A_DAY}|every 8 hours|8[ -]?hourly|q8h",
    4: rf"qds|q\.d\.s\.|qid|q\.i\.d\.|(?:four|4) times {_A_DAY}|every 6 hours|6[ -]?hourly|q6h",
    6: r"every 4 hours|4[ -]?hourly|q4h",
}
_DAILY = re.compile(rf"(?<!\w){_A_DAY}(?!\w)|/\s*day(?!\w)")
_PART_OF_DAY = re.compile(
    r"(?<!\w)(?:om|nocte|mane|(?:(?:at|every|each) )?night|at bedtime|"
    r"(?:(?:in the|every|each) )?(?:morning|evening|afternoon))(?!\w)"
)
# Once a week, as directions say it; a day of the week may stand beside it, or stand for it.
_DAY = r"(?:mon|tue|tues|wed|wednes|thu|thurs|fri|sat|satur|sun)(?:day)?s?"
_WEEKLY = re.compile(
    r"(?<!\w)(?:once (?:a|per|every|each) week|once[ -]weekly|(?:once )?every week|weekly|"
    r"(?:a|per|each) week|every (?:7|seven) days)(?!\w)"
)
_OFTENER = re.compile(rf"(?<!\w)(?:twice|thrice|times|and|{_DAY})(?!\w)")
_ON_DAY = re.compile(rf"(?<!\w)(?:on (?:a )?|every |each ){_DAY}(?!\w)")
_LEFT_OVER = re.compile(r"\d|\b(?:half|one|two|three|four|five|six|both)\b")


@dataclass(frozen=True, slots=True)
class Dosage:
    """What directions say: a route of ROUTES or "", and the total of a day or of a week, or None.

    What is taken every day has no total of a week.
    """

    route: str = ""
    daily_mg: Decimal | None = None
    weekly_mg: Decimal | None = None


def dosage_in(text: str) -> Dosage:
    """Return what a line of a medicine list says of route and total dose a day.

    >>> dosage_in("clopidogrel 75 mg tablets, one tablet once daily")
    Dosage(route='oral', daily_mg=Decimal('75'), weekly_mg=None)
    """
    return Dosage(route_in(text), daily_mg_in(text), weekly_mg_in(text))


@lru_cache(maxsize=MOST)
def route_in(text: str) -> str:
    """Return the route that words name, or that of the form; "" where they name none or several."""
    words = text.casefold()
    named = [route for route, pattern in _NAMED.items() if _has(pattern, words)]
    if named:
        return named[0] if len(named) == 1 else ""
    forms = [route for route, pattern in _FORMS.items() if _has(pattern, words)]
    return forms[0] if len(forms) == 1 else ""


@lru_cache(maxsize=MOST)
def daily_mg_in(text: str) -> Decimal | None:
    """Return the total dose a day that directions give beyond doubt, in mg; None otherwise."""
    words = " ".join(text.casefold().split())
    if is_open_ended(words):
        return None
    times, words = _times_a_day(words)
    strengths = [_in_mg(number, unit) for number, unit in _STRENGTH.findall(words)]
    words = _FOR_DAYS.sub(" ", _STRENGTH.sub(" ; ", words))
    counts = [first or second for first, second in _UNIT_DOSE.findall(words)]
    if len(counts) > 1 or (_FORM.search(words) and not counts):
        return None  # "75 mg tablets, once daily" does not say how many
    if times is None or len(strengths) != 1 or _LEFT_OVER.search(_UNIT_DOSE.sub(" ", words)):
        return None
    count = counts[0] if counts else "1"
    total = strengths[0] * Decimal(_COUNTS.get(count, count)) * times
    return _plain(total) if total > 0 else None


@lru_cache(maxsize=MOST)
def weekly_mg_in(text: str) -> Decimal | None:
    """Return the total of a week that directions of once a week give beyond doubt; else None.

    >>> weekly_mg_in("methotrexate 2.5 mg tablets, six tablets once a week on Monday")
    Decimal('15')
    """
    words = " ".join(text.casefold().split())
    words, weeks = _WEEKLY.subn(" ; ", words)
    words, moments = _ON_DAY.subn(" ; ", words)
    is_once = weeks < 2 and moments < 2 and weeks + moments > 0
    if not is_once or _OFTENER.search(words) or _names_times(words):
        return None
    return daily_mg_in(f"{words} once daily")


def _names_times(words: str) -> bool:
    """Return whether directions say, beside the week, how often a day or at which part of it."""
    daily = (_DAILY, *(re.compile(rf"(?<!\w)(?:{p})(?!\w)") for p in _FREQUENCIES.values()))
    return any(pattern.search(words) for pattern in daily)


def is_open_ended(text: str) -> bool:
    """Return whether directions leave the total open: when needed, a range, one that changes."""
    return bool(_UNSURE.search(text.casefold()))


@lru_cache(maxsize=MOST)
def strength_mg_in(text: str) -> Decimal | None:
    """Return the one strength that a medicine's name has, in mg; None for none or several."""
    words = text.casefold()
    found = {_in_mg(number, unit) for number, unit in _STRENGTH.findall(words)}
    return _plain(found.pop()) if len(found) == 1 and not _RATIO.search(words) else None


def _times_a_day(words: str) -> tuple[int | None, str]:
    """Return how often a day directions say, None where not or not in one way; and the rest.

    In the rest "@" stands where the times stood.
    """
    found: list[int] = []
    for times, pattern in _FREQUENCIES.items():
        words, count = re.subn(rf"(?<!\w)(?:{pattern})(?!\w)", " @ ", words)
        found += [times] * count
    words, parts = _PART_OF_DAY.subn(" @ ", words)
    words, daily = _DAILY.subn(" @ ", words)
    if found:
        is_one_way = len(found) == 1 and not daily and parts in (0, found[0])
        return (found[0] if is_one_way else None), words
    return (1 if (daily, parts) in ((1, 0), (0, 1), (1, 1)) else None), words


def _in_mg(number: str, unit: str) -> Decimal:
    size = "1000" if unit in ("g", "gram", "grams") else "1"
    if unit.startswith(("micro", "mcg", "µ", "μ", "ug")):
        size = "0.001"
    return Decimal(number) * Decimal(size)


def _plain(amount: Decimal) -> Decimal:
    """Return the same number without trailing zeros and without an exponent."""
    return Decimal(f"{amount.normalize():f}")


def _has(pattern: str, words: str) -> bool:
    return bool(re.search(rf"(?<!\w)(?:{pattern})(?!\w)", words))
