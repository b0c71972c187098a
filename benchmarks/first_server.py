"""A baseline: a plain Flask server of the API as given, built as the first server of this API was.

`python -m benchmarks.first_server PORT FOLDER`

It is not Matinee, and no part of it: it keeps the schedule and the users in dictionaries, has one lock around a sale, writes
for each sale the QR picture into a file and its whole schedule, with the seats that are still free, into another, and is
run by Flask's own `app.run`. That is what such a server does, and nothing here is slower than it need be: no request is
logged, nothing waits for the disk, JSON is written by the quick encoder and the picture outside of the lock. What it does
not do is a part of the comparison, too: a sale may be lost where the machine stops, nothing is mailed, and a second process
would sell the same seats again.

FOLDER has `days.json` (date with dots -> films -> free seats) and `users.json` (user name -> token); pictures go into
`tikets`.
"""

from __future__ import annotations

import json
import logging
import secrets
import sys
import threading
from pathlib import Path
from typing import Any

import segno
from flask import Flask, Response, jsonify, request
from werkzeug.datastructures import Headers

DAYS, USERS, PICTURES = "days.json", "users.json", "tikets"


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


def first_server(folder: Path) -> Flask:
    """The application, with the state that the folder has."""
    app = Flask("first_server")
    days: dict[str, Any] = json.loads((folder / DAYS).read_text())
    users: dict[str, str] = json.loads((folder / USERS).read_text())
    pictures = folder / PICTURES
    pictures.mkdir(exist_ok=True)
    selling = threading.Lock()

    @app.get("/fullSchedule")
    def full_schedule() -> Response:
        return jsonify(
            message="success", schedule={_dashed(day): shown["films"] for day, shown in days.items()}
        )

    @app.get("/getDay")
    def get_day() -> Response:
        return jsonify(message="success", day=_films(days, request.args.get("date", "")))

    @app.post("/buyTicket")
    def buy_ticket() -> Response:
        asked = request.headers
        _check_user(users, asked)
        free = _free_seats(days, asked)
        number = asked.get("number", "")
        with selling:
            if not number.isdecimal() or int(number) not in free:
                raise Refused("Seat not found", 404)
            free.remove(int(number))
            (folder / DAYS).write_text(json.dumps(days))
        ticket = secrets.token_hex(8)
        url = f"{request.host_url}tikets/{ticket}.png"
        segno.make(url, micro=False).save(str(pictures / f"{ticket}.png"), scale=10)
        sold = {name: asked[name] for name in ("date", "title", "time", "number")}
        return jsonify(message="Ticket bought successfully", data={**sold, "id": ticket, "urltoqr": url})

    @app.errorhandler(Refused)
    def refuse(refused: Refused) -> tuple[Response, int]:
        return jsonify(message=refused.message), refused.status

    return app


def _check_user(users: dict[str, str], asked: Headers) -> None:
    user = asked.get("username", "")
    if user not in users:
        raise Refused("User not found", 404)
    if asked.get("token") != users[user]:
        raise Refused("Wrong token or session expired", 400)


def _films(days: dict[str, Any], date: str) -> list[dict[str, Any]]:
    shown = days.get(date.replace("-", "."))
    if shown is None:
        raise Refused("Date not found", 404)
    films: list[dict[str, Any]] = shown["films"]
    return films


def _free_seats(days: dict[str, Any], asked: Headers) -> list[int]:
    named = [film for film in _films(days, asked.get("date", "")) if film["title"] == asked.get("title")]
    if not named:
        raise Refused("Title not found", 404)
    for film in named:
        if film["beginTime"] == asked.get("time"):
            free: list[int] = film["aviableTikets"]
            return free
    raise Refused("Time not found", 404)


def _dashed(date: str) -> str:
    return date.replace(".", "-")


if __name__ == "__main__":
    port, folder_name = sys.argv[1:]
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    first_server(Path(folder_name)).run(port=int(port), threaded=True)
