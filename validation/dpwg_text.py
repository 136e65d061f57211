"""A coarse reader of DPWG's sentences: which actions and which dose factors a text allows.

Independent of the pack: it knows no gene and no medicine, only words. Used in validation alone.
"""

from __future__ import annotations

import re

# How a text that speaks of one circumstance opens -> the action that it asks for.
OPENINGS = tuple(
    (re.compile(pattern, re.DOTALL), frozenset(actions.split()))
    for pattern, actions in (
        (r"no action", "standard"),
        (r"the guideline does not provide a recommendation", "no-recommendation"),
        (r"avoid|\w+ is contra-?indicated", "avoid"),
        (r"(choose|select) an alternative|carefully weigh", "prefer-alternative"),
        (r"it is not possible to recommend a dose adjustment.*residual dpd activity", "test-first"),
        (r"it is not possible to offer.*\n+avoid", "avoid"),
        (r"as the total analgesic effect.*select an alternative", "prefer-alternative"),
        (r"it is not possible to (offer|provide).*(be alert|either)", "monitor"),
        (r"there (is|are) (no data|insufficient)|be (extra )?alert|(regularly )?monitor the|"
         r"determine the|in the event of side effects|start with the normal initial", "monitor"),
        (r"the loading dose|use the maximum dose|use 50% of the normal maintenance|"
         r"do not (exceed|give doses)|administer no more|use no more than", "adjust"),
        (r"(use|start with|reduce the dose to) \d+%|use half|"
         r"(monitoring by .*|immunosuppression.*)(use|start with) \d+%", "start-lower"),
        (r"(use|increase the dose to) 1\.\d+ times|double the standard|"
         r"use an initial dose that is 1\.5x", "start-higher adjust"),
    )
)  # fmt: skip

# Words of a text that tells circumstances apart -> actions that it allows in one of them.
ALLOWS = (
    (r"insufficient evidence", "no-recommendation"),
    (r"\bno action|standard dose of 84", "standard"),
    (r"contra-?indicated|\bavoid\b|not recommended", "avoid"),
    (r"choose an alternative|reconsider the choice", "prefer-alternative"),
    (r"% of the (standard|normal)|initial dose is 400|84 ?mg", "start-lower"),
    (r"times the (standard|normal|initial)|-fold higher", "start-higher"),
    (r"do not exceed|no more than|maintenance dose", "adjust"),
    (r"alert|advise|determine|side effects|titrate", "monitor"),
    (r"double the dose", "prefer-alternative"),
)
NUMBER = r"(?<![\d.])(\d+\.?\d*)"
MULTIPLES = (
    rf"{NUMBER} times the (?:standard|normal|initial)",
    rf"{NUMBER}-fold higher dose",
    rf"dose that is {NUMBER}x",
)


def actions_of(text: str, *, tells_apart: bool) -> frozenset[str]:
    """Return the actions that a text allows; none where it cannot be read."""
    plain = text.lower().lstrip()
    if tells_apart:
        return frozenset(a for words, a in ALLOWS if re.search(words, plain, re.DOTALL))
    return next((actions for opening, actions in OPENINGS if opening.match(plain)), frozenset())


def factors_in(text: str) -> frozenset[str]:
    """Return the dose factors that a text names: shares of the usual dose, and multiples."""
    plain = text.lower()
    shares = re.findall(r"(?<![\d.])(\d+(?:-\d+)?) ?% of the (?:standard|normal)", plain)
    found = {"-".join(f"{float(part) / 100:g}" for part in share.split("-")) for share in shares}
    found |= {f"{float(m):g}" for pattern in MULTIPLES for m in re.findall(pattern, plain)}
    found |= {"0.5"} if "half of the normal" in plain else set()
    return frozenset(found | ({"2"} if re.search("double the (standard )?dose", plain) else set()))
