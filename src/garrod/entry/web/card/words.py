"""The fixed words of a card, and of the page that checks one, as they are read."""

from garrod.entry.web.wording import Words

WORDS = Words(
    check_a_card="Check a card",
    not_trusted="This card cannot be trusted",
    what_was_read="What the scanner read",
    how_it_begins="It begins with GARROD1: and is one long line. It is not kept.",
    check_it="Check it",
    without="Without this server",
    fetch="Fetch the",
    public_keys="public keys",
    once="once and keep them. The key in use now is {}. Then no network is needed:",
    command="garrod card check card.txt --key card.pub",
    born="Born {}.",
    true_on="True on {}.",
    good_until="Good until {}.",
)
