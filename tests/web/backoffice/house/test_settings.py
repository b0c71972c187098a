from __future__ import annotations

import io

import pytest
from PIL import Image
from sqlalchemy import select

from matinee.accounts.models import AuditEntry
from matinee.programme.models import Cinema
from matinee.web.shared.services import Services
from tests.building import on_one_database
from tests.web.backoffice.conftest import CINEMA, Office, OpenOffice

SETTINGS = f"{CINEMA}/settings"
SAME = {
    "name": "Одеон", "address": "Volodymyrska 1, Kyiv", "phone": "", "email": "", "timezone": "Europe/Kyiv",
    "currency": "UAH", "accent_color": "", "booking_fee": "0.00", "booking_fee_per": "ticket", "orphan_rule": "1",
    "sells_priced_unpaid": "1", "selling_out_percent": "90", "companion_until_minutes": "60",
    "refund_until_minutes": "60", "counter_until_minutes": "30", "week_starts_on": "4", "adverts_minutes": "0",
}  # fmt: skip


def cinema(services: Services, slug: str = "odeon") -> Cinema:
    return services.transactions.read(lambda s: s.scalars(select(Cinema).where(Cinema.slug == slug)).one())


def entries(services: Services) -> list[AuditEntry]:
    return services.transactions.read(lambda s: list(s.scalars(select(AuditEntry).order_by(AuditEntry.id))))


def save(office: Office, **changed: str) -> str:
    fields = {name: value for name, value in {**SAME, **changed}.items() if value or name not in (
        "orphan_rule", "sells_priced_unpaid")}  # fmt: skip
    return office.post(SETTINGS, fields, follow_redirects=True).text


def test_what_is_different_is_changed_and_the_log_says_what_it_was(
    office: OpenOffice, services: Services
) -> None:
    manager = office("manager")
    page = save(
        manager, name="Odeon", booking_fee="12,50", booking_fee_per="order", orphan_rule="", week_starts_on="1",
        adverts_minutes="15", accent_color="#B3202A", email="office@odeon.example", refund_until_minutes="120",
    )  # fmt: skip
    assert "The settings are saved" in page
    found = cinema(services)
    assert (found.name, found.booking_fee_amount, found.booking_fee_per) == ("Odeon", 1250, "order")
    assert (found.orphan_rule, found.sells_priced_unpaid) == (False, True)
    assert (found.week_starts_on, found.adverts_minutes, found.accent_color) == (1, 15, "#b3202a")
    (row,) = entries(services)
    assert (row.action, row.subject, row.cinema_id) == ("cinema.change", "cinema:odeon", found.id)
    assert row.details["before"]["name"] == "Одеон"
    assert row.details["after"]["booking_fee_amount"] == 1250
    assert "address" not in row.details["after"], "only what is different"
    shown = manager.get(f"/backoffice/audit/{row.id}").text
    assert "Одеон" in shown
    assert "#b3202a" in shown
    assert f'href="{SETTINGS}"' in shown


def test_nothing_different_is_said_to_be(office: OpenOffice, services: Services) -> None:
    before = cinema(services)
    assert "Nothing was different" in save(office("manager"))
    assert cinema(services).booking_fee_amount == before.booking_fee_amount


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "required"),
        ("name", "a\0b", "cannot be shown"),
        ("name", "x" * 201, ""),
        ("booking_fee", "much", "no amount of money"),
        ("booking_fee", "1e400", "no amount of money"),
        ("booking_fee", "-1", "no amount of money"),
        ("booking_fee_per", "seat", "For each ticket"),
        ("selling_out_percent", "0", "from 1 to 100"),
        ("refund_until_minutes", "99999999999999", "whole number"),
        ("week_starts_on", "8", "from 1 to 7"),
        ("accent_color", "red", "#b3202a"),
        ("email", "nobody", "no mail address"),
        ("phone", "call me", "phone number"),
        ("timezone", "Moon/Sea", "no time zone"),
        ("currency", "euro", "no currency"),
    ],
)
@on_one_database
def test_what_cannot_be_is_said_at_its_field_and_what_was_typed_stays(
    office: OpenOffice, services: Services, field: str, value: str, said: str
) -> None:
    manager = office("manager")
    answer = manager.post(SETTINGS, {**SAME, "address": "Typed 1", field: value})
    assert answer.status_code == 422
    assert said in answer.text
    assert "Typed 1" in answer.text
    assert manager.trail() == []
    assert cinema(services).address == SAME["address"]


def test_the_time_zone_stays_once_there_are_screenings(office: OpenOffice, services: Services) -> None:
    answer = office("manager").post(SETTINGS, {**SAME, "timezone": "Europe/Berlin"})
    assert answer.status_code == 422
    assert cinema(services).timezone == "Europe/Kyiv"


def test_a_logo_comes_and_goes(office: OpenOffice, services: Services) -> None:
    manager = office("manager")
    drawn = io.BytesIO()
    # Of noise, so that it is larger than what other forms may be.
    Image.effect_noise((700, 700), 200).convert("RGB").save(drawn, "PNG")
    assert len(drawn.getvalue()) > 300_000
    drawn.seek(0)
    path = f"{SETTINGS}/logo"
    answer = manager.post(path, {"logo": (drawn, "logo.png")}, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text[:300]
    name = cinema(services).logo_name
    assert name is not None
    assert name in manager.get(SETTINGS).text
    assert manager.post(path, {"remove": "1"}).status_code == 303
    assert cinema(services).logo_name is None
    no_picture = {"logo": (io.BytesIO(b"hello"), "logo.png")}
    assert manager.post(path, no_picture, content_type="multipart/form-data").status_code == 422
    assert "Choose a picture first" in manager.post(path, follow_redirects=True).text
    assert manager.trail() == [("cinema.logo", "cinema:odeon")] * 2


def test_tax_counts_from_a_day_on_and_what_is_past_stays(office: OpenOffice) -> None:
    manager = office("manager")

    def add(day: str, rate: str) -> str:
        path = f"{SETTINGS}/tax"
        return manager.post(path, {"valid_from": day, "rate": rate}, follow_redirects=True).text

    assert "7.5 %" in add("2030-01-01", "7.5")
    assert "20 %" in add("2030-06-01", "20")
    assert "on a day that is past" in add("2030-05-16", "10")
    assert "A rate is 0 to 100" in add("2030-07-01", "much")
    assert manager.post(f"{SETTINGS}/tax", {"valid_from": "soon", "rate": "1"}).status_code == 400
    page = manager.post(f"{SETTINGS}/tax/2030-06-01/remove", follow_redirects=True).text
    assert "That rate is gone" in page
    assert "is past" in manager.post(f"{SETTINGS}/tax/2030-01-01/remove", follow_redirects=True).text
    assert manager.post(f"{SETTINGS}/tax/never/remove").status_code == 404
    assert [action for action, _ in manager.trail()] == ["tax_rate.add", "tax_rate.add", "tax_rate.remove"]


def test_a_cinema_is_added_and_its_settings_come_next(office: OpenOffice, services: Services) -> None:
    manager = office("manager")
    fields = {"name": "Rex", "slug": "rex", "timezone": "Europe/Berlin", "currency": "eur"}
    page = manager.post("/backoffice/cinemas/new", fields, follow_redirects=True).text
    assert "/backoffice/at/rex/settings" in page
    assert cinema(services, "rex").currency == "EUR"
    again = manager.post("/backoffice/cinemas/new", fields)
    assert (again.status_code, "short name already" in again.text) == (422, True)
    bad = manager.post("/backoffice/cinemas/new", {**fields, "slug": "Rex 2"})
    assert bad.status_code == 422
    assert manager.trail() == [("cinema.create", "cinema:rex")]


def test_managers_alone_change_settings(office: OpenOffice) -> None:
    for role in ("programmer", "counter", "usher", "auditor"):
        assert office(role).get(SETTINGS).status_code == 403
