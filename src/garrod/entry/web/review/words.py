"""The fixed words of these pages, as they are read."""

from garrod.entry.web.wording import Words

WORDS = Words(
    unexplained_access="{}: unexplained access",
    all_unexplained_access="All unexplained access",
    nothing_was_decided="Nothing was decided",
    role_and_days="{}. {}.",
    looks="{} look at | {} looks at",
    records="the record of one person. | {} records.",
    why_you_are_asked="Why you are asked",
    put_together_about_looks_would_be=(
        "Put together, about {} looks would be such a one by chance alone. That is no proof: "
        "calls, cover and slips are often not on record."
    ),
    whose_record="Whose record | Whose records",
    who_saw_the_record="Who saw the record {}",
    decided="Decided: {}",
    what_is_it="What is it?",
    why="Why",
    at_least_characters_it_is_kept_with=(
        "At least {} characters. It is kept, with your name, and cannot be changed."
    ),
    decide="Decide",
    unexplained_access_2="Unexplained access",
    looks_at_records_that_nothing_on=(
        "Looks at records that nothing on record explains. Each may have a good reason: ask "
        "before you judge."
    ),
    wait="{} waits for you | {} wait for you, the least likely by chance first",
    more_wait_behind_them="; {} more wait behind them",
    who_looked="Who looked",
    when="When",
    case="Case",
    open="Open",
    the_case_of="the case of {}, {}",
    nothing_waits_looks_are_weighed=(
        "Nothing waits. This server weighs looks by itself, once a day unless it is set otherwise; "
        "so does"
    ),
    garrod_audit_review="garrod audit review",
    runs="where it is run.",
    decided_2="Decided",
    the_newest_first="The newest first",
    by="By",
)
