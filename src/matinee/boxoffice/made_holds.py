"""A hold that was made just now, with everything that is told about it: nothing has to be read again."""

from __future__ import annotations

from matinee.boxoffice.holds import MadeHold
from matinee.boxoffice.order_details import OrderDetails, OrderedSeat, ScreeningDetails
from matinee.kernel.natural import natural_key


def details_of_made(made: MadeHold) -> OrderDetails:
    """What `details_of` would read about its order in the same transaction."""
    around = made.offer.around
    codes = dict(around.ticket_types)
    seats = [
        OrderedSeat(one.seat, codes.get(one.ticket_type_id or 0), one.amount)
        for one in sorted(made.priced, key=lambda one: natural_key(one.seat.label))
    ]
    return OrderDetails(
        order=made.order,
        at=ScreeningDetails(made.offer.screening, around.film, around.hall, around.cinema),
        email=made.holder.user.username if made.holder.user is not None else None,
        promo_code=None,
        seats=seats,
        tickets=[],
        payments=[],
    )
