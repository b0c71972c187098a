#!/usr/bin/env python3
"""A scanner for the door that decides by itself, and tells Matinee when it has a network. Needs `pip install cryptography`.

    scanner.py begin http://127.0.0.1:8000 mk_...   whom to tell, and by which key (scope admissions:write)
    scanner.py screenings                           where one can stand now
    scanner.py take 517 518                         take the list of these screenings along
    scanner.py scan [CODE ...]                      let tickets in, or not; without codes, those that are typed, one a line
    scanner.py undo                                 take the last one back
    scanner.py settle                               tell what was done, and take the list anew

`scan` and `undo` never ask anybody. What was done is on disk before it is said. docs/door.md tells how it works.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import secrets
import sys
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

KEPT = Path(os.environ.get("SCANNER_FILE", "scanner.json"))
DEVICE = os.environ.get("SCANNER_DEVICE", "gate-1")
DOOR = os.environ.get("SCANNER_DOOR", "Main entrance")
BATCH = 100
# As `POST /door/scans` has it; longer ones are no codes of Matinee.
CODE_CHARACTERS_MAX = 600
TICKET_ID = re.compile(r"[A-Z0-9]{16}")
PATH = re.compile(r"/(?:[a-z]{2}/)?(?:tikets|tickets)/([A-Za-z0-9]{16})(?:\.png|\.svg)?$")
SIGNED = re.compile(r"c=([A-Z0-9]{1,6})\.([1-9][0-9]{0,17})\.([^.]*)\.([A-Za-z0-9_-]{86})")


class Scanner:
    """What one device knows, in one file."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = json.loads(KEPT.read_text()) if KEPT.exists() else {}

    def save(self) -> None:
        """Write it down, all of it or nothing, so that no number is ever given twice."""
        new = KEPT.with_suffix(".new")
        with new.open("w") as file:
            json.dump(self.kept, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(KEPT)

    def begin(self, url: str, key: str) -> None:
        salt = written(secrets.token_bytes(16))
        self.kept = {"url": url.rstrip("/"), "key": key, "device": DEVICE, "door": DOOR, "salt": salt}
        self.kept |= {"next": 1, "queue": [], "inside": {}, "screenings": [], "list": None, "etag": ""}
        self.save()

    # With a network.

    def ask(self, path: str, body: Any = None, **headers: str) -> tuple[int, Any, str]:
        """Status, JSON and ETag of an answer."""
        request = urllib.request.Request(f"{self.kept['url']}/api/v1/door/{path}", headers=headers)
        request.add_header("Authorization", f"Bearer {self.kept['key']}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.load(answer), answer.headers.get("ETag", "")
        except urllib.error.HTTPError as error:
            text = error.read()
            return error.code, json.loads(text) if text else None, ""
        except OSError as error:
            sys.exit(f"No network ({error}). {len(self.kept['queue'])} scans wait.")

    def show_screenings(self) -> None:
        for one in expect(self.ask("screenings"))["screenings"]:
            cancelled = "  CANCELLED" if one["cancelled"] else ""
            print(f"{one['id']}\t{one['starts_at']}\t{one['hall']}\t{one['film']}{cancelled}")

    def take(self, screenings: list[int]) -> None:
        """Download the list; where nothing has changed there is nothing to download."""
        if screenings != self.kept["screenings"]:
            self.kept |= {"screenings": screenings, "etag": ""}
        ids = ",".join(map(str, screenings))
        known = {"If-None-Match": self.kept["etag"]} if self.kept["etag"] else {}
        answer = self.ask(f"list?screenings={ids}&salt={self.kept['salt']}", **known)
        if answer[0] != 304:
            self.kept |= {"list": expect(answer), "etag": answer[2]}
        if not self.kept["queue"]:
            # Whoever this device let in stands in the list by now.
            self.kept["inside"] = {}
        self.save()
        tickets = sum(len(screening["tickets"]) for screening in self.kept["list"]["screenings"])
        print(f"{tickets} tickets of {len(self.kept['list']['screenings'])} screenings")

    def settle(self) -> None:
        """Tell the queue, in its order. What got no answer stays in it, and is told again under the same numbers."""
        settled = conflicts = 0
        while self.kept["queue"]:
            batch = self.kept["queue"][:BATCH]
            told = {key: self.kept[key] for key in ("device", "door", "screenings")}
            answers = expect(self.ask("scans", {**told, "device_now": now(), "scans": batch}))["answers"]
            for answer in answers:
                settled += 1
                if answer["result"] == "conflict":
                    conflicts += 1
                    where = (
                        f", first at {answer['first_door']} {answer['first_at']}"
                        if answer["first_at"]
                        else ""
                    )
                    print(f"conflict: {answer['seat'] or 'no ticket'}{where}")
            self.kept["queue"] = self.kept["queue"][len(batch) :]
            self.save()
        print(f"{settled} settled, {conflicts} conflicts")
        self.take(self.kept["screenings"])

    # Without one.

    def scan(self, code: str) -> str:
        """Decide about a code, write down whoever is let in, and say it."""
        result, seat, ticket = self.decide(code.strip())
        if result == "welcome":
            self.kept["inside"][ticket] = {"sequence": self.kept["next"], "seat": seat}
            self.write_down({"deed": "scan", "code": code.strip()})
        return f"{result}\t{seat}".strip()

    def decide(self, code: str) -> tuple[str, str, str]:
        """What a code is worth by the list, the signature and what this device did; the seat; the ticket's hash."""
        read = read_code(code)
        if read is None:
            return "unknown", "", ""
        ticket_id, screening, seat, key_id, signature = read
        genuine = signature != "" and self.is_genuine(ticket_id, screening, seat, key_id, signature)
        if signature and not genuine:
            return "unknown", "", ""
        ticket = self.hashed(ticket_id)
        if ticket in self.kept["inside"]:
            return "already_in", self.kept["inside"][ticket]["seat"], ticket
        for listed in self.kept["list"]["screenings"]:
            for row in listed["tickets"]:
                if row[0] == ticket:
                    return judged(row), row[2], ticket
        if not genuine:
            # It proves nothing by itself, and nobody knows it.
            return "unknown", "", ""
        # Sold since the list was taken, or for another door.
        return ("welcome" if screening in self.kept["screenings"] else "other_screening"), seat, ticket

    def is_genuine(self, ticket_id: str, screening: int, seat: str, key_id: str, signature: str) -> bool:
        key = self.kept["list"]["keys"].get(key_id)
        if key is None:
            return False
        message = f"matinee-ticket 1\n{ticket_id}\n{screening}\n{seat}".encode()
        try:
            Ed25519PublicKey.from_public_bytes(raw(key)).verify(raw(signature), message)
        except InvalidSignature:
            return False
        # In one way alone: the last character has bits that decoding passes over.
        return written(raw(signature)) == signature

    def hashed(self, ticket_id: str) -> str:
        return written(hashlib.sha256(raw(self.kept["salt"]) + ticket_id.encode()).digest()[:16])

    def undo(self) -> str:
        if not self.kept["inside"]:
            return "nothing_to_undo"
        _, last = self.kept["inside"].popitem()
        self.write_down({"deed": "undo", "undoes": last["sequence"]})
        return f"undone\t{last['seat']}"

    def write_down(self, deed: dict[str, Any]) -> None:
        """Give it the next number, and put it where it waits."""
        self.kept["queue"].append({"sequence": self.kept["next"], "at": now(), "offline": True, **deed})
        self.kept["next"] += 1
        self.save()


def judged(row: list[Any]) -> str:
    """By a row of the list: hash, order, seat, type, state, when it came in, door."""
    if row[4] != "valid":
        return str(row[4])
    return "already_in" if row[5] else "welcome"


def read_code(text: str) -> tuple[str, int, str, str, str] | None:
    """Ticket, screening, seat, key and signature; a ticket's id alone has none of the others. None for all else."""
    if len(text) > CODE_CHARACTERS_MAX or not text.isprintable():
        return None
    if text.isascii() and TICKET_ID.fullmatch(text.upper()):
        return text.upper(), 0, "", "", ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    path, signed = PATH.search(parts.path), SIGNED.fullmatch(parts.query)
    if parts.scheme not in ("http", "https") or path is None or (parts.query and signed is None):
        return None
    if signed is None:
        return path[1].upper(), 0, "", "", ""
    return path[1].upper(), int(signed[2]), unquote(signed[3]), signed[1], signed[4]


def expect(answer: tuple[int, Any, str]) -> Any:
    if answer[0] != 200:
        sys.exit(f"{answer[0]}: {answer[1]['detail']}")
    return answer[1]


def written(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def now() -> str:
    return datetime.now(UTC).isoformat()


def main(deed: str = "", *rest: str) -> None:
    scanner = Scanner()
    if deed == "begin":
        scanner.begin(*rest)
    elif not scanner.kept or deed not in ("screenings", "take", "scan", "undo", "settle"):
        sys.exit(__doc__)
    elif deed == "screenings":
        scanner.show_screenings()
    elif deed == "take":
        scanner.take([int(one) for one in rest])
    elif deed == "settle":
        scanner.settle()
    elif scanner.kept["list"] is None:
        sys.exit("Take a list along first.")
    elif deed == "undo":
        print(scanner.undo())
    else:
        for code in rest or map(str.strip, sys.stdin):
            print(scanner.scan(code), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
