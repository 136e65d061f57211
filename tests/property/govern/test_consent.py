"""Random trees of provisions: the rules that guard the record against a plain, slow reading.

The reading below works on the JSON itself and shares nothing with the rules: no parsing, no
pruning, no outline. It looks at each provision anew for each resource.
"""

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from garrod.adapters.fhir.consents import consent_of
from garrod.adapters.fhir.features import features_of
from garrod.care.govern.consent.evaluate import outline, ruling
from garrod.care.govern.consent.model import Request
from garrod.care.govern.labels import Labels
from tests.making.desk_time import drawn
from tests.making.shelves import SHELF

Json = dict[str, Any]
LABELS = Labels(SHELF)
REASONS = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
LOINC = "http://loinc.org"
ASK = datetime(2022, 7, 1, 9, tzinfo=UTC)
DAYS = ["2021-06-01", "2022-03-01", "2022-07-01", "2023-01-01"]
PURPOSES = ["TREAT", "ETREAT", "HRESCH", "HPAYMT"]
CODES = ["29463-7", "8867-4", "2339-0"]
PEOPLE = ["Practitioner/a", "Practitioner/b", "Group/g", "Organization/o"]
LEVELS = "ULMNRV"
IDS = ["o1", "o2", "o3"]


def reference(named: str) -> Json:
    return {"reference": named}


def coding(system: str, code: str) -> Json:
    return {"system": system, "code": code}


def some(values: list[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2)


@st.composite
def periods(draw: st.DrawFn) -> Json:
    ends = draw(st.fixed_dictionaries({}, optional={"start": days(), "end": days()}))
    return ends or {"start": draw(days())}


def days() -> st.SearchStrategy[str]:
    return st.sampled_from(DAYS)


def data() -> st.SearchStrategy[Json]:
    pairs = (
        [("instance", f"Observation/{i}") for i in IDS]
        + [("authoredby", p) for p in PEOPLE[:2]]
        + [("related", "Encounter/e"), ("dependents", "Specimen/s"), ("nearby", "Encounter/e")]
    )
    return st.sampled_from(pairs).map(lambda p: {"meaning": p[0], "reference": reference(p[1])})


ROLE = {"coding": [coding("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP")]}
CONSTRAINTS = {
    "period": periods(),
    "dataPeriod": periods(),
    "purpose": some(PURPOSES).map(lambda found: [coding(REASONS, c) for c in found]),
    "actor": some(PEOPLE).map(lambda f: [{"role": ROLE, "reference": reference(p)} for p in f]),
    "action": some(["access", "disclose"]).map(
        lambda f: [{"coding": [{"code": code}]} for code in f]
    ),
    "securityLabel": some([*"NRV", "PSY"]).map(lambda f: [{"code": code} for code in f]),
    "class": some(["Observation", "Encounter"]).map(lambda f: [{"code": code} for code in f]),
    "code": some([*CODES, ""]).map(
        lambda f: [{"coding": [coding(LOINC, c)]} if c else {"text": "words"} for c in f]
    ),
    "data": st.lists(data(), min_size=1, max_size=2),
}


def provisions(depth: int) -> st.SearchStrategy[Json]:
    optional: dict[str, Any] = dict(CONSTRAINTS)
    if depth:
        optional["provision"] = st.lists(provisions(depth - 1), min_size=1, max_size=3)
    return st.fixed_dictionaries(
        {"type": st.sampled_from(["permit", "deny"])}, optional=optional
    ).map(_sparse)


def _sparse(provision: Json) -> Json:
    """Return a provision with few constraints, so that it matches now and then."""
    kept = sorted(provision.keys() - {"type", "provision"})
    drop = kept[2:] if len("".join(kept)) % 2 else kept[1:]
    return {k: v for k, v in provision.items() if k not in drop}


@st.composite
def observations(draw: st.DrawFn) -> Json:
    found: Json = {
        "resourceType": "Observation", "id": draw(st.sampled_from(IDS)),
        "code": {"coding": [coding(LOINC, draw(st.sampled_from(CODES)))]},
        "subject": reference("Patient/p"),
        "performer": [reference(draw(st.sampled_from(PEOPLE[:2])))],
    }  # fmt: skip
    if draw(st.booleans()):
        found["effectiveDateTime"] = draw(days())
    if draw(st.booleans()):
        found["encounter"] = reference("Encounter/e")
    if draw(st.booleans()):
        found["specimen"] = reference("Specimen/s")
    labels = draw(st.lists(st.sampled_from([*LEVELS, "PSY", "HTEST"]), max_size=2))
    if labels:
        found["meta"] = {"security": [{"code": label} for label in labels]}
    return found


REQUESTS = st.builds(
    Request,
    requester=st.sampled_from(PEOPLE[:2]),
    groups=st.sets(st.sampled_from(PEOPLE[2:])).map(frozenset),
    purpose=st.sampled_from(PURPOSES),
    at=st.just(ASK),
    action=st.sampled_from(["access", "disclose"]),
)

# The plain reading. Each constraint is True, False or None (nobody can tell).


def within(period: Json, low: date | None, high: date | None) -> bool | None:
    if low is None or high is None:
        return None
    start, end = period.get("start", "0001-01-01"), period.get("end", "9999-12-31")
    return not (high < date.fromisoformat(start) or low > date.fromisoformat(end))


def held(name: str, value: Any, provision: Json, o: Json, r: Request) -> bool | None:
    is_deny = provision["type"] == "deny"
    if name == "period":
        return within(value, r.at.date(), r.at.date())
    if name == "dataPeriod":
        when = o.get("effectiveDateTime")
        day = date.fromisoformat(when) if when else None
        return within(value, day, day)
    if name == "purpose":
        stated = {c["code"] for c in value}
        return r.purpose in stated or (r.purpose == "ETREAT" and "TREAT" in stated)
    if name == "actor":
        return any(a["reference"]["reference"] in r.groups | {r.requester} for a in value)
    if name == "action":
        return any(c["coding"][0]["code"] == r.action for c in value)
    if name == "class":
        return any(c["code"] == "Observation" for c in value)
    if name == "code":
        if any("text" in c for c in value):
            return None
        mine = o["code"]["coding"][0]["code"]
        return any(c["coding"][0]["code"] == mine for c in value)
    if name == "data":
        return tied(value, o)
    assert name == "securityLabel"
    return labelled({c["code"] for c in value}, o, is_deny=is_deny)


def tied(value: list[Json], o: Json) -> bool | None:
    if any(d["meaning"] == "nearby" for d in value):
        return None
    named = {(d["meaning"], d["reference"]["reference"]) for d in value}
    return (
        ("instance", f"Observation/{o['id']}") in named
        or ("authoredby", o["performer"][0]["reference"]) in named
        or (("related", "Encounter/e") in named and "encounter" in o)
        or (("dependents", "Specimen/s") in named and "specimen" in o)
    )


def labelled(stated: set[str], o: Json, *, is_deny: bool) -> bool:
    mine = {s["code"] for s in o.get("meta", {}).get("security", [])}
    levels = [LEVELS.index(m) for m in mine if m in LEVELS]
    level = max(levels, default=LEVELS.index("R" if "PSY" in mine else "N"))
    for one in stated:
        if one == "PSY" and "PSY" in mine:
            return True
        if one in LEVELS:
            asked = LEVELS.index(one)
            if level >= asked if is_deny else level <= asked:
                return True
    return False


def read(provision: Json, o: Json, r: Request) -> str | None:
    """Return what a provision and its exceptions say, or None where it does not match.

    Where nobody can tell whether it matches, it does if it would deny, and does not otherwise.
    """
    names = [n for n in provision if n not in ("type", "provision")]
    answers = [held(n, provision[n], provision, o, r) for n in names]
    if False in answers:
        return None
    below = [read(p, o, r) for p in provision.get("provision", [])]
    found = next((word for word in ("deny", "permit") if word in below), provision["type"])
    return str(found) if None not in answers or found == "deny" else None


def wanted(provision: Json, o: Json, r: Request) -> str | None:
    """Return what a consent of one provision says; None: nothing."""
    start = provision.get("period", {}).get("start")
    if start and r.at.date() < date.fromisoformat(start):
        return None  # it has not begun
    said = read(provision, o, r)
    return "deny" if said is None and provision["type"] == "permit" else said


def consent(provision: Json, number: int = 1) -> Json:
    return {
        "resourceType": "Consent", "id": f"c{number}", "status": "active",
        "patient": reference("Patient/p"), "dateTime": "2022-01-01", "provision": provision,
        "policy": [{"uri": f"https://example.org/{number}"}],
    }  # fmt: skip


@settings(max_examples=drawn(600), deadline=None)
@given(provisions(3), st.lists(observations(), min_size=1, max_size=3), REQUESTS)
def test_one_consent_is_read_as_a_plain_reader_reads_it(
    provision: Json, seen: list[Json], request: Request
) -> None:
    made = consent_of(consent(provision))
    ahead = outline([made], request)
    for o in seen:
        features = features_of(o, "Observation", o["id"], labels=LABELS)
        ruled = ruling([made], features, request)
        said = None if ruled is None else "permit" if ruled.is_permitted else "deny"
        assert said == wanted(provision, o, request)
        assert ahead.of(features) == ruled


@settings(max_examples=drawn(300), deadline=None)
@given(st.lists(provisions(1), min_size=2, max_size=3), observations(), REQUESTS)
def test_several_consents_are_weighed(many: list[Json], o: Json, request: Request) -> None:
    made = [consent_of(consent(p, number)) for number, p in enumerate(many)]
    ruled = ruling(made, features_of(o, "Observation", o["id"], labels=LABELS), request)
    explicit = [read(p, o, request) if wanted(p, o, request) else None for p in many]
    if "deny" in explicit:
        expected: bool | None = False
    elif "permit" in explicit:
        expected = True
    else:
        expected = False if "deny" in [wanted(p, o, request) for p in many] else None
    assert (None if ruled is None else ruled.is_permitted) == expected


@settings(max_examples=drawn(200), deadline=None)
@given(provisions(2), observations(), REQUESTS)
def test_a_denial_of_all_outweighs_whatever_else_is_said(
    provision: Json, o: Json, request: Request
) -> None:
    features = features_of(o, "Observation", o["id"], labels=LABELS)
    denial = consent_of(consent({"type": "deny"}, 2))
    both = ruling([consent_of(consent(provision)), denial], features, request)
    assert both is not None
    assert not both.is_permitted
    assert both.because[-1] == "Consent/c2, provision (deny)"
