"""The programme: pages that register themselves by being imported."""

from __future__ import annotations

from matinee.web.backoffice.programme import (
    distributors,
    film_page,
    film_terms_page,
    films,
    price_list_page,
    price_lists,
    promo_code_page,
    promo_codes,
    screening_ends,
    screening_page,
    screenings,
    ticket_types,
    week,
    week_copies,
    week_steps,
)

PAGES = (
    week,
    week_steps,
    week_copies,
    screenings,
    screening_page,
    screening_ends,
    films,
    film_page,
    film_terms_page,
    distributors,
    price_lists,
    price_list_page,
    ticket_types,
    promo_codes,
    promo_code_page,
)
