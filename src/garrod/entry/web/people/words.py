"""The fixed words of these pages, as they are read."""

from garrod.entry.web.wording import Words

WORDS = Words(
    the_tour="The tour",
    as_="as {}",
    a_clinic_that_reads_genomes="A clinic that reads genomes",
    nobody_here_is_real_two_hundred=(
        "Nobody here is real: two hundred made-up people, and those who look after them. Take"
        " the eight moments in their order: ten minutes. Each step signs you in as the right "
        "person, by one click; each page has a way back here at its top."
    ),
    moments_of_truth="Moments of truth",
    more_to_see="More to see",
    be_somebody_else="Be somebody else",
    what_is_seen_follows_from_who_is=(
        "What is seen follows from who is signed in. One click signs in through the demo’s "
        "own sign-in service: no password is asked for."
    ),
    this_is_you_now="This is you now.",
    start_over="Start over",
    everything_that_was_done_in_this=(
        "Everything that was done in this demo is thrown away, and its people are as they "
        "were. It takes some seconds; who looked at whom stays in the log."
    ),
    start_the_demo_over="Start the demo over",
    whoever_is_signed_in_can_start_the="Whoever is signed in can start the demo over:",
    be_somebody="be somebody",
    then_come_back_here=", then come back here.",
    everybody="Everybody",
    the_list_of_all_people="The list of all {} people",
    as_they_were_stored_medicines_are=(
        "As they were stored; medicines are those that anybody may know of"
    ),
    name="Name",
    id="Id",
    born="Born",
    sex="Sex",
    conditions="Conditions",
    medicines="Medicines",
    do="Do",
    prescribe_for="Prescribe for {}",
    prescribe="Prescribe",
    the_same_by_fhir="The same by FHIR",
    each_is_in_a_fhir_r4_record_on_this=(
        "Each is in a FHIR R4 record on this machine, behind the token that was printed when "
        "it first started (or that you set as GARROD_DEV_TOKEN)."
    ),
    command="Command",
    curl_h_authorization_bearer_garrod='curl -H "Authorization: Bearer $GARROD_DEV_TOKEN" {}',
    people="People",
    people_of_this_record="People of this record",
    find_="Find",
    that_search_was_made_in_another=(
        "That search was made in another session, so it is not known any more. Here is "
        "everybody; search again for a name."
    ),
    people_whose_name_begins_with="People whose name begins with “{}”",
    further_on=", further on",
    each_name_leads_to_their_summary=": each name leads to their summary",
    nobody_may_be_seen="There is nobody here whose record you may see in your role.",
    nobody_has_such_a_name_here="Nobody has such a name here.",
    only_people_whose_care_you_have=(
        "Only people whose care you have part in are listed. If somebody else may come to "
        "harm without their record,"
    ),
    open_it_in_an_emergency="open it in an emergency",
    more_people="More people",
    everybody_from_the_first="Everybody, from the first",
)
