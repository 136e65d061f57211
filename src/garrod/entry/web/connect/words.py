"""The fixed words of these pages, as they are read."""

from garrod.entry.web.wording import Words

WORDS = Words(
    connect="Connect",
    the_message_was_not_read="The message was not read",
    the_message_is_not_right="The message is not right",
    paste_a_message_from_another_system=(
        "Paste a message from another system. You see how it is read and what is wrong with "
        "it. Nothing is kept until you say so."
    ),
    message="Message",
    hl7_v2_results_of_a_laboratory_oru=(
        "HL7 v2 results of a laboratory (ORU^R01), or FHIR R4 as JSON, XML or a resource a "
        "line: prescriptions (EPS) and summaries (SCR), too."
    ),
    try_it_keep_nothing="Try it: keep nothing",
    take_it_in="Take it in",
    how_it_is_read="How it is read",
    what_it_holds="What it holds",
    what="What",
    result_or_number="Result or number",
    result_or_number_2="Result or number:",
    what_is_wrong="What is wrong",
    more_are_not_listed="; {} more are not listed",
    where="Where",
    code="Code",
    what_2="What:",
    code_2="Code:",
    to_know="To know",
    what_came_of_it="What came of it",
    answer="The answer for its sender (ACK^R01), to copy",
    waiting="Messages that wait: whose are they?",
    waiting_lead=(
        "NHS number, date of birth and name did not all say the same person. Nothing is guessed: "
        "mend the record and try again, or say whose the message is."
    ),
    try_again="Try again",
    whose="NHS number or record id",
    of_message=" of the message of {}",
    compare="Compare",
    is_it_them="Is it this person’s?",
    compared_lead="Look at each line. A result in the wrong record harms two people.",
    message_says="The message says",
    message_says_label="The message says:",
    record_says="The record says",
    record_says_label="The record says:",
    verdict="The same?",
    verdict_label="The same?",
    sure="I have compared them, and the message is this person’s",
    take_in_for_them="Take it in for this person",
    nobody_chosen="Nobody was chosen",
    what_is_not_checked="What is not checked",
    whether_the_message_is_true_whether=(
        "Whether the message is true, whether FHIR is of the right person, and profiles of "
        "single nations beyond those that this server knows. HL7 v2 of other types than "
        "results is not read."
    ),
    your_role_may_try_messages_to_take=(
        "Your role may try messages. To take one in needs somebody who may act for the whole "
        "record."
    ),
)
