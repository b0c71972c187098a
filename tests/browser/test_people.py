"""People of the house in a real browser: joining the staff, and a second factor that is required of it."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from matinee.kernel import clock
from matinee.settings import Settings
from tests.accounts.authenticator_app import code_at
from tests.browser.conftest import PHONE, OpenVisit, axe_violations
from tests.building import on_one_database

Mails = Callable[[], list[EmailMessage]]


def links(page: Page) -> list[str]:
    return page.get_by_role("navigation", name="Back office").get_by_role("link").all_inner_texts()


def test_somebody_who_is_invited_joins_and_sees_the_pages_of_the_role(
    open_staff: OpenVisit, open_visit: OpenVisit, mails: Mails
) -> None:
    manager = open_staff("manager").page()
    manager.goto("/backoffice/people")
    manager.get_by_role("link", name="Invite somebody").click()
    manager.get_by_label("Mail address").fill("olena@aurora.example")
    manager.get_by_label("Auditor").check()
    assert axe_violations(manager) == []
    manager.get_by_role("button", name="Send the invitation").click()
    manager.get_by_text("The invitation is on its way").wait_for()
    assert axe_violations(manager) == []

    (mail,) = mails()
    assert mail["To"] == "olena@aurora.example"
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    link = re.search(r"https?://\S+/invitation\?code=\S+", text)
    assert link is not None

    olena = open_visit(viewport=PHONE).page()
    olena.goto(link[0])
    assert "code=" not in olena.url
    assert axe_violations(olena) == []
    olena.get_by_label("Password", exact=True).fill("a long walk home")
    olena.get_by_role("button", name="Accept and open the account").click()
    olena.get_by_text("Welcome to the staff").wait_for()
    olena.get_by_text("Menu", exact=True).click()
    found = links(olena)
    assert "Audit log" in found
    assert "People" not in found

    manager.reload()
    manager.get_by_role("link", name="olena@aurora.example").click()
    manager.get_by_label("Auditor").uncheck()
    manager.get_by_role("checkbox", name=re.compile("^Counter")).check()
    manager.get_by_role("button", name="Save the roles").click()
    manager.get_by_text("The roles are changed").wait_for()
    assert axe_violations(manager) == []


@on_one_database
def test_settings_and_an_entry_of_the_log_are_accessible(open_staff: OpenVisit) -> None:
    page = open_staff("manager").page()
    page.goto("/backoffice/at/aurora/settings")
    assert axe_violations(page) == []
    page.get_by_label("The week begins on").select_option("Friday")
    page.get_by_role("button", name="Save the settings").click()
    page.get_by_text("The settings are saved").wait_for()
    page.goto("/backoffice/audit?action=cinema")
    assert axe_violations(page) == []
    page.locator("a.moment").first.click()
    page.get_by_role("heading", name="What it was and what it became").wait_for()
    assert axe_violations(page) == []


class TestWhereItIsRequired:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        """As of all browser tests, with a second factor for staff."""
        return Settings.model_validate({**settings.model_dump(), "staff_second_factor": "on"})

    @on_one_database
    def test_staff_without_a_second_factor_sets_one_up_and_goes_on(self, open_staff: OpenVisit) -> None:
        page = open_staff("manager").page()
        page.goto("/backoffice/people")
        page.get_by_text("The cinema asks its staff for a second factor").wait_for()
        assert axe_violations(page) == []
        page.get_by_role("button", name="Set it up").click()
        letters = page.locator(".letters code").inner_text().replace(" ", "")
        code = code_at(base64.b32decode(letters), clock.now())
        page.get_by_label("Code of the app").fill(code)
        page.get_by_role("button", name="Turn it on").click()
        page.wait_for_url("**/backoffice/people")
        expect(page.get_by_role("heading", name="People")).to_be_visible()
