from __future__ import annotations

import pytest

from matinee.outbox.webhooks.targets import Target


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "spelling"),
    [
        ("https://shop.example", "shop.example", 443, "/", "https://shop.example/"),
        ("https://Shop.Example:443/a?b=c", "shop.example", 443, "/a?b=c", "https://shop.example/a?b=c"),
        ("https://shop.example:8443/", "shop.example", 8443, "/", "https://shop.example:8443/"),
        ("https://кіно.укр/x", "xn--j1agd8g.xn--j1amh", 443, "/x", "https://xn--j1agd8g.xn--j1amh/x"),
        ("https://[2606:4700:0::1]/x", "2606:4700::1", 443, "/x", "https://[2606:4700::1]/x"),
        ("https://8.8.8.8/x?", "8.8.8.8", 443, "/x", "https://8.8.8.8/x"),
        ("https://my_host.example./%41", "my_host.example", 443, "/%41", "https://my_host.example/%41"),
    ],
)
def test_an_address_is_taken_apart_in_one_way(
    url: str, host: str, port: int, path: str, spelling: str
) -> None:
    target = Target.parsed(url, private_allowed=False)
    assert (target.host, target.port, target.path, target.url) == (host, port, path, spelling)
    assert Target.parsed(target.url, private_allowed=False) == target


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://shop.example/", "https"), ("ftp://shop.example/", "https"), ("shop.example", "https"), ("", "https"),
        ("https://user@shop.example/", "user name"), ("https://user:pw@shop.example/", "user name"),
        ("https://8.8.8.8:80@127.0.0.1/", "user name"), ("https://shop.example/#part", "#"), ("https:///path", "host"),
        ("https://shop.example:0/", "port"), ("https://shop.example:65536/", "port"),
        ("https://shop.example:x/", "port"), ("https://[::1/", "host"), ("https://shop .example/", "character"),
        ("https://shop.example/a b", "character"), ("https://shop.example\\@127.0.0.1/", "character"),
        ("https://shop.example/\r\nHost: x", "character"), ("https://shop.example/\t", "character"),
        ("https://-shop.example/", "host name"), ("https://shop..example/", "host name"),
        ("https://%31%32%37.0.0.1/", "host name"), (f"https://{'a' * 64}.example/", "host name"),
        ("https://shop.example/мова", "percent"), ("https://[fe80::1%25eth0]/", "interface"),
        (f"https://shop.example/{'x' * 2000}", "2000"),
        ("https://127.0.0.1/", "private"), ("https://[::1]/", "private"), ("https://localhost/", "private"),
        ("https://api.localhost/", "private"), ("https://169.254.169.254/latest", "private"),
        ("https://[::ffff:10.0.0.1]/", "private"),
    ],
)  # fmt: skip
def test_an_address_that_nothing_may_be_sent_to_is_refused_with_the_reason(url: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Target.parsed(url, private_allowed=False)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/x", "http://localhost/", "https://10.1.2.3/"])
def test_where_private_addresses_are_allowed_http_is_too(url: str) -> None:
    assert Target.parsed(url, private_allowed=True).url == url
