"""Which network addresses are out on the internet. All others may lead into the house: to a router, a database, a cloud's
keys.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# Written down, since what `ipaddress` calls global changed between versions of Python. From the registries of
# special-purpose addresses (RFC 6890 and its successors).
_CLOSED_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network, unspecified
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, and the keys of many clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # relays to 6to4
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
# Everything that was ever given out lies in here: no loopback, private (fc00::/7), link-local or multicast one.
_GIVEN_OUT_6 = IPv6Network("2000::/3")
_CLOSED_6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "3fff::/20",  # documentation
    )
)
_MAPPED = IPv6Network("::ffff:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")
_6TO4 = IPv6Network("2002::/16")


def is_public(address: str) -> bool:
    """Whether a literal address is one of the internet. Where it carries an IPv4 address, that one decides."""
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address):
        carried = _carried_address(parsed)
        if carried is None:
            return parsed in _GIVEN_OUT_6 and not any(parsed in network for network in _CLOSED_6)
        parsed = carried
    return not any(parsed in network for network in _CLOSED_4)


def _carried_address(address: IPv6Address) -> IPv4Address | None:
    number = int(address)
    if address in _MAPPED or address in _NAT64:
        return IPv4Address(number & 0xFFFFFFFF)
    if address in _6TO4:
        return IPv4Address((number >> 80) & 0xFFFFFFFF)
    return None
