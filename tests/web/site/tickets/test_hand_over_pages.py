"""What the owner of an order does with its tickets"""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from matinee.accounts.throttling import LIMITS
from matinee.door.admissions import admit_ticket
from tests.boxoffice.selling import GUEST
from tests.building import NOW, on_one_database
from tests.web.conftest import OpenApp
from tests.web.site.tickets.conftest import Bought

FRIEND = "friend@example.org"


def test_a_ticket_is_handed_over_and_taken_back(client: FlaskClient, bought: Bought) -> None:
    bought.own()
    first = bought.ids["A1"]
    answer = bought.post("hand-overs", ticket=first, email=" Friend@Example.org ")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/tickets/{first}")
    friends = bought.ids["A1"]
    page = client.get(f"/tickets/{first}").text
    assert f"The ticket is on its way to {FRIEND}." in page
    assert "You handed this ticket over to a friend" in page
    assert f"Seat A1: {FRIEND}" in page
    # The buyer does not learn the friend's id, from no page of his.
    for path in (f"/tickets/{first}", f"/tickets/{bought.ids['A2']}"):
        assert friends not in client.get(path).text
    answer = bought.post("take-backs", seat="A1")
    own = bought.ids["A1"]
    assert answer.headers["Location"] == f"/tickets/{own}"
    assert own not in (first, friends)
    assert "lets nobody in" in client.get(f"/tickets/{friends}").text
    assert bought.sale.mails()[-2:] == ["ticket_handed_over", "ticket_withdrawn"]


def test_the_friend_sees_the_ticket_and_nothing_of_the_order(client: FlaskClient, bought: Bought) -> None:
    bought.own()
    bought.post("hand-overs", ticket=bought.ids["A1"], email=FRIEND)
    with client.session_transaction() as kept:
        kept.clear()
    page = client.get(f"/tickets/{bought.ids['A1']}").text
    assert "Valid" in page
    for unsaid in (bought.code, FRIEND, bought.ids["A2"], "hand-overs"):
        assert unsaid not in page


@pytest.mark.parametrize("path", ["hand-overs", "take-backs", "mails"])
def test_strangers_can_do_none_of_it(client: FlaskClient, bought: Bought, path: str) -> None:
    ids = bought.ids
    mails = bought.sale.mails()
    bought.own()
    token = client.get(f"/tickets/{ids['A1']}").text.partition('name="csrf_token" value="')[2].split('"')[0]
    with client.session_transaction() as kept:
        del kept["orders"]
    answer = client.post(
        f"/orders/{bought.code}/{path}",
        data={"csrf_token": token, "ticket": ids["A1"], "seat": "A1", "email": FRIEND},
    )
    assert answer.status_code == 303
    assert (bought.ids, bought.sale.mails()) == (ids, mails)


@on_one_database
@pytest.mark.parametrize("path", ["hand-overs", "take-backs", "mails"])
def test_nothing_happens_without_the_token_of_the_page(
    client: FlaskClient, bought: Bought, path: str
) -> None:
    bought.own()
    answer = client.post(f"/orders/{bought.code}/{path}", data={"ticket": bought.ids["A1"], "email": FRIEND})
    assert answer.status_code == 400
    assert bought.sale.mails() == ["tickets"]


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("nobody", "This is no mail address."),
        (GUEST, "This is your own address."),
        ("", "This is no mail address."),
    ],
)
def test_an_address_that_is_none_or_ones_own_is_refused(
    client: FlaskClient, bought: Bought, email: str, said: str
) -> None:
    bought.own()
    ids = bought.ids
    answer = bought.post("hand-overs", ticket=ids["A1"], email=email)
    assert said in client.get(answer.headers["Location"]).text
    assert bought.ids == ids


def test_whoever_is_inside_does_not_hand_over(client: FlaskClient, bought: Bought) -> None:
    bought.own()
    ids = bought.ids
    bought.sale.write(lambda s: admit_ticket(s, ticket_id=ids["A1"], by="usher", now=NOW) and None)
    bought.post("hand-overs", ticket=ids["A1"], email=FRIEND)
    assert bought.ids == ids
    assert "Somebody came in with this ticket already." in client.get(f"/tickets/{ids['A2']}").text


def test_the_mail_is_sent_once_more(client: FlaskClient, bought: Bought) -> None:
    bought.own()
    back = f"/uk/tickets/{bought.ids['A1']}"
    answer = bought.post("mails", next=back)
    assert answer.headers["Location"] == back
    assert bought.sale.mails() == ["tickets", "tickets"]
    assert bought.post("mails", next="https://evil.example").headers["Location"] == f"/orders/{bought.code}"


def test_mails_are_not_sent_without_end(open_app: OpenApp, bought: Bought) -> None:
    bought.client = open_app(ratelimit="on").test_client()
    bought.own()
    most = LIMITS["send_code"][0].amount
    for _ in range(most + 2):
        bought.post("mails")
    assert bought.sale.mails() == ["tickets"] * (1 + most)
