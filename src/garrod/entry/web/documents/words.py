"""The fixed words of these pages, as they are read."""

from garrod.entry.web.wording import Words

WORDS = Words(
    document="Document",
    all_documents="All documents",
    sort="Sort",
    date="Date",
    author="Author",
    from_="From",
    state="State",
    results="Results",
    what_the_report_refers_to_as_far_as="What the report refers to, as far as you may see it",
    of_what="Of what",
    result="Result",
    result_2="Result:",
    shown_as_plain_text_pictures_links=(
        "Shown as plain text: pictures, links and layout of the original are left out."
    ),
    documents="Documents",
    there_are_more_documents_on_record=(
        "There are more documents on record than were looked through: the list is not whole."
    ),
    that_you_may_see=(
        "{} document that you may see | {} documents that you may see, the newest first"
    ),
    from_number=", from number {}",
    sort_2="Sort:",
    date_2="Date:",
    author_2="Author:",
    from__2="From:",
    state_2="State:",
    earlier_documents="Earlier documents",
    there_is_no_document_here_that_you=(
        "There is no document here that you may see. That is not the same as none: other "
        "places may keep some."
    ),
)
