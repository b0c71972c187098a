"""Makes docs/pictures/ticket-mail.png: the mail with the tickets as a mail program shows it.

    python docs/pictures/ticket_mail.py [--width 640] [--out docs/pictures/ticket-mail.png]

Composes the mail as the worker does, from an order in a database of its own, and lets Chromium draw it.
"""

from __future__ import annotations

import argparse
import base64
import re
import shutil
import struct
import subprocess
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order, Ticket
from matinee.db.base import Base
from matinee.db.engine import prepare_engine
from matinee.outbox.composing import ComposedMail, MailContext
from matinee.programme.models import Cinema, Film, Hall, Screening, Seat
from matinee.tickets.mails import compose_tickets

HEIGHT_MAX = 4000
START = datetime(2027, 3, 12, 18, 30, tzinfo=UTC)


def main() -> None:
    """Draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=int, default=640)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("ticket-mail.png"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        mail = compose_example(Path(folder))
        page = Path(folder) / "mail.html"
        page.write_text(with_pictures(mail), encoding="utf-8")
        draw(page, arguments.out, arguments.width)
    print(f"{arguments.out}: {arguments.out.stat().st_size} bytes")  # noqa: T201


def compose_example(folder: Path) -> ComposedMail:
    """The mail of an invented order."""
    engine = create_engine(f"sqlite:///{folder / 'example.sqlite'}")
    prepare_engine(engine)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        order_id = store_order(session)
        context = MailContext(base_url="https://tickets.lantern.example", now=datetime.now(UTC))
        return compose_tickets(session, {"order_id": order_id}, context)


def store_order(session: Session) -> int:
    """Two seats for "Metropolis", to be paid at the counter."""
    cinema = Cinema(slug="lantern", name="The Lantern", address="12 Mill Lane, Harbour Quarter",
                    timezone="Europe/Berlin", currency="EUR")  # fmt: skip
    film = Film(title="Metropolis", duration_minutes=153, certificate="PG")
    hall = Hall(cinema=cinema, name="Great Hall")
    session.add_all([cinema, film, hall])
    session.flush()
    seats = [Seat(hall_id=hall.id, label=f"F{place}", row="F", place=str(place), x=place, y=5)
             for place in (11, 12)]  # fmt: skip
    screening = Screening(cinema_id=cinema.id, hall=hall, film=film, starts_at=START,
                          ends_at=START + timedelta(minutes=153), day=date(2027, 3, 12), time="19:30")  # fmt: skip
    session.add_all([screening, *seats])
    session.flush()
    order = Order(code="K7WQ3MXT9P", screening_id=screening.id, state="due", channel="given", seats_asked=2,
                  seats_claimed=2, total_amount=2300, currency="EUR", created_at=START - timedelta(days=3))  # fmt: skip
    session.add(order)
    session.flush()
    for seat, ticket_id in zip(seats, ("7QXJ2M4KPT9WB3ZR", "C8VY5NHD6LFS1GEA"), strict=True):
        session.add(Ticket(id=ticket_id, order_id=order.id, screening_id=screening.id, seat_id=seat.id,
                           state="valid", amount=1150, created_at=order.created_at))  # fmt: skip
    session.flush()
    return order.id


def with_pictures(mail: ComposedMail) -> str:
    """The HTML with its pictures inside, as a browser can show it."""
    pictures = {file.content_id: file for file in mail.attachments if file.content_id}

    def as_data(match: re.Match[str]) -> str:
        picture = pictures[match[1]]
        return f'"data:{picture.content_type};base64,{base64.b64encode(picture.content).decode()}"'

    return re.sub(r'"cid:([^"]+)"', as_data, mail.html)


def draw(page: Path, picture: Path, width: int) -> None:
    """Let Chromium draw `page`, as high as it is. Raises RuntimeError where there is no Chromium."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        raise RuntimeError("needs Chromium to draw the picture")
    common = [
        browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
        "--hide-scrollbars", f"--user-data-dir={page.parent / 'profile'}",
    ]  # fmt: skip
    # Chromium does not say how high the page is, so that the page says it itself, in its title.
    measuring = page.with_name("measure.html")
    script = "<script>document.title = 'high:' + document.documentElement.scrollHeight</script>"
    measuring.write_text(page.read_text(encoding="utf-8") + script, encoding="utf-8")
    dump = run([*common, f"--window-size={width},100", "--dump-dom", measuring.as_uri()])
    found = re.search(r"high:(\d+)", dump)
    if found is None:
        raise RuntimeError("Chromium did not say how high the page is")
    height = min(HEIGHT_MAX, int(found[1]))
    run([*common, f"--window-size={width},{height}", f"--screenshot={picture}", page.as_uri()])
    size = struct.unpack(">II", picture.read_bytes()[16:24])
    if size != (width, height):
        raise RuntimeError(f"Chromium drew {size}, not {(width, height)}")


def run(command: list[str]) -> str:
    """What the command printed. Raises subprocess.CalledProcessError."""
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    return done.stdout


if __name__ == "__main__":
    main()
