"""The fixed words of these pages, as they are read."""

from garrod.entry.web.wording import Words

WORDS = Words(
    genome="Genome",
    activity_score=", activity score {}",
    proof_and_what_was_not_read="Proof and what was not read",
    for_="for {}",
    not_read="Not read",
    test_next="Test next",
    from_="From",
    packs="Packs",
    no_line_of_a_file_is_kept_with_this="No line of a file is kept with this result.",
    report_to_print="Report to print",
    for_the_medicines_taken_now="For the medicines taken now",
    why="Why",
    no_change_because_of_genes="No change because of genes",
    what_could_not_be_assessed="What could not be assessed",
    what_is_known="What is known",
    no_gene_has_a_usable_result="No gene has a usable result.",
    could_not_be_told="Could not be told",
    not_tested="Not tested",
    if_other_medicines_are_chosen="If other medicines are chosen",
)
