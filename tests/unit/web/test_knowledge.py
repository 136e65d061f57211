"""How packs, their differences and who is affected by them are put into words."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from garrod.adapters.packs.site import site_pack
from garrod.care.govern.access import LOCAL, Actor
from garrod.care.govern.model import Activated, Approved, Deactivated, Distrusted
from garrod.care.govern.stepping import SignInAgain
from garrod.core.errors import InputError
from garrod.entry.affected import Found, Progress, found_in
from garrod.entry.demo_packs import FOLDER, HOLDER, PACK, VERSION, propose
from garrod.entry.web.knowledge import acting
from garrod.entry.web.knowledge.acting import ACTIVATE, APPROVE, ROLL_BACK, Form, Refused, act
from garrod.entry.web.knowledge.one import pack_view
from garrod.entry.web.knowledge.people import NO_TASKS, NOT_ASKED, UNSEEN, Named, affected_view
from garrod.entry.web.knowledge.presenter import Asking, list_view
from garrod.entry.web.knowledge.reading import Chosen, Standing, chosen_of, standing_of
from garrod.entry.web.knowledge.words import Known, condition_words, title_of, value_words
from tests.making.shelves import SHELF

NEW = f"{PACK}@{VERSION}"
NOW = datetime(2026, 11, 28, 9, 5, tzinfo=UTC)
AT = "2026-11-28T09:00:00+00:00"
KNOWN = Known({"metformin": "Metformin"}, {"do-it": "Check the kidneys"}, {"own": "Our own"})
SAFETY = Actor("Practitioner/s", role="clinical-safety-officer")
OFFICER = Actor("Practitioner/o", role="governance-officer")


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Standing:
    site = tmp_path_factory.mktemp("words") / FOLDER
    propose(site)
    return standing_of(site)


def with_events(standing: Standing, *events: Any) -> Standing:
    ledger = standing.ledger
    for event in events:
        ledger = ledger.with_event(event)
    return replace(standing, ledger=ledger)


def approved(standing: Standing, who: Actor, *, lowers: tuple[str, ...] = ()) -> Approved:
    own = standing.of(NEW)
    assert own is not None
    return Approved(AT, who.id, who.role, NEW, own.content.sha256, "read it", lowers)


def activated(standing: Standing) -> Activated:
    own = standing.of(NEW)
    assert own is not None
    return Activated(AT, SAFETY.id, NEW, own.content.sha256, "k")


def asking(who: Actor = SAFETY, *, may: bool = True) -> Asking:
    return Asking(who, NOW, {SAFETY.id: "Dr Carys"}, may)


def view(standing: Standing, who: Actor = SAFETY, *, may: bool = True, **new: Any) -> Any:
    chosen = replace(chosen_of(NEW, standing, SHELF), **new)
    return pack_view(chosen, standing, KNOWN, asking(who, may=may), ("", 1))


def test_rule_is_told_by_medicine_and_act() -> None:
    row = {"rule": "r", "subject": "metformin|@nsaid", "action": "monitor", "tier": "T3"}
    assert title_of("safety_rules", row, KNOWN) == "Metformin, any nsaid: monitor"
    assert title_of("phrases", {"code": "c", "text": "x"}, KNOWN) == "Words “c”"
    assert (
        title_of("tiers", {"action": "monitor", "strength": "Strong"}, KNOWN) == "monitor – Strong"
    )
    assert title_of("tiers", {"evidence": "own"}, KNOWN) == "A row"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("measure egfr < 45 and new", "eGFR below 45 and new"),
        ("age >= 65 or has ckd|aki", "age at least 65 or with ckd or aki"),
        ("not took @ppi within 100d", "not taking any ppi in the last 100d"),
    ],
)
def test_condition_is_told_in_words(said: str, words: str) -> None:
    assert condition_words(said) == words


def test_cells_are_told_by_what_they_mean() -> None:
    assert value_words("tier", "T1", KNOWN) == "hard stop"
    assert value_words("tier", "T9", KNOWN) == "T9"
    assert value_words("manage", "do-it|other", KNOWN) == "Check the kidneys. other"
    assert value_words("evidence", "own|x", KNOWN) == "Our own; x"
    assert value_words("when", "", KNOWN) == "nothing"


def test_difference_says_what_is_new_changed_and_removed(standing: Standing) -> None:
    (rules, _) = view(standing).tables
    assert (rules.title, rules.counts.partition(";")[0]) == (
        "Rules about medicines",
        "1 new, 1 changed, 1 removed",
    )
    new, changed, removed = rules.rows
    assert (new.kind, new.title) == ("New", "Metformin: monitor")
    told = ("How loudly", "advice beside the order", "warning that interrupts")
    assert changed.changes[0] == told
    assert removed.kind == "Removed"


def test_one_table_stands_alone_part_by_part(standing: Standing) -> None:
    chosen = chosen_of(NEW, standing, SHELF)
    (alone,) = pack_view(chosen, standing, KNOWN, asking(), ("phrases", 1)).tables
    assert (alone.name, alone.more) == ("phrases", "")
    (past,) = pack_view(chosen, standing, KNOWN, asking(), ("phrases", 9)).tables
    assert past.rows == ()


def test_what_may_be_done_follows_from_who_asks_and_how_it_stands(standing: Standing) -> None:
    assert view(standing).act.do == APPROVE
    assert "a clinical role" in view(standing).act.words
    assert "not a clinical role" in view(standing, OFFICER).act.words
    assert "administrator" in view(standing, LOCAL).act.words
    assert view(standing, may=False).act.do == ""
    assert "signed this pack" in view(standing, Actor(HOLDER, role="pharmacist")).act.words
    once = with_events(standing, approved(standing, SAFETY))
    assert "another person" in view(once).act.words
    assert view(once).missing == "1 more, of another person"
    officers = with_events(standing, approved(standing, OFFICER))
    assert "clinical role" in view(officers).missing
    both = with_events(once, approved(standing, OFFICER))
    assert (view(both).act.do, view(both).missing) == (ACTIVATE, "")
    force = with_events(both, activated(standing))
    assert (view(force).act.do, view(force).state) == (ROLL_BACK, "In force")
    assert "which it replaced" in view(force).difference
    gone = with_events(force, Deactivated(AT, SAFETY.id, NEW, "not good"))
    assert view(gone).state == "Approved, not in force"


def test_lowered_hard_stops_ask_for_a_word_of_each(standing: Standing) -> None:
    stops = ("a was T1, is gone", "b was T1, is T3")
    found = view(standing, lowered=stops)
    assert found.lowered_words.startswith("2 hard stops would be lowered if this took force")
    assert (found.act.needs_word, found.act.needs_reason) == (True, True)
    assert "the agreement of each" in found.missing
    half = with_events(standing, approved(standing, SAFETY))
    assert view(half, lowered=stops).act.do == APPROVE  # they may agree still
    agreed = with_events(standing, approved(standing, SAFETY, lowers=stops))
    assert view(agreed, lowered=stops).act.do == ""


def test_pack_that_cannot_be_used_says_why_and_offers_nothing(standing: Standing) -> None:
    found = view(standing, unusable="it is not signed", signer="")
    assert (found.act.do, found.unusable) == ("", "it is not signed")
    assert ("Signed by", "Nobody whom this site trusts") in found.facts


def test_shipped_pack_says_what_stands_in_its_place(standing: Standing) -> None:
    force = with_events(standing, activated(standing))
    shipped = chosen_of(f"{PACK}@2026.11.0", standing, SHELF)
    assert shipped.own is None
    assert pack_view(shipped, standing, KNOWN, asking(), ("", 1)).state == "In force"
    other = replace(shipped, is_in_force=False)
    found = pack_view(other, force, KNOWN, asking(), ("", 1))
    assert (found.state, found.is_own) == (f"Replaced by {NEW}", False)
    with pytest.raises(InputError):
        chosen_of("nothing@1", standing, SHELF)


def test_packs_made_of_more_than_decisions_ask_for_a_restart(standing: Standing) -> None:
    chosen = chosen_of(NEW, standing, SHELF)
    for name, words in (("fhir-r4", "restart it"), ("drugs", "Decisions use it at once")):
        manifest = replace(chosen.pack.manifest, name=name)
        other = replace(chosen, pack=replace(chosen.pack, manifest=manifest))
        assert words in pack_view(other, standing, KNOWN, asking(), ("", 1)).restart
    assert view(standing).restart == ""


def test_list_tells_proposed_in_force_former_and_what_was_done(standing: Standing) -> None:
    waiting = list_view(standing, {}, asking(), "")
    assert ([row.reference for row in waiting.waiting], waiting.proposed) == ([NEW], ())
    found = list_view(standing, {}, asking(may=False), "")
    assert (found.waiting, [row.reference for row in found.proposed]) == ((), [NEW])
    assert found.proposed[0].is_synthetic
    assert len(found.in_force) == len(standing.shipped)
    done = with_events(
        standing,
        approved(standing, SAFETY, lowers=("x",)),
        activated(standing),
        Distrusted(AT, "local", "k", "lost"),
    )
    number = len(standing.ledger.events) + 1
    told = {f"change:{number}": Found(affected=1, tasks=2)}
    found = list_view(done, told, asking(), "")
    assert not found.proposed
    assert NEW in [row.reference for row in found.in_force]
    last, force, first, _ = found.history
    assert (last.who, last.reason) == ("this machine’s own user", "lost")
    assert force.affected == "1 person affected, 2 tasks raised"
    assert first.what.endswith("clinical safety officer, and agreed to lowering 1 hard stop")
    assert first.who == "Dr Carys"
    ended = with_events(done, Deactivated(AT, SAFETY.id, NEW, "not good"))
    assert [row.reference for row in list_view(ended, {}, asking(), "").former] == [NEW]


def test_pack_waits_no_longer_for_who_has_approved_it_until_all_have(standing: Standing) -> None:
    one = with_events(standing, approved(standing, SAFETY))
    assert list_view(one, {}, asking(), "").waiting == ()
    needed = replace(standing.rules, approvals=1)
    ready = replace(one, rules=needed)
    assert [row.reference for row in list_view(ready, {}, asking(), "").waiting] == [NEW]


def test_server_without_a_site_and_a_site_that_is_broken_say_so(tmp_path: Path) -> None:
    alone = list_view(standing_of(None), {}, asking(), "")
    assert "GARROD_PACKS" in alone.note
    broken = standing_of(tmp_path / "missing")
    assert broken.problem
    assert "stays so" in list_view(broken, {}, asking(), "").problem


def named(*names: str, ids: tuple[str, ...] = (), is_in_force: bool = False) -> Named:
    return Named({n: n.upper() for n in names}, ids or names, 1, "/k", is_in_force)


def test_who_is_affected_is_told_as_far_as_it_is_known() -> None:
    assert affected_view(None, None, named()).words == NOT_ASKED
    assert affected_view(None, None, named(is_in_force=True)).words == NO_TASKS
    assert "being worked out" in affected_view(None, Progress(), named()).words
    assert affected_view(None, Progress(3, 9), named()).words.startswith("3 of 9 people")
    assert affected_view(None, Progress(fault="no"), named()).state == "failed"
    nobody = affected_view(Found(AT, 4), None, named())
    assert (nobody.words, nobody.hidden) == ("Advice would change for nobody.", "")


def test_people_are_named_to_who_may_see_them_and_the_rest_is_counted() -> None:
    found = Found(AT, 9, 3, 1, {"advice-monitor": 3}, {"metformin": 3}, ["a", "b", "c"], 3)
    seen = affected_view(found, None, named("a", ids=("a", "b", "c")))
    assert [one.name for one in seen.people] == ["A"]
    assert seen.hidden == "2 more on this page, whose names you may not see."
    assert seen.kinds == (("Arrange monitoring that is advised now", 3),)
    assert seen.lost == "1 person would lose a hard stop."
    unseen = affected_view(found, None, named(ids=("a", "b", "c"), is_in_force=True))
    assert unseen.hidden == UNSEEN
    assert "3 tasks were raised" in unseen.note
    many = replace(found, affected=40, people=[str(n) for n in range(40)])
    assert affected_view(many, None, named("0")).older == "/k?people=2#who"


def test_people_are_counted_once_of_each_kind() -> None:
    change = (
        '{"medicine":"%s","loses_hard_stop":false,"before":[],'
        '"after":[{"kind":"advice","action":"monitor","tier":"T3"}]}'
    )
    changes = ",".join(change % name for name in ("x", "y"))
    line = f'{{"person":"Patient/p","loses_hard_stop":true,"changes":[{changes}]}}'.encode()
    found = found_in([line], at=AT, looked=5, tasks=2)
    assert (found.affected, found.lost, found.people) == (1, 1, ["p"])
    assert (found.kinds, found.medicines) == ({"advice-monitor": 1}, {"x": 1, "y": 1})


def visit(site: Path, who: Actor, demand: Any = lambda act: None) -> Any:
    class Open:
        def decide(self, *_: Any, **__: Any) -> object:
            return object()

    settings = SimpleNamespace(packs=site)
    consult = SimpleNamespace(
        services=SimpleNamespace(settings=settings),
        record=SimpleNamespace(access=Open(), gate=None),
        knowing=None,
        clock=lambda: NOW,
    )
    return cast(Any, SimpleNamespace(consult=consult, actor=who, demand=demand, fields={}))


def asked(site: Path, do: str) -> tuple[Form, Chosen, Standing]:
    now = standing_of(site)
    chosen = chosen_of(NEW, now, SHELF)
    sha256 = site_pack(site, NEW).content.sha256
    return Form(do, sha256, len(now.ledger.events), reason="a good reason"), chosen, now


def test_approval_asks_for_a_sign_in_of_just_now_before_anything_is_written(
    tmp_path: Path,
) -> None:
    site = tmp_path / FOLDER
    propose(site)
    acts: list[str] = []

    def stale(act: str) -> None:
        acts.append(act)
        raise SignInAgain("sign in again")

    with pytest.raises(SignInAgain):
        asyncio.run(act(visit(site, SAFETY, stale), *asked(site, APPROVE)))
    assert acts == ["approve knowledge"]
    assert standing_of(site).ledger.approvals(site_pack(site, NEW).content) == ()


def test_second_approval_of_the_same_person_and_another_version_are_refused(
    tmp_path: Path,
) -> None:
    site = tmp_path / FOLDER
    propose(site)
    first = asked(site, APPROVE)
    asyncio.run(act(visit(site, SAFETY), *first))
    form, chosen, now = asked(site, APPROVE)
    with pytest.raises(Refused) as refused:
        asyncio.run(act(visit(site, SAFETY), form, chosen, now))
    assert (refused.value.status, refused.value.faults[0][1]) == (409, acting.TWICE)
    with pytest.raises(Refused) as refused:
        asyncio.run(act(visit(site, OFFICER), replace(form, sha256="0"), chosen, now))
    assert refused.value.status == 412
    with pytest.raises(Refused) as refused:
        asyncio.run(act(visit(site, OFFICER), replace(form, do=ROLL_BACK), chosen, now))
    assert refused.value.status == 412
    with pytest.raises(Refused) as refused:
        asyncio.run(act(visit(site, OFFICER), replace(form, do=ACTIVATE), chosen, now))
    assert (refused.value.status, "Nothing was" in refused.value.faults[0][1]) == (409, False)
    with pytest.raises(InputError):
        asyncio.run(act(visit(site, OFFICER), replace(form, do="else"), chosen, now))
