"""A ticket as PDF, in a calendar, in a wallet"""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from tests.boxoffice.selling import Sale
from tests.building import on_one_database
from tests.tickets.test_wallets import ISSUER, Keys, keys
from tests.web.conftest import OpenApp
from tests.web.site.tickets.conftest import Bought

__all__ = ["keys"]


@on_one_database
@pytest.mark.parametrize(("size", "width_mm"), [("a4", 210), ("phone", 90), ("poster", 210)])
def test_a_ticket_is_had_as_pdf_by_whoever_knows_its_id(
    client: FlaskClient, bought: Bought, size: str, width_mm: int
) -> None:
    answer = client.get(f"/tickets/{bought.ids['A1']}.pdf?size={size}")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert "no-store" in answer.headers["Cache-Control"]
    (page,) = pypdfium2.PdfDocument(answer.data)
    assert round(page.get_width() * 25.4 / 72) == width_mm


def test_all_tickets_of_an_order_are_its_owners(client: FlaskClient, bought: Bought) -> None:
    path = f"/orders/{bought.code}/tickets.pdf"
    assert client.get(path).status_code == 404
    bought.own()
    assert len(pypdfium2.PdfDocument(client.get(path).data)) == 2
    bought.post("hand-overs", ticket=bought.ids["A1"], email="friend@example.org")
    document = pypdfium2.PdfDocument(client.get(path).data)
    assert [bought.ids["A2"] in page.get_textpage().get_text_range() for page in document] == [True]
    bought.sale.refund(bought.order_id)
    assert client.get(path).status_code == 404


@on_one_database
def test_the_screening_goes_into_a_calendar(client: FlaskClient, bought: Bought) -> None:
    answer = client.get(f"/tickets/{bought.ids['A1']}.ics")
    assert answer.mimetype == "text/calendar"
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert str(event["summary"]) == "Café"
    assert bought.ids["A1"] in str(event["url"])
    # The same entry as that of the mail.
    assert str(event["uid"]) == f"{bought.code}@testserver"


@on_one_database
def test_without_keys_there_are_no_wallets(client: FlaskClient, bought: Bought) -> None:
    ticket_id = bought.ids["A1"]
    assert "Wallet" not in client.get(f"/tickets/{ticket_id}").text
    for path in (".pkpass", "/google-wallet"):
        assert client.get(f"/tickets/{ticket_id}{path}").status_code == 404


@on_one_database
def test_with_keys_a_ticket_goes_into_both_wallets(
    sale: Sale, open_app: OpenApp, bought: Bought, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    apple = {f"apple_pass_{name}": value for name, value in keys.apple().items()}
    app = open_app(**apple, google_wallet_key=str(keys.google), google_wallet_issuer_id=ISSUER)
    client = app.test_client()
    # The clock of these tests stands when the certificates are over.
    wallet = app.extensions["matinee"].wallets.apple
    monkeypatch.setattr(type(wallet), "is_valid", lambda self, now: True)
    ticket_id = bought.ids["A1"]
    page = client.get(f"/tickets/{ticket_id}").text
    assert "Add to Apple Wallet" in page
    assert "Add to Google Wallet" in page
    pkpass = client.get(f"/tickets/{ticket_id}.pkpass")
    assert (pkpass.status_code, pkpass.mimetype) == (200, "application/vnd.apple.pkpass")
    assert pkpass.data.startswith(b"PK")
    google = client.get(f"/tickets/{ticket_id}/google-wallet")
    assert google.status_code == 303
    assert google.headers["Location"].startswith("https://pay.google.com/gp/v/save/ey")
    bought.sale.refund(bought.order_id)
    for path in (".pkpass", "/google-wallet"):
        assert client.get(f"/tickets/{ticket_id}{path}").status_code == 409


@on_one_database
def test_a_pass_is_not_offered_when_its_certificate_is_over(
    open_app: OpenApp, bought: Bought, keys: Keys, tmp_path: Path
) -> None:
    app = open_app(**{f"apple_pass_{name}": value for name, value in keys.apple().items()})
    # These certificates end long before the day at which the clock stands.
    assert "Apple Wallet" not in app.test_client().get(f"/tickets/{bought.ids['A1']}").text
    assert app.test_client().get(f"/tickets/{bought.ids['A1']}.pkpass").status_code == 404
