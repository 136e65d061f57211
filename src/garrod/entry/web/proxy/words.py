"""The fixed words of what stands above the pages of a proxy, as they are read."""

from garrod.entry.web.wording import Words

WORDS = Words(
    for_whom_you_act="For whom you act",
    what_you_can="What you can see and do for them",
)
