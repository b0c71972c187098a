"""How long a scanner takes to decide alone: from a code to the answer, in Chromium, with a full house in its list.

Everything is real but the tickets, which a list made here describes: the hash, the signature, the decision, and the
writing to the disk before somebody is let in.
"""

from __future__ import annotations

import json
import random
import string
import tempfile
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Page, Route, sync_playwright

from benchmarks.result import Plan, Result
from benchmarks.servers import run_command, running_matinee
from matinee.door.lists import salted_hash
from matinee.web.shared.assets import assets_version
from tests.browser.chromium import ARGUMENTS, find_chromium

TICKETS = 3000
SCANS_PER_ROUND = 200
TARGET_MS = 30.0
SCREENING = 517
KEY_ID = "BENCH1"
OPEN = """
async ([version, screening]) => {
  const {openEngine} = await import(`/static/site/${version}/js/door/engine.js`);
  const urls = {list: "/door/list", scans: "/door/scans"};
  window.engine = await openEngine({door: "North", screenings: [screening], urls, token: ""});
  await engine.refresh();
}
"""
# The first scan learns that nobody answers; it is asked before.
SCAN = """
async (codes) => {
  const took = [];
  for (const code of codes) {
    const began = performance.now();
    const {result, offline} = await engine.scan(code);
    took.push([performance.now() - began, result, offline]);
  }
  return took;
}
"""


class House:
    """3,000 signed tickets, and the list of them for whatever salt a scanner brings."""

    def __init__(self) -> None:
        self.key = Ed25519PrivateKey.generate()
        chance = random.Random(6)
        self.ids = [
            "".join(chance.choices(string.ascii_uppercase + string.digits, k=16)) for _ in range(TICKETS)
        ]

    def code(self, number: int) -> str:
        message = f"matinee-ticket 1\n{self.ids[number]}\n{SCREENING}\n{number}".encode()
        return f"https://tickets.example.org/tikets/{self.ids[number]}?c={KEY_ID}.{SCREENING}.{number}.{_text(self.key.sign(message))}"

    def answer(self, route: Route) -> None:
        [salt] = parse_qs(urlsplit(route.request.url).query)["salt"]
        route.fulfill(json=self._list(salt), headers={"ETag": '"1"'})

    def _list(self, written_salt: str) -> dict[str, object]:
        salt = urlsafe_b64decode(written_salt + "==")
        hashes = [salted_hash(ticket, salt=salt) for ticket in self.ids]
        # Four to an order.
        rows = [
            [ticket, hashes[number - number % 4], str(number), "Adult", "valid", None, ""]
            for number, ticket in enumerate(hashes)
        ]
        start = datetime.now(UTC).isoformat()
        screening = {"id": SCREENING, "film": "Nosferatu", "hall": "1", "starts_at": start, "ends_at": start,
                     "timezone": "UTC", "cancelled": False, "tickets": rows}  # fmt: skip
        return {"keys": {KEY_ID: _text(self.key.public_key().public_bytes_raw())}, "screenings": [screening]}


def measure(plan: Plan) -> list[Result]:
    """Let a house in, without a network, round by round."""
    house = House()
    welcome: list[float] = []
    refused: list[float] = []
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        folder = Path(name)
        address = f"sqlite:///{folder / 'matinee.sqlite'}"
        run_command(["demo"], address, folder)
        browser = driver.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        with running_matinee(address, folder, workers=1, threads=2, log=folder / "log") as server:
            page = _open(browser.new_page(), server.port, house)
            for number in range(plan.rounds):
                first = number * SCANS_PER_ROUND
                codes = [house.code(each) for each in range(first, first + SCANS_PER_ROUND)]
                welcome += _took(page, codes, "welcome")
                refused += _took(page, codes, "already_in")
        browser.close()
    for what, found in (("let in", welcome), ("refused", refused)):
        ordered = sorted(found)
        most = ordered[int(len(ordered) * 0.99)]
        plan.say(f"door, alone, {what}: median {median(found):.1f} ms, 99 of 100 within {most:.1f} ms")
    return [
        Result(f"a scanner lets in alone, {TICKETS:,} tickets", welcome, "ms", target=TARGET_MS),
        Result(f"a scanner refuses alone, {TICKETS:,} tickets", refused, "ms", target=TARGET_MS),
    ]


def _open(page: Page, port: int, house: House) -> Page:
    page.route("**/door/list?*", house.answer)
    page.route("**/door/scans", lambda route: route.abort())
    page.goto(f"http://127.0.0.1:{port}/door/app.webmanifest")
    page.evaluate(OPEN, [assets_version(), SCREENING])
    page.evaluate(SCAN, ["https://tickets.example.org/tikets/AAAAAAAAAAAAAAAA"])
    return page


def _took(page: Page, codes: list[str], expected: str) -> list[float]:
    took = page.evaluate(SCAN, codes)
    assert {(result, offline) for _, result, offline in took} == {(expected, True)}, json.dumps(took[:3])
    return [milliseconds for milliseconds, _, _ in took]


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
