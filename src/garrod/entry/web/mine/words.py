"""The fixed words of a person's own pages, as they are read."""

from garrod.entry.web.wording import Words

WORDS = Words(
    my_record="My record",
    record_of="The record of {}",
    find_a_person="Find a person",
    problem="There is a problem",
    you_means_them="You act for them: “you” means them here.",
    elsewhere="Other places may know more.",
    to_card="My card to print",
    to_choices="My choices",
    to_access="Who looked at my record",
    medicines="My medicines",
    what_for="What for",
    how="How",
    since="Since",
    who="Who",
    no_medicines="There are no medicines on our list. Tell us if you take some.",
    do_not_stop="Do not stop a medicine by yourself. Talk to us first.",
    allergies="My allergies",
    genes="My genes",
    what_genes_are=(
        "Genes are the plan that your body is built by. Some of them change how medicines work for "
        "you. You were born with them, and they do not change."
    ),
    experts="Experts call it: {}",
    plain_genes="Genes that work as usual, or that we could not read ({})",
    tell_us="Tell us",
    told="What you told us",
    title="{}:",
    state="{}. {}",
    take_back="Take back",
    of=": {}",
    my_card="My card",
    their_card="Their card",
    back="Back to my record",
    print_it=(
        "Print this page. Cut the card out, fold it in the middle and keep it with you. Show it to "
        "each doctor, nurse or pharmacist."
    ),
    all_medicines=(
        "It names all your medicines, also those that you hide. All who see it can read it."
    ),
    without_medicines="Make one with no list of medicines",
    no_medicines_on_it="It does not list your medicines.",
    with_medicines="Make one that does",
    the_card="The card",
    picture="A code that a scanner can read. It says the same as this card.",
    scan="Scan to check. Not a medical device.",
    what_the_code_does="What the code does",
    the_same=(
        "The code says the same as the card. It is signed, so that others can see that no one has "
        "changed it. They can"
    ),
    check_here="check it here",
    no_network=", or with no network at all.",
    as_text="The code as text",
    today=(
        "The card says what we know today. It is good until {}. Print a new one when your "
        "medicines change."
    ),
)
