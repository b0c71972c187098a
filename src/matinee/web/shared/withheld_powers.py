"""A member of the staff whose session showed no second factor: where the powers that are withheld are to be had."""

from __future__ import annotations

from flask import flash, url_for

from matinee.web.shared.languages import _
from matinee.web.shared.visitors import visitor


def way_to_powers(wanted: str) -> str:
    """The page on which the visitor shows a second factor, or sets one up; from there on it goes to `wanted`. Says why."""
    if visitor().caller.has_second_factor:
        flash(
            _("Sign in once more, with the code of your app: this is open only to who has shown it."), "info"
        )
        return url_for("site.sign_in", next=wanted)
    flash(
        _(
            "The cinema asks its staff for a second factor. Set it up here, and go on. If you have a passkey, you may "
            "sign out and sign in with it instead."
        ),
        "info",
    )
    return url_for("site.second_factor", next=wanted)
