"""Why money goes back, in the box office's own words: whoever tells a buyer says them in the buyer's language.

What staff writes as a reason is no such word, and stays as it was written.
"""

from __future__ import annotations

from matinee.languages.marking import N_

# A hold that was paid in part ended.
RELEASED = N_("The seats were given back.")
RAN_OUT = N_("The time to pay the rest was over.")
# Money came that could not be accepted.
PAID_ALREADY = N_("The order was paid already.")
REFUNDED_BEFORE = N_("The order was refunded before the money came.")
CANCELLED_BEFORE = N_("The order was cancelled before the money came.")
TOO_MUCH = N_("It is more than what was left to pay.")
SCREENING_BEGUN = N_("The screening had begun when the money came.")
HOLD_OVER = N_("The hold had run out when the money came.")
PROMO_CODE_GONE = N_("The hold had run out when the money came, and its promo code was used up.")
SEATS_GONE = N_("The hold had run out when the money came, and its seats were taken.")
# Also before the reason that staff wrote.
SCREENING_CANCELLED = N_("The screening was cancelled.")
EXCHANGED_CHEAPER = N_("The order was exchanged for something cheaper.")

KNOWN = frozenset(
    {
        RELEASED,
        RAN_OUT,
        PAID_ALREADY,
        REFUNDED_BEFORE,
        CANCELLED_BEFORE,
        TOO_MUCH,
        SCREENING_BEGUN,
        HOLD_OVER,
        PROMO_CODE_GONE,
        SEATS_GONE,
        SCREENING_CANCELLED,
        EXCHANGED_CHEAPER,
    }
)
