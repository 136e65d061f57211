"""The fixed words of these pages, as they are read."""

from garrod.entry.web.wording import Words

WORDS = Words(
    signed_out="Signed out",
    you_are_signed_out="You are signed out {}",
    you_are_still_signed_in_elsewhere=(
        "You are still signed in elsewhere: in {} other browser. | You are still signed in "
        "elsewhere: in {} other browsers."
    ),
    sign_out_everywhere="Sign out everywhere",
    the_sign_in_service_may_still_know=(
        "The sign-in service may still know you: on a machine that others use,"
    ),
    sign_out_of_it_too="sign out of it too",
    sign_in_again="Sign in again",
    sign_in="Sign in",
    you_are_not_signed_in="You are not signed in",
    your_session_has_ended_what_you=(
        "Your session has ended. What you typed is kept: sign in, and it stands there again. "
        "Nothing was signed."
    ),
    your_session_has_ended_nothing_kept=(
        "Your session has ended, and nothing was done. What you typed may name somebody, so it "
        "was not kept: sign in, and write it again."
    ),
    sign_in_at="Sign in at {}",
    you_come_back_to_this_pages_place=(
        "You come back to this page’s place when you have signed in there."
    ),
    or_as_this_machines_own_user="Or as this machine’s own user",
    token_of_this_server="Token of this server",
    it_was_printed_when_the_server=(
        "It was printed when the server first started, and is kept in the file “token” of its"
        " data folder."
    ),
)
