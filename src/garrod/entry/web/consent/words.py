"""The fixed words of the page of choices, as they are read."""

from garrod.entry.web.wording import Words

STAFF, PLACE_IN_NEED = "Staff at {}", "Staff at {} in an emergency"
EXPERT, RESEARCHER, INSURER = "A gene expert in your team", "A researcher", "An insurer"
OF_PLACES = (
    "These places care for you. You can hide your record from one of them, or a part of it. The "
    "others still see it. In an emergency its staff can open what you hide. You will be told."
)

WORDS = Words(
    choices="Choices",
    problem="There is a problem",
    fault="{}: {}",
    my_choices="My choices",
    their_choices="Their choices",
    consent_and_choices="Consent and choices",
    source="From this record, read on {}. Choices that you made elsewhere are not here.",
    lead=(
        "Here you say who can see what. You can change your mind at any time. A change holds from "
        "the moment that you save it."
    ),
    you_means_them="You act for them: “you”, “me” and “my” mean them here.",
    read_by_staff=(
        "These are the person’s choices, in the words that they read: “you”, “me” and “my” mean "
        "them, not you. Save only what they have told you."
    ),
    what_you_can_choose="What you can choose",
    one_place_at_a_time="Who you can hide it from",
    of_places=OF_PLACES,
    now="Now:",
    chosen_on="(chosen on {})",
    not_chosen="(nothing was chosen: this is what holds for all)",
    your_answer="{}: your answer",
    is_now="(now)",
    what_would_change="What this would change",
    all_they_see="All that they see",
    of=": {}",
    not_saved=("These are the answers that the system itself would give. Nothing is saved yet."),
    look="See what changes",
    for_=" for {}",
    save="Save",
    save_which=" {}",
    what_always_holds="What always holds",
    also="Also on your record",
    before="What was chosen before",
    when="When",
    choice="Choice",
    answer="Answer",
    who="Who",
    when_is="When:",
    choice_is="Choice:",
    answer_is="Answer:",
    who_is="Who:",
    nothing_yet="Nothing was chosen here yet.",
)
