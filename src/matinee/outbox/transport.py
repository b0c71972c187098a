"""What a way of handing mails over can do. There are two: a mail server, and a folder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message, whose it is, and the row of the outbox that it comes from (the same each time it is sent)."""

    mail: EmailMessage
    sender_address: str
    recipient_address: str
    message_id: int
    created_at: datetime


class Transport(Protocol):
    """Hands mails over, one at a time, in bounded time."""

    # The longest that `prepare` and `hand_over` may take, in seconds, whatever the other side does.
    prepare_seconds_max: float
    hand_over_seconds_max: float

    def prepare(self) -> None:
        """Make sure that a mail can be handed over. Raises ServerUnreachable."""

    def hand_over(self, parcel: Parcel) -> None:
        """Hand one mail over; it was taken when this returns.

        Raises ServerUnreachable, DeliveryInterrupted, TemporarilyRefused, RefusedForGood.
        """

    def abort(self) -> None:
        """Break off what runs now or is about to, for good. May be called from another thread."""

    def close(self) -> None:
        """Let go of the other side; `prepare` may be called again, unless it was aborted."""
