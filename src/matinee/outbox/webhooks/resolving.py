"""Looking up where a name leads, once for each delivery and in bounded time."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable

from matinee.outbox.errors import EndpointUnreachable
from matinee.outbox.webhooks.addresses import is_public
from matinee.outbox.webhooks.targets import Target

# From a host and a port to literal addresses, the best first. Raises OSError.
Resolver = Callable[[str, int], list[str]]


def resolve_addresses(host: str, port: int) -> list[str]:
    """What the system's resolver says."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(address[0]) for _, _, _, _, address in found))


def allowed_addresses(
    target: Target, *, resolve: Resolver, private_allowed: bool, seconds_max: float
) -> list[str]:
    """The addresses of the target that may be connected to. Raises EndpointUnreachable.

    Connect to these and to nothing else: a name that is looked up a second time may lead elsewhere by then.
    """
    addresses = _resolved(target, resolve, seconds_max)
    if private_allowed:
        return addresses
    public = [address for address in addresses if is_public(address)]
    if not public:
        raise EndpointUnreachable(f"{target.host} leads to a private address, which is not allowed")
    return public


def _resolved(target: Target, resolve: Resolver, seconds_max: float) -> list[str]:
    answers: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolve(target.host, target.port))
        except (OSError, UnicodeError) as error:
            answers.put(error if isinstance(error, OSError) else OSError(str(error)))

    # In a thread that may be left behind: the system's resolver knows no time limit.
    threading.Thread(target=ask, name="webhook-resolver", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds_max)
    except queue.Empty:
        raise EndpointUnreachable(f"the name {target.host} was not resolved in time") from None
    if isinstance(answer, OSError) or not answer:
        raise EndpointUnreachable(f"the name {target.host} cannot be resolved") from None
    return answer
