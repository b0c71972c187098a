"""GET and POST /cinemas/{slug}/vouchers"""

from __future__ import annotations

from datetime import datetime

from flask.views import MethodView
from pydantic import Field
from sqlalchemy.orm import Session

from matinee.accounts.callers import Caller
from matinee.boxoffice.errors import InvalidOffer
from matinee.boxoffice.models import Voucher
from matinee.boxoffice.vouchers import create_voucher, vouchers_in_order
from matinee.programme.errors import CinemaNotFound
from matinee.programme.fields import AMOUNT_MAX
from matinee.programme.queries import cinema_by_slug
from matinee.web.shared.services import services
from matinee.web.v1.answers import Answer
from matinee.web.v1.blueprint import v1
from matinee.web.v1.callers import needs
from matinee.web.v1.errors import InvalidValues
from matinee.web.v1.idempotency import idempotent
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.paging import Page, PageQuery, after, example_of_page, page_of
from matinee.web.v1.shapes import Money, Shape
from matinee.web.v1.tags import OFFERS
from matinee.web.v1.values import Values, When

EXAMPLE = {
    "id": 31,
    "hint": "X7QB",
    "worth": {"amount": 50000, "currency": "UAH"},
    "balance": {"amount": 35000, "currency": "UAH"},
    "valid_until": None,
    "active": True,
    "created_at": "2030-05-17T09:00:00Z",
}


class VoucherShape(Shape, example=EXAMPLE):
    """Money that was paid before."""

    id: int
    hint: str = Field(description="The last characters of its code, by which people tell vouchers apart.")
    worth: Money = Field(description="When it was made.")
    balance: Money = Field(description="What is left on it.")
    valid_until: datetime | None
    active: bool
    created_at: datetime


class NewVoucherShape(
    VoucherShape, example={**EXAMPLE, "balance": EXAMPLE["worth"], "code": "K3V9X2M7Q4T8X7QB"}
):
    """A voucher that was made just now."""

    code: str = Field(description="Whoever knows it has the money. It is shown this once.")


class VoucherPage(Page[VoucherShape], example=example_of_page(EXAMPLE)):
    """Vouchers, the oldest first."""


class NewVoucher(Values, example={"amount": 50000}):
    """What a voucher is worth."""

    amount: int = Field(ge=1, le=AMOUNT_MAX, description="In minor units of the cinema's currency.")
    valid_until: When | None = Field(None, description="Null: without an end.")


class Vouchers(MethodView):
    """The vouchers of a cinema."""

    @operation(
        "list_vouchers",
        tag=OFFERS,
        access=needs("orders:write"),
        answers={200: Returns(VoucherPage, "A page of vouchers", headers={"Link": "The next page."})},
        refusals=(CinemaNotFound,),
    )
    def get(self, slug: str, query: PageQuery) -> Answer:
        """List the vouchers of a cinema"""
        behind = after(query.cursor, Voucher.id)

        def read(session: Session) -> Answer:
            cinema_id = cinema_by_slug(session, slug).id
            found = vouchers_in_order(session, cinema_id=cinema_id, behind=behind, limit=query.limit + 1)
            return page_of(
                VoucherPage,
                found,
                query,
                key=lambda voucher: (voucher.id,),
                present=lambda voucher: VoucherShape.model_validate(_told(voucher)),
            )

        return services().transactions.read(read)

    @operation(
        "create_voucher",
        tag=OFFERS,
        access=needs("orders:write"),
        answers={201: Returns(NewVoucherShape, "The voucher; its code is not shown again")},
        refusals=(CinemaNotFound, InvalidOffer),
        keyed=True,
    )
    def post(self, slug: str, body: NewVoucher, caller: Caller, now: datetime) -> Answer:
        """Make a voucher

        The money for it was taken before.
        """
        if body.valid_until is not None and body.valid_until <= now:
            raise InvalidValues([{"field": "valid_until", "message": "is not in the future"}])

        def make(session: Session) -> Answer:
            cinema = cinema_by_slug(session, slug)
            voucher, code = create_voucher(
                session, cinema=cinema, amount=body.amount, valid_until=body.valid_until, now=now
            )
            return Answer(NewVoucherShape.model_validate({**_told(voucher), "code": code}), status=201)

        return idempotent(make, caller=caller, now=now)


def _told(voucher: Voucher) -> dict[str, object]:
    return {
        "id": voucher.id,
        "hint": voucher.code_hint,
        "worth": Money(amount=voucher.initial_amount, currency=voucher.currency),
        "balance": Money(amount=voucher.balance, currency=voucher.currency),
        "valid_until": voucher.valid_until,
        "active": voucher.active,
        "created_at": voucher.created_at,
    }


v1.add_url_rule("/cinemas/<slug>/vouchers", view_func=Vouchers.as_view("vouchers"))
