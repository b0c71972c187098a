"""GET /confirmEmail, and the page's POST"""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from matinee.accounts.codes import WRONG_TRIES_MAX
from matinee.accounts.models import UserCode
from matinee.accounts.throttling import LIMITS
from matinee.web.shared.services import Services
from tests.building import NOW, Buyer, add_buyer, clock_at, mail_kinds, mailed_codes, on_one_database
from tests.web.conftest import OpenApp

USERNAME = "new@example.com"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
SENT = (200, {"message": "Email sent successfully"})
CONFIRMED = (200, {"message": "Email confirmed"})
NOT_CONFIRMED = (200, {"message": "Email not confirmed"})
WRONG = (400, {"message": "Wrong code"})
ALREADY = (400, {"message": "Email already confirmed"})
UNKNOWN = (404, {"message": "User not found"})


@pytest.fixture(autouse=True)
def newcomer(services: Services) -> Buyer:
    return services.transactions.write(lambda session: add_buyer(session, USERNAME, confirmed=False))


def ask(client: FlaskClient, code: str | None = None, username: str = USERNAME) -> tuple[int, object]:
    query = {"username": username} | ({} if code is None else {"code": code})
    answer = client.get("/confirmEmail", query_string=query)
    return answer.status_code, answer.json


def get_code(client: FlaskClient, services: Services) -> str:
    assert ask(client) == SENT
    return services.transactions.read(mailed_codes)[-1]


def test_without_a_code_one_is_mailed(client: FlaskClient, services: Services) -> None:
    assert ask(client) == SENT
    assert services.transactions.read(mail_kinds) == ["confirm_email"]
    assert ask(client, "-1") == NOT_CONFIRMED


def test_the_code_confirms_and_works_once(client: FlaskClient, services: Services) -> None:
    code = get_code(client, services)
    assert ask(client, code) == CONFIRMED
    assert ask(client, "-1") == CONFIRMED
    assert ask(client, code) == ALREADY


def test_a_code_may_be_typed_in_small_letters_and_with_blanks(
    client: FlaskClient, services: Services
) -> None:
    assert ask(client, f" {get_code(client, services).lower()} ") == CONFIRMED


def test_a_wrong_code_confirms_nothing(client: FlaskClient, services: Services) -> None:
    get_code(client, services)
    for code in ("123456", "0", "-2", "код", "a\x00"):
        assert ask(client, code) == WRONG
    assert ask(client, "-1") == NOT_CONFIRMED


def test_an_unknown_name_is_told_first(client: FlaskClient, buyer: Buyer) -> None:
    for code in (None, "-1", "123456"):
        assert ask(client, code, "nobody@example.com") == UNKNOWN


def test_a_confirmed_address_is_told_before_the_code_is_looked_at(
    client: FlaskClient, services: Services, buyer: Buyer
) -> None:
    assert ask(client, None, buyer.username) == ALREADY
    assert ask(client, "123456", buyer.username) == ALREADY
    assert ask(client, "-1", buyer.username) == CONFIRMED
    assert services.transactions.read(mail_kinds) == []


def test_after_five_wrong_tries_the_code_is_dead(client: FlaskClient, services: Services) -> None:
    code = get_code(client, services)
    for _ in range(WRONG_TRIES_MAX):
        assert ask(client, "WRONG") == WRONG
    assert ask(client, code) == WRONG
    # A new one is not burdened with that.
    assert ask(client, get_code(client, services)) == CONFIRMED


def test_after_four_wrong_tries_it_still_works(client: FlaskClient, services: Services) -> None:
    code = get_code(client, services)
    for _ in range(WRONG_TRIES_MAX - 1):
        assert ask(client, "WRONG") == WRONG
    assert ask(client, code) == CONFIRMED


def test_an_older_code_still_works(client: FlaskClient, services: Services) -> None:
    older = get_code(client, services)
    get_code(client, services)
    assert ask(client, older) == CONFIRMED


def test_a_code_is_valid_for_24_hours(client: FlaskClient, services: Services) -> None:
    code = get_code(client, services)
    with clock_at(NOW + timedelta(hours=24)):
        assert ask(client, code) == WRONG
    with clock_at(NOW + timedelta(hours=24) - timedelta(seconds=1)):
        assert ask(client, code) == CONFIRMED


def test_the_code_of_somebody_else_does_not_work(client: FlaskClient, services: Services) -> None:
    code = get_code(client, services)
    services.transactions.write(lambda session: add_buyer(session, "other@example.com", confirmed=False))
    assert ask(client, code, "other@example.com") == WRONG


def test_a_code_for_a_new_password_confirms_nothing(client: FlaskClient, services: Services) -> None:
    client.post("/forgotPassword", query_string={"username": USERNAME})
    (code,) = services.transactions.read(lambda session: mailed_codes(session, "reset_password"))
    assert ask(client, code) == WRONG


def test_codes_are_kept_as_hashes(client: FlaskClient, services: Services) -> None:
    code = get_code(client, services)
    kept = services.transactions.read(lambda session: session.scalars(select(UserCode)).one())
    assert code not in str(vars(kept))


@on_one_database
def test_missing_or_malformed_values(client: FlaskClient) -> None:
    for query in (
        {},
        {"username": "nobody"},
        {"username": USERNAME, "code": "x" * 101},
        {"username": USERNAME, "view": "x"},
    ):
        answer = client.get("/confirmEmail", query_string=query)
        assert (answer.status_code, answer.json["message"]) == (400, "Bad request")
        assert answer.json["detail"]


def test_head_changes_nothing(client: FlaskClient, services: Services) -> None:
    code = get_code(client, services)
    for query in ({"username": USERNAME}, {"username": USERNAME, "code": code}):
        answer = client.head("/confirmEmail", query_string=query)
        assert (answer.status_code, answer.data) == (200, b"")
    assert services.transactions.read(mail_kinds) == ["confirm_email"]
    assert ask(client, "-1") == NOT_CONFIRMED
    assert ask(client, code) == CONFIRMED


def test_whoever_merely_fetches_the_link_confirms_nothing(client: FlaskClient, services: Services) -> None:
    code = get_code(client, services)
    link = {"username": USERNAME, "code": code}
    for page in (
        client.get("/confirmEmail", query_string={**link, "view": "page"}),
        client.get("/confirmEmail", query_string=link, headers=BROWSER),
    ):
        assert (page.status_code, page.mimetype) == (200, "text/html")
        assert code in page.text
        assert 'method="post"' in page.text
    assert ask(client, "-1") == NOT_CONFIRMED


def test_the_button_of_the_page_confirms(client: FlaskClient, services: Services) -> None:
    form = {"username": USERNAME, "code": get_code(client, services)}
    page = client.post("/confirmEmail", data=form, headers=BROWSER)
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert ask(client, "-1") == CONFIRMED
    again = client.post("/confirmEmail", data=form, headers=BROWSER)
    assert (again.status_code, again.mimetype) == (400, "text/html")
    assert "Already confirmed" in again.text


@on_one_database
def test_a_wrong_code_on_the_page_gets_a_page(client: FlaskClient, services: Services) -> None:
    get_code(client, services)
    page = client.post("/confirmEmail", data={"username": USERNAME, "code": "WRONG"}, headers=BROWSER)
    assert (page.status_code, page.mimetype) == (400, "text/html")
    assert "Wrong code" in page.text


@on_one_database
def test_the_page_writes_what_it_was_given_as_text(client: FlaskClient) -> None:
    page = client.get(
        "/confirmEmail", query_string={"username": USERNAME, "code": '"><script>x</script>', "view": "page"}
    )
    assert "<script>x" not in page.text


def test_too_many_tries_and_mails_are_refused(open_app: OpenApp) -> None:
    client = open_app(ratelimit="on").test_client()
    for _ in range(LIMITS["try_code"][0].amount):
        assert ask(client, "WRONG") == WRONG
    for _ in range(LIMITS["send_code"][0].amount):
        assert ask(client) == SENT
    for code in ("WRONG", None):
        query = {"username": USERNAME} | ({"code": code} if code else {})
        answer = client.get("/confirmEmail", query_string=query)
        assert (answer.status_code, answer.json) == (429, {"message": "Too many attempts"})
        assert 0 < int(answer.headers["Retry-After"]) <= 3600
    # To ask is free.
    assert ask(client, "-1") == NOT_CONFIRMED
