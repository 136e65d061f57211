"""Templates hold markup: no words of their own, and no reasoning beyond loops and what is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

import garrod.entry.web
from garrod.entry.web.files import Versions
from garrod.entry.web.wording import Rooms, Words

WEB = Path(garrod.entry.web.__file__).parent
TEMPLATES = sorted(p.relative_to(WEB).as_posix() for p in WEB.rglob("*.jinja"))
FILTERS = {"default", "join", "length", "urlencode"}
READ = ("alt", "aria-label", "data-label", "placeholder", "title")
JINJA = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.S)
NAMED = re.compile(r"\bwording\.(\w+)\.(\w+)")
MARK = re.compile(r"[ ]?[a-z-]+(=[a-z]+)?")  # checked, a class, aria-current=page
# Comparisons beyond these are a presenter's. Each marks what is chosen, or which form was sent.
ENVIRONMENT = Environment(autoescape=True, extensions=[Versions])


class Read(HTMLParser):
    """Gathers what a browser would let be read."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.words += [value or "" for name, value in attrs if name in READ]


def source(template: str) -> str:
    return (WEB / template).read_text(encoding="utf-8")


def own_words(text: str) -> list[str]:
    reader = Read()
    reader.feed(JINJA.sub("", text))
    reader.close()
    return [words.strip() for words in reader.words if re.search("[A-Za-z]", words)]


def said_within(text: str) -> list[str]:
    """Return the words that stand as texts within expressions."""
    found = (str(node.value) for node in ENVIRONMENT.parse(text).find_all(nodes.Const))
    return [words for words in found if re.search("[A-Za-z]", words) and " " in words.strip()]


def is_mark(node: nodes.Expr | None) -> bool:
    return node is None or (
        isinstance(node, nodes.Const) and (not node.value or bool(MARK.fullmatch(node.value)))
    )


def reasoning(text: str) -> Iterator[str]:
    """Tell each thing in a template that a presenter should have said."""
    tree = ENVIRONMENT.parse(text)
    marks = {
        id(node)
        for choice in tree.find_all(nodes.CondExpr)
        if is_mark(choice.expr1) and is_mark(choice.expr2)
        for node in (choice, *choice.find_all(nodes.Compare))
    }
    for node in tree.find_all((nodes.Compare, nodes.Filter, nodes.Test)):
        if isinstance(node, nodes.Filter) and node.name in FILTERS:
            continue
        if id(node) not in marks:
            yield f"line {node.lineno}: {type(node).__name__}"
    for node in tree.find_all((nodes.Concat, nodes.Add, nodes.Slice)):
        yield f"line {node.lineno}: {type(node).__name__}"


@pytest.mark.parametrize("template", TEMPLATES)
def test_template_holds_no_words_of_its_own(template: str) -> None:
    assert own_words(source(template)) == []
    assert said_within(source(template)) == []


@pytest.mark.parametrize("template", TEMPLATES)
def test_template_does_not_reason(template: str) -> None:
    assert list(reasoning(source(template))) == []


def test_every_word_is_there_and_every_word_is_used() -> None:
    used = {match.groups() for name in TEMPLATES for match in NAMED.finditer(source(name))}
    rooms = Rooms()
    for room, name in used:
        words: Words = getattr(rooms, room)
        assert name in words.names, f"wording.{room}.{name} is not there"
    for room in {room for room, _ in used}:
        idle = set(getattr(rooms, room).names) - {name for r, name in used if r == room}
        assert not idle, f"no template of {room} says: {sorted(idle)}"


@pytest.mark.parametrize(
    "text", ["<p>Hello</p>", '<a title="Go"></a>', "<p>{{ x }} of</p>", "{% if a %}No{% endif %}"]
)
def test_words_are_found(text: str) -> None:
    assert own_words(text)


@pytest.mark.parametrize(
    "text",
    ["{% if a == 1 %}{% endif %}", "{{ a|upper }}", "{{ a ~ b }}", "{{ 'x' if a > 1 else w.y }}"],
)
def test_reasoning_is_found(text: str) -> None:
    assert list(reasoning(text))


@pytest.mark.parametrize(
    "text",
    ["{{ ' checked' if a == b }}", "{% for x in y %}{{ x }}{% endfor %}", "{{ a|length }}"],
)
def test_marks_and_loops_are_no_reasoning(text: str) -> None:
    assert not list(reasoning(text))
