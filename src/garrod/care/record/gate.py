"""Whether an actor may see one version, or write it: the decision point over what the record holds.

version -> whose it is -> standing of each (ties, consents; kept until an event touches them)
        -> rights of the actor (kept a second) -> yes, or no

The local user passes untouched. What is kept is dropped by the record's own events, looked for
twice a second, and at once after a write of this process that bears on it.
Source: the project's design; withdrawal within a second
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from garrod.care.govern.access import LOCAL, Actor, Deed
from garrod.care.govern.point import Answer, Rights, Seen, rights_of
from garrod.care.govern.policy import Policing
from garrod.care.govern.relation import Standing
from garrod.care.record.belonging import Belonging, Belongings
from garrod.care.record.glasses import FLAG, Glasses
from garrod.care.record.lately import LISTED, Answers, Held, Lately
from garrod.care.record.meaning import PAGE, Meaning, all_found, named_versions, undeleted
from garrod.care.record.people_log import Log
from garrod.care.record.ports import Store, View
from garrod.care.record.query import Criterion, OfPatients, ParamType, Query, Reference
from garrod.care.record.reaching import may_reach_all, may_reach_anybody, reached
from garrod.core.resource import Version

PATIENT = "Patient"
# What says who may come near a person; the last tells of groups that actors are members of.
STANDING = (
    *("Patient", "RelatedPerson", "CareTeam", "EpisodeOfCare", "Encounter", "Consent", FLAG),
)
MEMBERS = ("Group", "Organization", "PractitionerRole")
BEARING = frozenset((*STANDING, *MEMBERS))
PERSONAL = frozenset(("patient", "proxy"))
LOOK = 0.5  # Not clinical: seconds between two looks at what other processes wrote
KEPT = 1.0  # Not clinical: seconds that the rights of an actor are kept; withdrawal is within one
REACHED = 5.0  # Not clinical: seconds that it is kept whom a search goes through
FEW = 500  # Not clinical: actors of whom that is kept
MOST = 20_000  # Not clinical: standings and rights kept


class Gate:
    """Decides for one record. `seconds` is a clock that only goes forward."""

    def __init__(
        self,
        policing: Policing,
        meaning: Meaning,
        *,
        clock: Callable[[], datetime],
        seconds: Callable[[], float],
    ) -> None:
        self.policing = policing
        self.meaning = meaning
        self.clock = clock
        self.seconds = seconds
        self._log: Log | None = None
        self._store: Store | None = None
        self._looked = float("-inf")
        self._standings: OrderedDict[str, Standing] = OrderedDict()
        self._rights: dict[tuple[Actor, str], tuple[float, Rights]] = {}
        self._answers: dict[tuple[Actor, Deed], Answers] = {}
        self._reaches: dict[tuple[Actor, Deed], tuple[float, frozenset[str]]] = {}
        self._related: dict[str, frozenset[str]] = {}  # by person, what their consents reach
        self._proxied: set[str] = set()  # those for whom somebody acts
        self._belongings = Belongings(meaning, clock, seconds)
        self.glasses = Glasses()

    def over(self, store: Store) -> Gate:
        """Listen to a store's events; return this gate."""
        self._store, self._log = store, Log(store)
        return self

    def is_open(self, actor: Actor) -> bool:
        """Return whether an actor passes untouched: the local user of this machine alone."""
        return actor is LOCAL or (actor.id == LOCAL.id and actor == LOCAL)

    def touched(self, kinds: Collection[str]) -> None:
        """Look at the events anew before the next decision, where what was written bears on it."""
        if not BEARING.isdisjoint(kinds):
            self._looked = float("-inf")

    async def rights(self, view: View, actor: Actor, patient: str) -> Rights:
        """Return what an actor may do with what is a person's ("": nobody's)."""
        key, now = (actor, patient), self.seconds()
        if view is self._store and now - self._looked > LOOK:
            await self._look(now)
        found = self._rights.get(key)
        if found is not None and found[0] > now:
            return found[1]
        standing = await self.standing(view, patient) if patient else None
        rights = await self.rights_by(view, actor, standing)
        if view is self._store:  # what a transaction reads may never come true
            if len(self._rights) > MOST:
                self._forget_rights()
            self._rights[key] = (now + KEPT, rights)
        return rights

    async def rights_by(self, view: View, actor: Actor, standing: Standing | None) -> Rights:
        """Return what an actor may do by a standing of a person, as it is or as it would be."""
        if standing is None:
            return rights_of(self.policing, actor, None, self.clock())
        mine = await self._belonging(view, actor)
        member = await self._belongings.toward(view, actor, standing, mine)
        at = self.clock()
        return rights_of(self.policing, actor, standing, at, groups=mine.groups, member=member)

    async def _belonging(self, view: View, actor: Actor) -> Belonging:
        return await self._belongings.of(view, actor, is_kept=view is self._store)

    async def _look(self, now: float) -> None:
        """Let go of what events since the last look bear on."""
        assert self._log is not None, "a gate stands over a store"
        self._looked = now
        heard = await self._log.heard()
        if heard is None:
            self._standings.clear()
            self._related.clear()
            self._proxied.clear()
            self._belongings.forget()
            self._forget_rights()
            return
        bearing = [event for event in heard if event.kind in BEARING]
        names = {event.name for event in heard}
        reached = {p for p, of in self._related.items() if not of.isdisjoint(names)}
        if not bearing and not reached:
            return
        self._forget_rights()
        kinds = {event.kind for event in bearing}
        if not kinds.isdisjoint(MEMBERS):
            self._belongings.forget()
        people = reached | {patient for event in bearing for patient in event.patients}
        if not kinds.isdisjoint((PATIENT, "RelatedPerson")):
            people |= self._proxied
        for patient in people:
            self._drop(patient)

    def _drop(self, patient: str) -> None:
        self._standings.pop(patient, None)
        self._related.pop(patient, None)
        self._proxied.discard(patient)

    def _forget_rights(self) -> None:
        self._rights.clear()
        self._answers.clear()

    def known(self, view: View, actor: Actor, deed: Deed) -> Answers | None:
        """Return what was answered lately about versions; None where it must be asked anew."""
        if view is not self._store or self.seconds() - self._looked > LOOK:
            return None
        return self._answers.get((actor, deed))

    def _keep(self, actor: Actor, deed: Deed, version: Version, found: Answer) -> None:
        """Keep an answer for as long as the rights that it rests on."""
        people = self.meaning.whose(version) or ("",)
        until = min(self._rights.get((actor, one), (0.0,))[0] for one in people)
        self._kept_for(actor, deed)[version.sha256, version.id] = (until, found)

    async def standing(self, view: View, patient: str) -> Standing:
        found = self._standings.get(patient)
        if found is not None:
            return found
        whose = (OfPatients(frozenset((patient,))),)
        versions = await all_found(view, Query(STANDING, whose, count=PAGE))
        relatives = [v.id for v in versions if v.kind == "RelatedPerson"]
        also = {id: await all_found(view, _linked_to(id)) for id in relatives}
        standing = self.meaning.standing(patient, versions, also)
        glasses = await self.glasses.among(view, versions)
        if glasses:
            standing = replace(standing, glasses=glasses)
        related = self.meaning.related(standing)
        if related:
            standing = self.meaning.reaching(
                standing, await named_versions(view, related, gone=True)
            )
        if view is self._store:
            self._standings[patient] = standing
            if related:
                self._related[patient] = related
            if standing.has_proxies:
                self._proxied.add(patient)
            while len(self._standings) > MOST:
                self._drop(next(iter(self._standings)))
        return standing

    async def seen(
        self, view: View, actor: Actor, versions: Sequence[Version], deed: Deed
    ) -> list[Version]:
        """Return those of some versions that an actor may see."""
        known, now = self.known(view, actor, deed) or {}, self.seconds()
        found, is_ours = [], view is self._store
        lately = Lately(self._kept_for(actor, deed) if is_ours else {}, self.meaning)
        for version in versions:
            until, answer = known.get((version.sha256, version.id), (now, None))
            if answer is None or until <= now:
                answer = lately.answer(version, deed)
            if answer is None:
                answer = await self.answer(view, actor, version, deed)
                if is_ours:
                    lately.hold(version, lambda one: self._held(actor, one))
            if answer.is_permitted:
                found.append(version)
        return found

    def _held(self, actor: Actor, patient: str) -> Held | None:
        """Return rights that hold still, by the events too; None: they must be asked for."""
        found, now = self._rights.get((actor, patient)), self.seconds()
        is_sure = found is not None and found[0] > now and now - self._looked <= LOOK
        return found if is_sure else None

    def _kept_for(self, actor: Actor, deed: Deed) -> Answers:
        """Return where answers are kept."""
        answers = self._answers.setdefault((actor, deed), {})
        if len(answers) > MOST:
            answers.clear()
        return answers

    async def sees(self, view: View, actor: Actor, version: Version, deed: Deed) -> bool:
        """Return whether an actor may see the newest version of a resource, or one in a history.

        A deletion is seen by whoever saw what was deleted.
        """
        return (await self.answer(view, actor, version, deed)).is_permitted

    async def answer(self, view: View, actor: Actor, version: Version, deed: Deed) -> Answer:
        """Return whether something may be done with a version, and the rules that said so."""
        known = self.known(view, actor, deed)
        kept = known.get((version.sha256, version.id)) if known else None
        if kept is not None and kept[0] > self.seconds():
            return kept[1]
        found = await self._asked(view, actor, version, deed)
        if view is self._store and version.sha256 and version.kind != "Subscription":
            self._keep(actor, deed, version, found)
        return found

    async def _asked(self, view: View, actor: Actor, version: Version, deed: Deed) -> Answer:
        before = await undeleted(view, version)
        if before is None:
            return Answer(False)
        version = before
        if not await self._is_own(view, actor, version):
            return Answer(False)
        named = self.meaning.named(version)
        if named is not None:
            is_plain = self.meaning.is_plain(version)
            answers = []
            for one in named or ("",):
                rights = await self.rights(view, actor, one)
                ask = rights.plain if is_plain else rights.answer
                answers.append(ask(deed, version.kind))
            if all(answer.is_permitted and answer.is_whole for answer in answers):
                return answers[0]
        seen = Seen(self.meaning.features(version), lambda: self.meaning.tokens(version))
        found = Answer(False)
        for one in self.meaning.whose(version) or ("",):
            found = (await self.rights(view, actor, one)).allows(deed, seen)
            if not found.is_permitted:
                return found
        return found

    async def _is_own(self, view: View, actor: Actor, version: Version) -> bool:
        """Return whether a private line, or a subscription, may be told to an actor at all."""
        if version.kind == "Subscription":
            note = await view.note("subscription", version.id)
            owner = self.meaning.owner(note) if note else None
            return owner is not None and owner.is_as(actor)
        if version.kind not in LISTED or actor.role in PERSONAL:
            return True
        return self.meaning.kept_by(version) <= {actor.setting}

    async def may(self, view: View, actor: Actor, deed: Deed, kind: str, patient: str) -> Answer:
        """Return whether something may be done with resources of a kind of a person, if plain."""
        return (await self.rights(view, actor, patient)).plain(deed, kind)

    async def is_visible(self, view: View, actor: Actor, version: Version) -> bool:
        """Return whether a version may be seen, whatever an app was granted."""
        person = actor if actor.scopes is None else replace(actor, scopes=None)
        return await self.sees(view, person, version, Deed.READ)

    async def reach(
        self, view: View, actor: Actor, kinds: Sequence[str], deed: Deed
    ) -> frozenset[str] | None:
        """Return the people to whom a search that names nobody is narrowed; None: to nobody.

        A superset, kept for some seconds: what is found is asked about again.
        """
        if may_reach_anybody(self.policing, actor, deed, kinds):
            return None
        now = self.seconds()
        found = self._reaches.get((actor, deed))
        if found is not None and found[0] > now:
            return found[1]
        names = {actor.id, *actor.groups, *(await self._belonging(view, actor)).groups}
        names |= {actor.organisation} if "/" in actor.organisation else set()
        reach = await reached(self.policing, view, actor, deed, names=names)
        if view is self._store:
            if len(self._reaches) > FEW:
                self._reaches.clear()
            self._reaches[actor, deed] = (now + REACHED, reach)
        return reach

    def may_reach_all(self, actor: Actor, deed: Deed, kind: str) -> bool:
        """Return whether an actor may do something whoever's a resource is."""
        return may_reach_all(self.policing, actor, deed, kind)


def _linked_to(related: str) -> Query:
    link = Criterion("link", ParamType.REFERENCE, (Reference("RelatedPerson", related),))
    return Query((PATIENT,), (link,), count=PAGE)
