"""GET /ticket-keys"""

from __future__ import annotations

from datetime import datetime

from flask.views import MethodView
from pydantic import Field
from sqlalchemy.orm import Session

from matinee.tickets.signing import keys_in_order
from matinee.web.shared.services import services
from matinee.web.v1.answers import Answer
from matinee.web.v1.blueprint import v1
from matinee.web.v1.callers import PUBLIC
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.shapes import Shape
from matinee.web.v1.tags import ADMISSIONS

KEY_EXAMPLE = {
    "id": "7KQ2MX",
    "public_key": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    "created_at": "2030-05-01T08:00:00Z",
    "retired_at": None,
}


class TicketKeyShape(Shape, example=KEY_EXAMPLE):
    """A key that signs the codes of tickets, or did."""

    id: str
    public_key: str = Field(description="Ed25519 (RFC 8032), base64url without padding.")
    created_at: datetime = Field(description="ISO 8601, UTC.")
    retired_at: datetime | None = Field(
        description="Since when it signs nothing (ISO 8601, UTC). What it signed stays good."
    )


class TicketKeysShape(Shape, example={"keys": [KEY_EXAMPLE]}):
    """Every key there ever was."""

    keys: list[TicketKeyShape]


class TicketKeys(MethodView):
    """By which a scanner tells a forged code without asking anybody."""

    @operation(
        "list_ticket_keys",
        tag=ADMISSIONS,
        access=PUBLIC,
        answers={200: Returns(TicketKeysShape, "The keys, the newest first")},
    )
    def get(self) -> Answer:
        """List the keys that sign tickets

        A code says `…/tikets/{ticket}?c={key}.{screening}.{seat}.{signature}`. The signature is over
        `matinee-ticket 1`, the ticket's id, the screening's id and the seat, in lines, as UTF-8.
        """

        def read(session: Session) -> Answer:
            return Answer(
                TicketKeysShape(
                    keys=[
                        TicketKeyShape(
                            id=key.id,
                            public_key=key.public_key,
                            created_at=key.created_at,
                            retired_at=key.retired_at,
                        )
                        for key in keys_in_order(session)
                    ]
                )
            )

        return services().transactions.read(read)


v1.add_url_rule("/ticket-keys", view_func=TicketKeys.as_view("ticket_keys"))
