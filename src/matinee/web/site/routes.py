"""All pages of the website, registered on their blueprint by being imported."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from matinee.kernel.errors import DomainError
from matinee.web.shared.house import default_house
from matinee.web.shared.refusals import sentence, status_of
from matinee.web.shared.visitors import visitor
from matinee.web.site import appearance_page
from matinee.web.site.account import (
    address,
    confirm,
    forgotten,
    invitation,
    my_data,
    overview,
    passkey_sign_in,
    passkeys,
    password,
    register,
    second_factor,
    sessions,
    settings,
    sign_in,
)
from matinee.web.site.blueprint import full_url, register_site, site, this_page_in, to
from matinee.web.site.checkout import (
    exchange_pages,
    hold_forms,
    order_finder,
    order_page,
    payment_forms,
    return_pages,
)
from matinee.web.site.picker import (
    best_seats,
    choice_calls,
    going_on,
    list_forms,
    screening_page,
    seat_states_call,
)
from matinee.web.site.programme import calendar_feed, feed, film, poster_page, start, template_globals
from matinee.web.site.tickets import hand_over_pages, ticket_files, ticket_page, without_network

PROGRAMME = (start, film, poster_page, template_globals, feed, calendar_feed)
PICKER = (screening_page, seat_states_call, choice_calls, best_seats, list_forms, going_on)
CHECKOUT = (
    order_finder, order_page, hold_forms, payment_forms, return_pages, exchange_pages,
)  # fmt: skip
TICKETS = (ticket_page, ticket_files, hand_over_pages, without_network)
ACCOUNT = (
    sign_in, passkey_sign_in, register, confirm, forgotten, overview, settings, address, password, sessions, passkeys,
    second_factor, my_data, invitation,
)  # fmt: skip
PAGES = (appearance_page, *PROGRAMME, *PICKER, *CHECKOUT, *TICKETS, *ACCOUNT)


@site.app_context_processor
def _everywhere() -> dict[str, object]:
    return {
        "to": to,
        "full_url": full_url,
        "this_page_in": this_page_in,
        "default_house": default_house,
        "visitor": visitor,
    }


@site.errorhandler(DomainError)
def _refused(error: DomainError) -> ResponseReturnValue:
    return render_template("site/refused.html", sentence=sentence(error)), status_of(error)


__all__ = ["PAGES", "register_site", "site"]
