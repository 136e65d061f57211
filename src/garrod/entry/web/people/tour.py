"""What the first page of a demo leads through: moments of truth, each step one click.

scenes (who, where, what one sees) -> those whose pages are there -> links that sign in as the one
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

GP, PHARMACY, WARD, LABORATORY = "prescriber", "pharmacist", "nurse", "laboratory-scientist"
HOSPITAL, SAFETY = "hospital-pharmacist", "clinical-safety-officer"
PROPOSED = "renal-dosing@2026.12.0"  # as demo_packs has it
GENETICS, OFFICER, PATIENT, ANALYST = "geneticist", "governance-officer", "patient", "analyst"
PROXY = "proxy"


BEGINS = {
    PATIENT: "/mine",
    PROXY: "/mine",
    ANALYST: "/register",
    OFFICER: "/today",
    SAFETY: "/knowledge",
    LABORATORY: "/laboratory",
}  # where each begins; all others with the people


@dataclass(frozen=True, slots=True)
class Step:
    """One click: as whom, where to, and what it is called. `whom` "": as whoever one is."""

    whom: str
    to: str
    words: str


@dataclass(frozen=True, slots=True)
class Scene:
    """A moment: what happens, and what one sees there."""

    title: str
    shows: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class StepView:
    """One click as it is laid out."""

    link: str
    words: str
    who: str


@dataclass(frozen=True, slots=True)
class SceneView:
    """A moment as it is laid out."""

    number: int
    title: str
    shows: str
    steps: tuple[StepView, ...]


@dataclass(frozen=True, slots=True)
class PersonaView:
    """Somebody whom one may be, as it is laid out."""

    id: str
    words: str
    does: str
    is_here: bool
    link: str


def _try(number: int, drug: str, words: str) -> Step:
    return Step(GP, f"/patients/demo-{number}/prescribe?drug={drug}", words)


SCENES = (
    Scene(
        "A genome that changes the choice",
        "Ada has had a stent. Her genome, read from a file, makes clopidogrel a poor choice: one "
        "card says so, the better medicine is two clicks away, and the proof goes down to the line "
        "of the file.",
        (
            _try(1, "clopidogrel", "Prescribe clopidogrel for Ada"),
            Step(GENETICS, "/patients/demo-1/genome", "See what is known of her genes"),
            Step("", "/story", "Read the report of her genome"),
        ),
    ),
    Scene(
        "The same medicine, never tested",
        "Nothing is known of Bert’s genes. That is said, never passes for normal, and stops "
        "nobody: the test can be ordered from the card.",
        (_try(2, "clopidogrel", "Prescribe clopidogrel for Bert"),),
    ),
    Scene(
        "A medicine that changes what a gene does",
        "Cleo’s genes are normal, but paroxetine holds CYP2D6 back: codeine would do little.",
        (_try(3, "codeine", "Prescribe codeine for Cleo"),),
    ),
    Scene(
        "Home from hospital",
        "A hospital stopped one of Hana’s eleven medicines, put one on hold and started one. "
        "Practice and pharmacy see it at once, and what she takes already is not started twice.",
        (
            Step(PHARMACY, "/patients/demo-8/medicines", "See her list, and who changed what"),
            _try(8, "omeprazole", "Prescribe Losec (omeprazole) for Hana"),
            Step(HOSPITAL, "/patients/demo-8/reconcile", "Put another list beside hers"),
        ),
    ),
    Scene(
        "A dose that would be too much",
        "Dov’s DPYD works in part: capecitabine at its usual dose could kill him. The card says "
        "how much less, and that one position of the gene was not read.",
        (
            _try(4, "capecitabine", "Prescribe capecitabine for Dov"),
            Step(GENETICS, "/patients/demo-4/genome", "See what was read, and what was not"),
        ),
    ),
    Scene(
        "What is hidden, and still keeps somebody safe",
        "Ivo keeps one medicine from his practice. A dangerous order is still warned of, and "
        "nothing is given away. In an emergency the record opens, and everybody is told.",
        (
            _try(9, "simvastatin", "Prescribe simvastatin for Ivo"),
            Step(GP, "/emergency?patient=demo-9", "Open his record in an emergency"),
            Step(OFFICER, "/access", "See who opened what, and judge it"),
            Step(PATIENT, "/patients/demo-1/access", "As Ada, prove who looked at hers"),
        ),
    ),
    Scene(
        "New knowledge",
        "A new version of a knowledge pack: what it would say otherwise, to whom, and the two "
        "people who must agree before it is in force.",
        (
            Step(SAFETY, f"/knowledge/{PROPOSED}", "Read what is proposed, and approve it"),
            Step(PHARMACY, f"/knowledge/{PROPOSED}", "Approve it too, and put it in force"),
            _try(7, "metformin", "See the next card rest on it"),
            Step(GP, "/today", "See who is to be looked at again"),
        ),
    ),
    Scene(
        "The safety case, live",
        "Every hazard with its control and the test that proves it.",
        (Step(OFFICER, "/safety", "Walk through the hazards"),),
    ),
)
MORE = (
    Scene(
        "More cards",
        "Two medicines that bleed together, an allergy that stops the hand, kidneys that cannot "
        "keep up.",
        (
            _try(5, "ibuprofen", "Ibuprofen on top of warfarin"),
            _try(6, "amoxicillin", "Amoxicillin after anaphylaxis"),
            _try(7, "metformin", "Metformin at a creatinine of 210 µmol/L"),
        ),
    ),
    Scene(
        "A day at work",
        "What waits for each of them.",
        (
            Step(GP, "/today", "The prescriber’s list"),
            Step(PHARMACY, "/patients/demo-8/dispense", "The pharmacy’s check"),
            Step(LABORATORY, "/laboratory", "The laboratory’s queue"),
            Step(OFFICER, "/review", "Looks that care does not explain"),
        ),
    ),
    Scene(
        "Ada’s own pages",
        "What she takes and why, what her genes mean, what she wants shared, and a card for her "
        "wallet that can be checked without a network.",
        (
            Step(PATIENT, "/mine", "Her medicines and genes in plain words"),
            Step(PATIENT, "/patients/demo-1/consent", "Her choices"),
            Step(PATIENT, "/mine/card", "Her wallet card"),
        ),
    ),
    Scene(
        "Behind the scenes",
        "Messages of other systems, the register of how data is used, and cases to learn from.",
        (
            Step(LABORATORY, "/connect", "Paste a message"),
            Step(ANALYST, "/register", "Who uses data, and for what"),
            Step(GP, "/learn", "Five short cases"),
        ),
    ),
)


def scenes_of(
    scenes: tuple[Scene, ...],
    names: Mapping[str, str],
    *,
    now: str = "",
    is_there: Callable[[str], bool],
    first: int = 1,
) -> tuple[SceneView, ...]:
    """Return scenes with the steps whose pages are there; a scene without any is left out.

    `names` are those whom one may be, by id, none where nobody can be chosen; `now` is who one is.
    `first` is the number of the first scene.
    """
    laid_out = ((scene, tuple(_steps(scene, names, now, is_there))) for scene in scenes)
    kept = [(scene, steps) for scene, steps in laid_out if steps]
    return tuple(
        SceneView(number, scene.title, scene.shows, steps)
        for number, (scene, steps) in enumerate(kept, first)
    )


def persona_of(id: str, role: str, name: str, does: str, *, now: str) -> PersonaView:
    """Return somebody whom one may be, as the page has it; `now` is who one is."""
    sort = id if role in id else role  # a hospital-pharmacist is a pharmacist too
    said = f"{sort.replace('-', ' ').capitalize()}: {name}"
    link = sign_in_as(id, BEGINS.get(id, "/patients"))
    return PersonaView(id, said, does[:1].upper() + does[1:], id == now, link)


def _steps(
    scene: Scene, names: Mapping[str, str], now: str, is_there: Callable[[str], bool]
) -> Iterator[StepView]:
    for step in scene.steps:
        if is_there(step.to):
            who = names.get(step.whom, "")
            link = step.to if not who or step.whom == now else sign_in_as(step.whom, step.to)
            yield StepView(link, step.words, who)


def sign_in_as(persona: str, to: str) -> str:
    """Return the address that signs in as somebody of the demo and goes on to a page."""
    return f"/sign-in/start?as={quote(persona)}&next={quote(to, safe='/')}"
