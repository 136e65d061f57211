"""The fixed words of these pages, as they are read."""

from garrod.entry.web.wording import Words

WORDS = Words(
    hazard="Hazard {}",
    all_hazards="All hazards",
    how_bad="How bad",
    cause="Cause",
    harm="Harm",
    control="Control",
    stands_in="Stands in",
    last_result="Last result",
    tests_that_fail_without_the_control="Tests that fail without the control",
    what_this_does_not_cover="What this does not cover",
    from_the_hazard_log_that_garrod=(
        "From the hazard log that Garrod {} carries. It changes with the program, never here."
    ),
    safety_case="Safety case",
    what_could_go_wrong_how_bad_it=(
        "What could go wrong, how bad it would be, what stands against it, and the tests that"
        " fail without that."
    ),
    pages_of_hazards="Pages of hazards",
    words_to_look_for="Words to look for",
    show="Show",
    hazard_2="Hazard",
    tests="Tests",
    how_bad_2="How bad:",
    control_2="Control:",
    tests_2="Tests:",
    no_hazard_in_the_log_has_these=(
        "No hazard in the log has these words. That is not the same as no hazard."
    ),
)
