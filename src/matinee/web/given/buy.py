"""POST /buyTicket and /buyManyTikets: the values in the headers, or in a JSON object."""

from __future__ import annotations

from flask import Response, request
from flask.views import MethodView
from pydantic import BaseModel

from matinee.boxoffice.purchase_facts import Purchase, Sold
from matinee.boxoffice.purchases import purchase_seats
from matinee.boxoffice.rules import check_seats_asked
from matinee.kernel import clock
from matinee.web.given.blueprint import given
from matinee.web.given.callers import cookie_user, offered_token
from matinee.web.given.documented import ok, takes
from matinee.web.given.get_tikets import EXAMPLE_TICKET, TICKET_SCHEMA
from matinee.web.given.present import message, ticket_data
from matinee.web.given.values import (
    SeatLabel,
    SeatLabels,
    Text,
    Token,
    Username,
    read_day,
    read_headers,
    read_time,
)
from matinee.web.shared.asgi import take_beforehand
from matinee.web.shared.services import services

BOUGHT = "Ticket bought successfully"


class ScreeningValues(BaseModel):
    """The buyer and the screening; the cookie of the session stands for the user and the token where they are left out."""

    token: Token | None = None
    username: Username | None = None
    date: Text
    title: Text
    time: Text
    cinema: Text | None = None


class OneSeatValues(ScreeningValues):
    """One seat."""

    number: SeatLabel


class ManySeatsValues(ScreeningValues):
    """Seats: `[1, 2]`, `["A1", "A2"]`, `[A1, A2]` or `A1,A2`."""

    number: SeatLabels


ERRORS = {
    400: "`Wrong token or session expired`, `Email not confirmed`, or `Bad request`",
    403: "`Sold on the website only`",
    404: "`User not found`, `Date not found`, `Title not found`, `Time not found`, `Seat not found` or `Cinema not found`",
}


def _answer(data: object, schema: object) -> dict[str, object]:
    return ok(
        {"message": BOUGHT, "data": data},
        {
            "type": "object",
            "properties": {"message": {"type": "string"}, "data": schema},
            "required": ["message", "data"],
        },
    )


class BuyTicket(MethodView):
    """Buying one seat."""

    @takes(OneSeatValues, where="header", answers={200: _answer(EXAMPLE_TICKET, TICKET_SCHEMA), **ERRORS})
    def post(self) -> Response:
        """Buy one seat

        The ticket is issued at once and mailed. Where the screening has a price, it is paid at the counter.
        """
        values = read_headers(OneSeatValues)
        _, (ticket,) = _buy(values, [values.number])
        return message(BOUGHT, data=ticket)


class BuyManyTikets(MethodView):
    """Buying several seats of one screening."""

    @takes(
        ManySeatsValues,
        where="header",
        answers={
            200: _answer(
                [{"username": "user@example.com", **EXAMPLE_TICKET}],
                {
                    "type": "array",
                    "items": {
                        **TICKET_SCHEMA,
                        "properties": {"username": {"type": "string"}, **TICKET_SCHEMA["properties"]},  # type: ignore[dict-item]
                    },
                },
            ),
            **ERRORS,
        },
    )
    def post(self) -> Response:
        """Buy several seats, all or none

        One mail brings all the tickets.
        """
        values = read_headers(ManySeatsValues)
        username, tickets = _buy(values, values.number)
        return message(BOUGHT, data=[{"username": username, **ticket} for ticket in tickets])


def _buy(values: ScreeningValues, labels: list[str]) -> tuple[str, list[dict[str, object]]]:
    service = services()
    now = clock.now()
    token = offered_token(values.token)
    check_seats_asked(labels, seats_max=service.seats_per_order_max)
    username = values.username or service.transactions.read(
        lambda session: cookie_user(session, now=now).username
    )
    beforehand = take_beforehand(request.environ)
    refusal = None if beforehand is None else beforehand.take_refusal()
    if refusal is not None:
        try:
            raise refusal
        finally:
            del refusal
    purchase = purchase_wanted(values, username=username, token=token, labels=labels)
    sold = purchase_seats(
        service.transactions,
        service.direct,
        service.version,
        purchase=purchase,
        now=now,
        # What was done beforehand is to ask for it together with others.
        together=beforehand is None,
    )
    return username, [sold_ticket(purchase, seat, base_url=service.base_url) for seat in sold]


def purchase_wanted(values: ScreeningValues, *, username: str, token: str, labels: list[str]) -> Purchase:
    """What the boxoffice is asked for."""
    return Purchase(
        username=username,
        token=token,
        cinema=values.cinema,
        day=read_day(values.date),
        title=values.title,
        time=read_time(values.time),
        labels=labels,
    )


def sold_ticket(purchase: Purchase, seat: Sold, *, base_url: str) -> dict[str, object]:
    """A ticket that this purchase made, as the API writes it."""
    assert purchase.day is not None, "nothing is sold on a day that is none"
    return ticket_data(
        base_url=base_url,
        day=purchase.day.isoformat(),
        title=purchase.title,
        time=purchase.time,
        label=seat.label,
        ticket_id=seat.ticket_id,
    )


given.add_url_rule("/buyTicket", view_func=BuyTicket.as_view("buy_ticket"))
given.add_url_rule("/buyManyTikets", view_func=BuyManyTikets.as_view("buy_many"))
