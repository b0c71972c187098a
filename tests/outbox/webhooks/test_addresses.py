from __future__ import annotations

import pytest

from matinee.outbox.webhooks.addresses import is_public

CLOSED = {
    "unspecified": ["0.0.0.0", "0.1.2.3", "::"],
    "loopback": ["127.0.0.1", "127.255.255.254", "::1"],
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fdff::1", "fec0::1"],
    "carrier-grade": ["100.64.0.1", "100.127.255.255"],
    "link-local": ["169.254.169.254", "fe80::1", "fe80::1%eth0", "febf::1"],
    "multicast": ["224.0.0.1", "239.255.255.255", "ff02::1"],
    "reserved": ["240.0.0.1", "255.255.255.255", "192.0.0.170", "198.18.0.1", "198.19.255.255", "192.88.99.1"],
    "documentation": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
    "mapped": ["::ffff:127.0.0.1", "::ffff:10.1.2.3", "::ffff:7f00:1", "::ffff:169.254.169.254"],
    "compatible": ["::127.0.0.1", "::8.8.8.8"],
    "6to4": ["2002:7f00:1::", "2002:a00:1::1", "2002:c0a8:101::1", "2002:a9fe:a9fe::"],
    "nat64": ["64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::8.8.8.8"],
    "teredo": ["2001:0:7f00:1::1", "2001::1"],
    "never given out": ["4000::1", "5f00::1", "100::1", "8000::1"],
}  # fmt: skip
OPEN = (
    "8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1", "192.167.0.1", "11.0.0.1",
    "126.255.255.255", "128.0.0.1", "223.255.255.255", "169.253.0.1", "2606:4700::1111", "2a00:1450::1", "2001:200::1",
    "2003::1", "::ffff:8.8.8.8", "2002:808:808::1", "64:ff9b::8.8.8.8",
)  # fmt: skip


@pytest.mark.parametrize("address", [address for kind in CLOSED.values() for address in kind])
def test_an_address_that_may_lead_into_the_house_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OPEN)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


def test_what_is_no_literal_address_is_refused() -> None:
    with pytest.raises(ValueError, match="example"):
        is_public("example.org")
