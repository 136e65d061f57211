"""A card of CDS Hooks says how it came about, and prints the command that gives it again."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.making.hooks import call, statement
from tests.making.moments import GENOME, Clinic, Resource, order, person, results_of
from tests.making.server import TOKEN, server

CARD = "health.garrod.card"
TIA: Resource = {"reasonCode": [{"text": "Transient ischaemic attack"}]}
CHAIN = ("guidance", "phenotype", "diplotype", "variant")  # rule, finding, alleles, line


@pytest.fixture(scope="module")
def gp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    with server(tmp_path_factory.mktemp("proof") / "data") as started:
        clinic = Clinic(started)
        clinic.write(person(), *results_of(GENOME, "p1"))
        clinic.write(statement("war", "Warfarin 3 mg tablets"))
        yield clinic


def told(card: Resource) -> Resource:
    found: Resource = card["extension"][CARD]
    return found


def ran(command: str, folder: Path) -> Resource:
    """Run a printed command as it stands, in a shell that knows the token."""
    environment = {**os.environ, "GARROD_DEV_TOKEN": TOKEN}
    done = subprocess.run(
        command, shell=True, cwd=folder, env=environment, capture_output=True, check=True
    )
    return dict(json.loads(done.stdout))


def shown(plain: Resource) -> list[tuple[str, str, list[str]]]:
    """Return what a card shows of an answer of `$advise`: ids, tiers, packs."""
    loud = [a for a in plain["advice"] if a["tier"] in ("T1", "T2", "T3")]
    return sorted((a["id"], a["tier"], a["packs"]) for a in loud)


def of_card(card: Resource) -> list[tuple[str, str, list[str]]]:
    return sorted((a["id"], a["tier"], a["packs"]) for a in told(card)["advice"])


def test_printed_command_of_a_signed_order_gives_the_same_advice(
    gp: Clinic, tmp_path: Path
) -> None:
    (card,) = gp.hook("order-sign", order("o1", **TIA))["cards"]
    again = ran(told(card)["command"], tmp_path)
    assert shown(again) == of_card(card)
    assert len(shown(again)) >= 2
    assert again["card"]["id"] == told(card)["card"]
    assert again["card"]["summary"] == card["summary"]
    chain = {a["id"]: a["because"] for a in again["advice"]}
    assert all(a["because"] == chain[a["id"]] for a in told(card)["advice"])


def test_printed_command_of_one_draft_among_others_asks_about_all_of_them(
    gp: Clinic, tmp_path: Path
) -> None:
    drafts = (order("a", "Ibuprofen 400 mg, it's for Ann's knee"), order("b", "Naproxen 500 mg"))
    cards = gp.hook("order-sign", *drafts)["cards"]
    assert len(cards) == 2
    for place, card in enumerate(cards):
        again = ran(told(card)["command"], tmp_path)
        assert shown(again["orders"][place]) == of_card(card)


def test_printed_command_of_an_opened_record_reviews_it_again(gp: Clinic, tmp_path: Path) -> None:
    gp.write(statement("ibu", "Ibuprofen 400 mg tablets"))
    cards = gp.hook("patient-view")["cards"]
    assert cards
    for card in cards:
        again = ran(told(card)["command"], tmp_path)
        assert set(map(str, of_card(card))) <= set(map(str, shown(again)))


def test_what_was_sent_along_is_needed_again_and_the_command_sends_the_call(
    gp: Clinic, tmp_path: Path
) -> None:
    service = "garrod-order-sign"
    stranger = {"patient": person("nobody-here")}
    body = call(
        service,
        order("o1", "Codeine 30 mg tablets", "nobody-here"),
        context={"patientId": "nobody-here"},
        prefetch={**stranger, "medications": None},
    )
    told_ = gp.server.client.post(f"{gp.server.base}/cds-services/{service}", json=body).json()
    (card,) = told_["cards"]
    (tmp_path / "call.json").write_text(json.dumps(body))
    again = ran(told(card)["command"], tmp_path)
    assert [c["summary"] for c in again["cards"]] == [card["summary"]]
    assert told(again["cards"][0])["card"] == told(card)["card"]


def test_card_of_a_genome_goes_from_the_sentence_to_the_line_of_the_file(gp: Clinic) -> None:
    (card,) = gp.hook("order-sign", order("o2", **TIA))["cards"]
    lead = told(card)["advice"][0]
    steps = {b["step"]: b for b in lead["because"]}
    assert set(CHAIN) <= set(steps)
    assert steps["guidance"]["ref"], "the rule is named, not only told"
    assert [p for p in lead["packs"] if re.fullmatch(r"pgx-guidance@[\d.]+", p)]
    assert "*2/*2" in steps["diplotype"]["text"]
    said = card["detail"].replace("\\", "")
    assert "**Knowledge packs**" in said
    assert all(pack in said for pack in lead["packs"])
    lines = [tuple(row.split("\t")[:2]) for row in GENOME.read_text().splitlines() if row[0] != "#"]
    read = [b["text"] for b in lead["because"] if b["step"] == "variant"]
    for text in read:
        found = re.search(r"(chr\w+):(\d+) ", text)
        assert found
        assert found.groups() in lines, text
