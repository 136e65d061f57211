"""The fixed words of the frame of every page, as they are read."""

from garrod.entry.web.wording import Words

WORDS = Words(
    that_did_not_work="That did not work",
    if_somebody_may_come_to_harm=(
        "If somebody may come to harm without this record, you can open it in an emergency. "
        "The person and the privacy officer are told."
    ),
    open_it_in_an_emergency="Open it in an emergency",
    code="Code {}.",
    go_on_to="Go to “{}”",
    garrod="– Garrod",
    skip_to_the_main_part="Skip to the main part",
    garrod_2="Garrod",
    main="Main",
    signed_in_as="Signed in as",
    sign_out="Sign out",
    for_synthetic_people_only_not_a=(
        "For synthetic people only. Not a medical device: not for the care of real people."
    ),
    back_to_the_tour="Back to the tour",
    access_policy="Access policy",
    the_access_policy_cannot_be_read="The access policy cannot be read.",
    care_goes_on_by_the_last_one_that=(
        "Care goes on by the last one that could be; research and every other use is stopped."
        " Tell whoever looks after this system."
    ),
    open_in_an_emergency="Open in an emergency: {}",
    open_in_an_emergency_2="Open in an emergency:",
    for_more_they_and_the_privacy=(
        ", for {} more minute. They and the privacy officer are told what you look at. | "
        ", for {} more minutes. They and the privacy officer are told what you look at."
    ),
    end_it_now="End it now",
    for_="for {}",
    about_this_person="About this person",
    advice_comes_from_knowledge_packs=(
        "Advice comes from knowledge packs that no clinician has signed off yet. Check it "
        "before you act."
    ),
    our_advice_is_unchecked=(
        "No doctor or pharmacist has checked our advice yet. Ask yours before you act on it."
    ),
)
