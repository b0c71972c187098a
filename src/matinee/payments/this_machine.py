"""Whether an address leads to this machine alone, so that nobody else can be at the other end."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Address, ip_address
from urllib.parse import urlsplit

_LOOPBACK = IPv4Network("127.0.0.0/8")


def is_this_machine(url: str) -> bool:
    """Whether the host of `url` is localhost, 127.0.0.0/8 or [::1]. No name is looked up: a name can change."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        return address == IPv6Address("::1")
    return address in _LOOPBACK
