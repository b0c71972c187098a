"""What can go wrong between the outbox and whoever it delivers to, and what can be refused about webhook endpoints.

The first, all that is no DomainError, reaches no surface: it decides what becomes of a row.
"""

from __future__ import annotations

from matinee.kernel.errors import Conflict, Invalid, NotFound


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


class EndpointUnreachable(DeliveryFailed):
    """No answer came from a webhook endpoint: its name, its address, its certificate, or the time."""


class InvalidEndpoint(Invalid):
    """A webhook endpoint cannot be like this."""

    code = "invalid_endpoint"


class EndpointNotFound(NotFound):
    """There is no such webhook endpoint."""

    code = "endpoint_not_found"


class EndpointNotActive(Conflict):
    """The webhook endpoint is not active."""

    code = "endpoint_not_active"


class DeliveryNotFound(NotFound):
    """There is no such delivery to this webhook endpoint."""

    code = "delivery_not_found"


class MessageNotFound(NotFound):
    """There is no such row in the outbox."""

    code = "message_not_found"


class MessageSent(Conflict):
    """It was delivered already."""

    code = "message_sent"


class MessageGivenUp(Conflict):
    """It was given up already."""

    code = "message_given_up"


class MessageUnderWay(Conflict):
    """A worker is delivering it just now."""

    code = "message_under_way"


class MessageWithoutSecret(Conflict):
    """The code that was in this mail is not kept any more, so it cannot be sent again."""

    code = "message_without_secret"
