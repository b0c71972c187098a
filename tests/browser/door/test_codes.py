"""The scanner reads codes as the server does, and tells forged ones as the server does."""

from __future__ import annotations

import random

import pytest
from playwright.sync_api import Page

from matinee.tickets.codes import CODE_CHARACTERS_MAX, read_code
from matinee.tickets.signing import public_keys
from matinee.web.shared.assets import asset_url
from tests.browser.conftest import Site, Visit
from tests.browser.door.conftest import tab
from tests.browser.door.scanner import Scanner
from tests.browser.door.server import Server
from tests.browser.door.tickets import Sold, admitted, told_scans
from tests.building import on_one_database

pytestmark = on_one_database
ID = "K3V9X2M7Q4T8R1WZ"
SIGNATURE = "A" * 86
NO_CODES = [
    "", " ", "\x00", ID[:-1], ID + "0", f"ftp://x/tikets/{ID}", f"/tikets/{ID}", f"https://x/ticket/{ID}", f"https://x/tikets/{ID}/",
    f"https://x/tikets/{ID}?c=", f"https://x/tikets/{ID}?x=1", f"https://x/tikets/{ID}?c=K.0.C7.{SIGNATURE}", f"https://[x/tikets/{ID}",
    f"https://x/tikets/{ID}?c=K.517.C7.{SIGNATURE}&d=1", f"https://x/tikets/{ID}?c=TOOLONG.517.C7.{SIGNATURE}",
    "WIFI:S:box;;",
    "https://example.org/", "javascript:alert(1)", "4006381333931", "x" * (CODE_CHARACTERS_MAX + 1), "💥" * 400,
    "x" * 2_000_000, f"https://x/tikets/{ID}\u200b", f"https://x/ti\u00a0kets/{ID}", "И" * 16, "ı" * 16, f"\ufeff{ID}",
]  # fmt: skip
CODES = [
    ID, ID.lower(), f" {ID}\n", f"\x1d{ID}\x85", f"https://x/tikets/{ID}", f"HTTP://x/uk/tickets/{ID}.svg",
    f"http:/tikets/{ID}", f"https://x/tikets/{ID}#c", f"https://x/tikets/{ID}?", f"https://anna@x/a/b/tikets/{ID}.png",
    f"https://x/tikets/{ID}?c=K.517.%D0%AF-1.{SIGNATURE}", f"https://x/tikets/{ID}?c=K.517.Я%FF%2e%.{SIGNATURE}",
    f"https://x/tikets/{ID}?K.517..{SIGNATURE}", f"https://x/tikets/{ID}?c=K.999999999999999999.%EF%BB%BFC7.{SIGNATURE}#x",
    f"https://[::1]:80/tikets/{ID}",
]  # fmt: skip
READ = """
async ({url, texts}) => {
  const {readCode} = await import(url);
  return texts.map((text) => {
    const read = readCode(text);
    return read && [read.ticketId, read.screeningId, read.seat, read.keyId && `${read.keyId}.${read.signature}`];
  });
}
"""
VERIFY = """
async ({codes, signatures, keys, texts}) => {
  const {readCode, signedMessage} = await import(codes);
  const {Signatures, vendoredVerifier} = await import(signatures);
  const {decode} = await import(signatures.replace("signatures.js", "base64url.js"));
  const own = new Signatures(keys);
  const vendored = Object.fromEntries(await Promise.all(
    Object.entries(keys).map(async ([id, key]) => [id, await vendoredVerifier(decode(key))])));
  return Promise.all(texts.map(async (text) => {
    const read = readCode(text);
    if (read === null || read.signature === null) return null;
    const native = await own.isGenuine(read);
    const raw = decode(read.signature);
    return [native, raw && read.keyId in keys ? await vendored[read.keyId](raw, signedMessage(read)) : native];
  }));
}
"""


@pytest.fixture
def page(visit: Visit) -> Page:
    """A tab for modules."""
    opened = tab(visit)
    opened.goto("/door/app.webmanifest")
    return opened


def module(site: Site, name: str) -> str:
    with site.app.test_request_context():
        return asset_url(f"js/door/{name}")


def as_the_server(text: str) -> list[str | None] | None:
    read = read_code(text)
    if read is None:
        return None
    screening = None if read.screening_id is None else str(read.screening_id)
    return [read.ticket_id, screening, read.seat, read.sealed]


def changed_codes(codes: list[str], count: int) -> list[str]:
    """Codes with a few characters changed, left out or put in."""
    chance = random.Random(7)
    parts = ("", ".", "%", "?", "#", "/", "Я", "a", "\t", "\x1f", "\u2028", "%C3", "-", "=")
    made = []
    for _ in range(count):
        text = list(chance.choice(codes))
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(text))
            text[at : at + chance.randint(0, 2)] = chance.choice(parts)  # fmt: skip
        made.append("".join(text))
    return made


def test_the_scanner_reads_what_the_server_reads_and_nothing_else(page: Page, site: Site, sold: Sold) -> None:
    texts = [*CODES, *NO_CODES, *sold.codes, *changed_codes([*CODES[:-1], *sold.codes], 3000)]
    read = page.evaluate(READ, {"url": module(site, "codes.js"), "texts": texts})
    assert [read_code(text) for text in NO_CODES] == [None] * len(NO_CODES)
    assert all(read_code(text) for text in CODES)
    differing = [
        (text[:150], found) for text, found in zip(texts, read, strict=True) if found != as_the_server(text)
    ]
    assert differing == []


def test_the_scanner_believes_the_signatures_that_the_server_believes(
    page: Page, site: Site, sold: Sold
) -> None:
    keys = site.services.transactions.read(public_keys)
    texts = [*CODES, *sold.codes, *changed_codes(sold.codes, 500)]
    told = {
        "codes": module(site, "codes.js"), "signatures": module(site, "signatures.js"), "texts": texts,
        "keys": page.evaluate(
            "fetch('/api/v1/ticket-keys').then(r => r.json()).then(({keys}) => "
            "Object.fromEntries(keys.map(({id, public_key}) => [id, public_key])))"
        ),
    }  # fmt: skip
    assert set(told["keys"]) == set(keys)
    believed = page.evaluate(VERIFY, told)
    genuine = 0
    for text, found in zip(texts, believed, strict=True):
        read = read_code(text)
        if read is None or read.sealed is None:
            assert found is None, text
            continue
        genuine += read.is_genuine(keys)
        assert [bool(one) for one in found] == [read.is_genuine(keys)] * 2, text
    assert genuine >= len(sold.codes)


def test_what_is_no_genuine_code_is_unknown_without_a_network(
    scanner: Scanner, sold: Sold, server: Server, site: Site
) -> None:
    server.stop()
    code = sold.codes[0]
    forged = [
        code.replace(f".{sold.screening}.", f".{sold.screening}1."),
        code[:-2] + ("AA" if not code.endswith("AA") else "BB"),
        code.replace(sold.ids[0], sold.ids[1]),
        code.replace(sold.ids[0], ID),
        code[: code.index("?")].replace(sold.ids[0], ID),
    ]
    assert scanner.results([*NO_CODES, *CODES, *forged, code[:-10]]) == ["unknown"] * (
        len(NO_CODES) + len(CODES) + len(forged) + 1
    )
    # Its number alone is in the list.
    assert scanner.scan(sold.ids[0])["result"] == "welcome"
    server.start()
    scanner.settled()
    assert admitted(site) == sold.ids[:1]
    assert scanner.results([*NO_CODES, *forged]) == ["unknown"] * (len(NO_CODES) + len(forged))
    assert [scan.result for scan in told_scans(site) if scan.ticket_id] == ["welcome"]
