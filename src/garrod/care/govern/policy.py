"""Policy as data: what is asked of it, what it answers, and what holds while it cannot be asked.

role, deed, class of kind, relation, purpose, label, consent -> Question -> Verdict

The rules are text that a policy engine reads (port `Engine`); a question has few values each, so
that every answer is asked for once and kept. While the engine fails, direct care goes on by what
was last known, and everything else stops.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from typing import NamedTuple, Protocol

from garrod.care.govern.access import Deed
from garrod.care.govern.stepping import USUAL, Stepping
from garrod.core.errors import OutsideError

SEE, WRITE, EXPORT, OPERATE = "see", "write", "export", "operate"
DEEDS: Mapping[Deed, str] = {
    Deed.READ: SEE,
    Deed.SEARCH: SEE,
    Deed.HISTORY: SEE,
    Deed.LISTEN: SEE,
    Deed.CREATE: WRITE,
    Deed.UPDATE: WRITE,
    Deed.DELETE: WRITE,
    Deed.OPERATE: OPERATE,
    Deed.EXPORT: EXPORT,
}
# How somebody stands to the person whose resource it is; "nobody": it is no person's.
SELF, PROXY, CARE, EMERGENCY, NONE, NOBODY = (
    *("self", "proxy", "care", "emergency", "none", "nobody"),
)
RELATIONS = (SELF, PROXY, CARE, EMERGENCY, NONE, NOBODY)
PERMITTED, DENIED, SILENT = "permit", "deny", "none"  # what consent says
CONSENTS = (SILENT, PERMITTED, DENIED)
DISCLOSING = frozenset((SEE, EXPORT))
DIRECT = frozenset(("care", "own"))  # purposes that go on by the last known policy
EVERY = "*"
OTHER = "other"  # a purpose, or a kind, that the policy does not name


class Question(NamedTuple):
    """What a policy is asked: every value is a class of few, no name and no id."""

    role: str
    deed: str
    kind: str
    relation: str
    purpose: str
    label: str = ""
    consent: str = SILENT


class Verdict(NamedTuple):
    """Whether something may be done, and the rules that said so."""

    is_permitted: bool
    because: tuple[str, ...] = ()


class Engine(Protocol):
    """Reads the rules."""

    def judge(self, questions: Sequence[Question]) -> Sequence[Verdict]:
        """Return an answer to each question.  Raises: OutsideError where the rules are unread."""
        ...


@dataclass(frozen=True, slots=True)
class Terms:
    """What a policy names: its version, the classes of kinds, purposes and labels, its switches."""

    name: str
    version: str
    sha256: str
    roles: tuple[str, ...]
    kinds: Mapping[str, str]
    purposes: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)  # code of a label -> class
    labelled: frozenset[str] = frozenset()  # kinds on which such a label is looked for
    warns_of_hidden: bool = True  # a hard stop that only hidden facts give is pointed to
    contact: str = "the person's own care team"  # whom it is said to ask then
    emergency_minutes: int = 60  # how long a record stays open that was opened in an emergency
    stepping: Stepping = USUAL  # which acts ask for a sign-in of just now

    @property
    def reference(self) -> str:
        """Return the policy's name and version."""
        return f"{self.name}@{self.version}"

    def kind(self, kind: str) -> str:
        """Return the class of a kind of resource."""
        return self.kinds.get(kind, OTHER)

    def purpose(self, purpose: str) -> str:
        """Return the class of a purpose of use."""
        return self.purposes.get(purpose, OTHER)

    def label(self, labels: frozenset[str]) -> str:
        """Return the class of label that the policy guards, or ""."""
        return next((self.labels[code] for code in sorted(labels) if code in self.labels), "")

    def guarded(self, kind: str) -> tuple[str, ...]:
        """Return the classes of label that a kind may bear, none among them."""
        if kind not in self.labelled and EVERY not in self.labelled:
            return ("",)
        return ("", *sorted(set(self.labels.values())))

    def questions(self, *, direct: bool = False) -> Iterator[Question]:
        """Yield every question that there is; `direct`: of direct care and one's own record.

        Consent and labels are about disclosure: only seeing and taking away are asked with them.
        """
        classes = (*dict.fromkeys(self.kinds.values()), OTHER)
        purposes = (*dict.fromkeys(self.purposes.values()), OTHER)
        wanted = tuple(p for p in purposes if not direct or p in DIRECT)
        for kind in classes:
            labels = self._labels_of(kind)
            for deed in (SEE, WRITE, EXPORT, OPERATE):
                is_told = deed in DISCLOSING
                said = CONSENTS if is_told else (SILENT,)
                borne = labels if is_told else ("",)
                for relation in RELATIONS:
                    is_nobodys = relation == NOBODY
                    asked = product(
                        self.roles,
                        wanted,
                        ("",) if is_nobodys else borne,
                        (SILENT,) if is_nobodys else said,
                    )
                    for role, purpose, label, consent in asked:
                        yield Question(role, deed, kind, relation, purpose, label, consent)

    def _labels_of(self, kind: str) -> tuple[str, ...]:
        """Return the classes of label that a class of kinds may bear, none among them."""
        is_borne = EVERY in self.labelled or any(self.kind(k) == kind for k in self.labelled)
        return ("", *sorted(set(self.labels.values()))) if is_borne else ("",)


REFUSED = Verdict(False, ("no rule that is known now permits it",))


class Policing:
    """Answers questions; what was answered once is known.

    `engine` None: the rules could not be read at all, and `known` is all there is.
    """

    def __init__(
        self,
        terms: Terms,
        engine: Engine | None,
        known: Mapping[Question, Verdict] | None = None,
    ) -> None:
        self.terms = terms
        self.engine = engine
        self.known: dict[Question, Verdict] = dict(known or {})
        self.is_stale = engine is None
        self.permitted: dict[tuple[object, ...], tuple[str, ...]] = {}  # kept by who asks often
        self.judged: dict[tuple[object, ...], tuple[Verdict, ...]] = {}  # what was asked together
        self._lessons: Iterator[Question] | None = None

    def ask(self, question: Question) -> Verdict:
        """Return the answer; by what was last known where the engine fails (`is_stale`)."""
        found = self.known.get(question)
        if found is None and self.engine is not None:
            found = self._asked(self.engine, question)
        if self.is_stale and question.purpose not in DIRECT:
            return REFUSED
        return REFUSED if found is None else found

    def ask_each(
        self, question: Question, labels: tuple[str, ...], consents: tuple[str, ...]
    ) -> tuple[Verdict, ...]:
        """Return the answers to one question under each label, whatever consent may say.

        Kept while the engine answers; while it does not, each is asked for anew.
        """
        key = (question, labels, consents)
        found = self.judged.get(key)
        if found is None or self.is_stale:
            asked = [question._replace(label=x, consent=y) for x in labels for y in consents]
            found = tuple([self.ask(one) for one in asked])
            if not self.is_stale:
                self.judged[key] = found
        return found

    def _asked(self, engine: Engine, question: Question) -> Verdict | None:
        try:
            (found,) = engine.judge((question,))
        except OutsideError:
            self.is_stale = True
            return None
        self.is_stale = False
        self.known[question] = found
        return found

    def learn(self, most: int) -> bool:
        """Ask some more of direct care, so that it goes on without the engine.

        Return whether there is more to ask. Raises: OutsideError where the engine fails.
        """
        if self.engine is None:
            return False
        if self._lessons is None:
            self._lessons = self.terms.questions(direct=True)
        some = list(islice(self._lessons, most))
        asked = [question for question in some if question not in self.known]
        if asked:
            self.known.update(zip(asked, self.engine.judge(asked), strict=True))
        return bool(some)
