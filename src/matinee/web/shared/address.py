"""Whose request this is, as far as the network can tell."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address

from flask import request

# What one subscriber gets in IPv6: the addresses within are free for the taking.
SUBSCRIBER_BITS = 64
CHARACTERS_MAX = 64


def caller_address() -> str:
    """Where attempts are counted: the caller's IPv4 address or IPv6 network of 64 bits.

    Behind proxies that are trusted by the settings, it is the address that they name.
    """
    named = request.remote_addr or "unknown"
    try:
        address = ip_address(named)
    except ValueError:
        return named[:CHARACTERS_MAX]
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), SUBSCRIBER_BITS), strict=False))
