"""The fixed words of these pages, as they are read."""

from garrod.entry.web.wording import Words

WORDS = Words(
    told="Told by the person",
    back="Back to the summary",
    nothing_written="Nothing was written yet",
    fault="{}: {}",
    lead="{} What you write here, they read on their own page, with your name.",
    source=(
        "From this record, read on {}. What they told elsewhere, and what their choices keep from "
        "you, is not here."
    ),
    who_when="{}, {}",
    only_stated="It stands on the list as only stated, until somebody confirms it there.",
    look_at_the_list="Look at the list",
    of=": {}",
    of_when=": {}, {}",
    add="Add to the answer",
    what_you_tell="What you tell them, or why",
    hint="Plain words. May be left empty when you only take it up.",
    take_up="Take it up",
    answer="Answer",
    kind="{}:",
    all_told="All that they told ({})",
)
