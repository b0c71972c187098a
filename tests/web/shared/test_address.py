"""Whom attempts are counted for"""

from __future__ import annotations

import pytest
from flask import Flask

from matinee.web.shared.address import caller_address


def counted_for(address: str | None) -> str:
    with Flask("test").test_request_context(environ_base={"REMOTE_ADDR": address}):
        return caller_address()


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        (None, "unknown"),
        ("not an address", "not an address"),
    ],
)
def test_an_address_is_counted_as_what_a_caller_cannot_change_at_will(
    address: str | None, counted: str
) -> None:
    assert counted_for(address) == counted


def test_what_is_no_address_is_cut_to_what_the_table_holds() -> None:
    assert len(counted_for("x" * 5000)) < 100
