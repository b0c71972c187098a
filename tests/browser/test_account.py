"""Accounts, as a person with a browser has them."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.accounts.passwords import Passwords
from matinee.accounts.roles import grant_role
from matinee.accounts.users import find_user, store_user
from matinee.kernel import clock
from matinee.settings import Settings
from tests.accounts.authenticator_app import code_at
from tests.browser.conftest import OpenVisit, Site, Visit, axe_violations

Mails = Callable[[], list[EmailMessage]]
ADDRESS, PASSWORD, OTHER_PASSWORD = "anna@example.org", "a long walk home", "another long walk"
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
pytestmark = on_one_database


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """As for all browsers, under a name: passkeys are not made for a number."""
    return settings.model_copy(update={"base_url": settings.base_url.replace("127.0.0.1", "localhost")})


@pytest.fixture
def member(site: Site) -> str:
    """The address of somebody who has a confirmed account."""

    def store(session: Session) -> None:
        password_hash = Passwords(cheap=True).hash(PASSWORD)
        user = store_user(session, username=ADDRESS, password_hash=password_hash, now=clock.now())
        user.email_confirmed_at = clock.now()

    site.services.transactions.write(store)
    return ADDRESS


def sign_in(page: Page, password: str = PASSWORD) -> None:
    page.goto("/sign-in")
    page.get_by_label("Mail address").fill(ADDRESS)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def body_of(mail: EmailMessage) -> str:
    text = mail.get_body(("plain",))
    assert text is not None
    return "\n".join(str(text.get_content()).splitlines())


def code_in(mail: EmailMessage) -> str:
    found = re.search(r"^    ([A-Z0-9]{6,})$", body_of(mail), re.MULTILINE)
    assert found is not None
    return found[1]


def link_in(mail: EmailMessage) -> str:
    found = re.search(r"^http\S+$", body_of(mail), re.MULTILINE)
    assert found is not None
    return found[0]


def with_authenticator(page: Page) -> tuple[CDPSession, str]:
    """A device that keeps passkeys, and lets its owner use them at once."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return session, made["authenticatorId"]


def test_one_registers_confirms_signs_out_and_in_again(page: Page, mails: Mails) -> None:
    page.goto("/sign-in")
    page.get_by_role("link", name="Open an account").click()
    page.get_by_label("Mail address").fill(ADDRESS)
    password = page.get_by_label("Password", exact=True)
    password.fill(PASSWORD)
    page.get_by_role("button", name="Show the password").click()
    expect(password).to_have_attribute("type", "text")
    page.get_by_role("button", name="Open the account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm your address")
    # The link of the mail, whose page has a button.
    page.goto(link_in(mails()[-1]))
    page.get_by_role("button", name="Confirm my address").click()
    expect(page.get_by_text("your address is confirmed")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    sign_in(page, "wrong")
    expect(page.get_by_role("alert")).to_be_focused()
    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("My tickets")


@pytest.mark.usefixtures("member")
def test_who_forgot_the_password_sets_another(open_visit: OpenVisit, mails: Mails) -> None:
    # Also without scripts.
    page = open_visit(java_script_enabled=False).page()
    page.goto("/sign-in")
    page.get_by_role("link", name="Forgot the password?").click()
    page.get_by_label("Mail address").fill(ADDRESS)
    page.get_by_role("button", name="Mail me a code").click()
    expect(page.get_by_text("a code is on its way to it")).to_be_visible()
    mail = mails()[-1]
    page.goto(link_in(mail))
    expect(page.get_by_label("Mail address")).to_have_value(ADDRESS)
    page.get_by_label("Code from the mail").fill(code_in(mail))
    page.get_by_label("New password").fill(OTHER_PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_text("Your new password is set.")).to_be_visible()
    sign_in(page, OTHER_PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("My tickets")


@pytest.mark.usefixtures("member")
def test_a_passkey_is_made_used_renamed_and_removed(visit: Visit, mails: Mails) -> None:
    page = visit.page()
    device, authenticator = with_authenticator(page)
    sign_in(page)
    page.goto("/account/settings")
    page.get_by_text("Add a passkey").click()
    passkeys = page.locator("#passkeys")
    passkeys.get_by_label("Name, as you like").fill("My phone")
    visit.expected = {403}
    passkeys.get_by_label("Your password").fill("wrong")
    passkeys.get_by_role("button", name="Make a passkey").click()
    expect(passkeys.get_by_text("This is not your password.")).to_be_visible()
    passkeys.get_by_label("Your password").fill(PASSWORD)
    passkeys.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_text("The passkey is kept.")).to_be_visible()
    assert len(device.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]) == 1
    assert mails()[-1]["Subject"] == "A passkey was added"

    page.goto("/account")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.goto("/sign-in?next=/account/settings")
    # The browser may offer it by itself, in the field of the address; else the button does.
    try:
        page.wait_for_url("**/account/settings", timeout=3_000)
    except PlaywrightTimeout:
        page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Settings")

    passkeys.get_by_text("Rename").click()
    passkeys.get_by_label("Name", exact=True).fill("Old phone")
    passkeys.get_by_role("button", name="Keep").click()
    expect(passkeys.get_by_text("Old phone").first).to_be_visible()
    passkeys.get_by_role("button", name="Remove Old phone").click()
    expect(page.get_by_text("The passkey is removed.")).to_be_visible()
    page.goto("/account")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in").click()
    # The device has it still; here it opens nothing.
    expect(page.get_by_text("This passkey did not work here.")).to_be_visible()


@pytest.mark.usefixtures("member")
def test_staff_turn_the_second_factor_on_and_sign_in_with_it(page: Page, site: Site) -> None:
    def employ(session: Session) -> None:
        grant_role(session, user=find_user(session, username=ADDRESS), role="manager")

    site.services.transactions.write(employ)
    sign_in(page)
    page.goto("/account/settings")
    page.get_by_role("link", name="Set it up").click()
    page.get_by_role("button", name="Set it up").click()
    letters = page.locator(".letters code").inner_text()
    secret = base64.b32decode(letters.replace(" ", ""))
    assert axe_violations(page) == []
    page.get_by_label("Code of the app").fill("000000")
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("alert")).to_contain_text("This code is wrong")
    page.get_by_label("Code of the app").fill(code_at(secret, clock.now()))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_text("The second factor is on.", exact=False).first).to_be_visible()

    def forget_the_step(session: Session) -> None:
        # The code of this half minute was taken; the next one is not waited for.
        find_user(session, username=ADDRESS).totp_last_step = None

    site.services.transactions.write(forget_the_step)
    page.goto("/account")
    page.get_by_role("button", name="Sign out").click()
    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    assert axe_violations(page) == []
    page.get_by_label("Code").fill(code_at(secret, clock.now()))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My tickets")


@pytest.mark.usefixtures("member")
def test_an_address_is_changed_by_the_code_that_went_to_the_new_one(page: Page, mails: Mails) -> None:
    sign_in(page)
    page.goto("/account/settings")
    page.get_by_text("Change the address").click()
    address = page.locator("#address")
    address.get_by_label("New mail address").fill("new@example.org")
    address.get_by_label("Your password").fill(PASSWORD)
    address.get_by_role("button", name="Mail a code to it").click()
    expect(page.get_by_text("A code is on its way to the new address.")).to_be_visible()
    mail = mails()[-1]
    assert mail["To"] == "new@example.org"
    address.get_by_label("Code from the mail").fill(code_in(mail))
    address.get_by_role("button", name="Take the new address").click()
    expect(address.get_by_text("new@example.org")).to_be_visible()
    assert {mail["To"] for mail in mails()} == {"new@example.org", ADDRESS}


@pytest.mark.usefixtures("member")
def test_one_takes_ones_data_along_and_leaves(page: Page, site: Site) -> None:
    sign_in(page)
    page.goto("/account/settings")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download my data").click()
    assert ADDRESS in Path(download.value.path()).read_text()
    page.get_by_role("link", name="Delete my account").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Delete my account for good").click()
    expect(page.get_by_text("Your account is deleted.")).to_be_visible()
    assert site.services.transactions.read(lambda session: session.query(User).count()) == 0


@pytest.mark.usefixtures("member")
@pytest.mark.parametrize("appearance", ["dark", "light"])
@pytest.mark.parametrize("language", ["en", "uk"])
def test_axe_finds_nothing_on_any_page_of_accounts(
    open_visit: OpenVisit, appearance: str, language: str
) -> None:
    visit = open_visit()
    visit.context.add_cookies([{"name": "appearance", "value": appearance, "url": visit.site.url}])
    page = visit.page()
    found: dict[str, list[str]] = {}

    def look(path: str) -> None:
        page.goto(f"/{language}{path}")
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        found[path] = axe_violations(page)

    for path in ("/sign-in", "/account/register", "/account/forgot", "/account/reset", "/confirm"):
        look(path)
    look("/confirm?username=anna@example.org&code=ABC")
    page.goto(f"/{language}/sign-in")
    page.locator("[name=username]").fill(ADDRESS)
    page.locator("[name=password]").fill("wrong")
    page.locator("form button.whole").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found["refused"] = axe_violations(page)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form button.whole").click()
    page.wait_for_url("**/account")
    for path in ("/account", "/account/settings", "/account/second-factor", "/account/delete"):
        look(path)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
