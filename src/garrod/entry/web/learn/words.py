"""The fixed words of these pages, as they are read."""

from garrod.entry.web.wording import Words

WORDS = Words(
    learn_case="Learn: case {}",
    nothing_was_chosen_yet="Nothing was chosen yet",
    all_cases="All cases",
    the_order="The order",
    what_would_you_do="What would you do?",
    choose_again="Choose again",
    see_what_the_engine_says="See what the engine says",
    the_next_case="The next case",
    see_how_you_did="See how you did",
    source="Source:",
    learn_more="Learn more",
    learn="Learn",
    five_short_cases_you_choose_then=(
        "Five short cases. You choose; then you see what the engine says of the same person, "
        "and why. {}."
    ),
    all_people_in_the_cases_are_made_up=(
        "All people in the cases are made up. How you did is kept for you alone, on this server."
    ),
    begin_anew_forget_how_i_did="Begin anew: forget how I did",
)
