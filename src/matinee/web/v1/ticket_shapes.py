"""A ticket as the API tells it."""

from __future__ import annotations

from pydantic import Field

from matinee.boxoffice.models import Ticket
from matinee.tickets.qr import ticket_url
from matinee.web.v1.shapes import Moment, Money, Shape, in_zone

EXAMPLE = {
    "id": "K3V9X2M7Q4T8R1WZ",
    "order": "7KQ2MX9RT4",
    "state": "valid",
    "screening": 517,
    "cinema": "odeon",
    "film": "Nosferatu",
    "hall": "Hall 1",
    "starts_at": "2030-05-18T19:00:00+03:00",
    "seat": "C7",
    "price": {"amount": 15000, "currency": "UAH"},
    "fee": {"amount": 1000, "currency": "UAH"},
    "qr_png_url": "https://tickets.example.org/tikets/K3V9X2M7Q4T8R1WZ.png",
    "qr_svg_url": "https://tickets.example.org/tikets/K3V9X2M7Q4T8R1WZ.svg",
}


class TicketShape(Shape, example=EXAMPLE):
    """The right to one seat. Whoever knows its id can show it."""

    id: str
    order: str | None = Field(
        description="The code of its order; null for who has the ticket and not the order."
    )
    state: str = Field(description="`valid`, `refunded`, `cancelled` or `exchanged`.")
    screening: int
    cinema: str
    film: str
    hall: str
    starts_at: Moment
    seat: str
    price: Money | None = Field(description="What it cost, a discount taken off; null where `order` is.")
    fee: Money | None = Field(description="Its share of the booking fee; null where `order` is.")
    qr_png_url: str
    qr_svg_url: str


def present_ticket(ticket: Ticket, *, base_url: str, with_order: bool = True) -> TicketShape:
    """A ticket that was read with its order, seat, screening, film, hall and cinema.

    `with_order`: the caller may know of the order, too.
    """
    screening = ticket.screening
    cinema = screening.hall.cinema
    currency = ticket.order.currency
    return TicketShape(
        id=ticket.id,
        order=ticket.order.code if with_order else None,
        state=ticket.state,
        screening=screening.id,
        cinema=cinema.slug,
        film=screening.film.title,
        hall=screening.hall.name,
        starts_at=in_zone(screening.starts_at, cinema.timezone),
        seat=ticket.seat.label,
        price=Money(amount=ticket.amount, currency=currency) if with_order else None,
        fee=Money(amount=ticket.fee_amount, currency=currency) if with_order else None,
        # The pictures are those of the address that is in them.
        qr_png_url=f"{ticket_url(base_url, ticket.id)}.png",
        qr_svg_url=f"{ticket_url(base_url, ticket.id)}.svg",
    )
