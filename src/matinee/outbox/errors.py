"""What can go wrong between the outbox and a mailbox.

None of it reaches a surface: it decides what becomes of a row.
"""

from __future__ import annotations


class NothingToSend(Exception):
    """The mail has lost its sense (its code expired, its tickets were refunded) and is given up."""


class DeliveryFailed(Exception):
    """A mail was not taken. The text is kept with the row, so it carries no secret."""


class ServerUnreachable(DeliveryFailed):
    """No mail can be handed over at all: no connection, no encryption, or the login was refused."""


class DeliveryInterrupted(DeliveryFailed):
    """The connection was lost, or too slow, in the middle of this mail."""


class TemporarilyRefused(DeliveryFailed):
    """The server does not take this mail now."""


class RefusedForGood(DeliveryFailed):
    """The server will never take this mail: the recipient or the content was refused."""
