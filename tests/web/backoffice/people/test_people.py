from __future__ import annotations

import csv
import io

import pytest
from sqlalchemy import select

from matinee.accounts.models import Invitation, User, UserSession
from matinee.outbox.models import Message
from matinee.web.shared.services import Services
from tests.building import NOW, on_one_database
from tests.web.backoffice.conftest import Office, OpenOffice

PEOPLE = "/backoffice/people"


def user_id(services: Services, name: str) -> int:
    wanted = select(User.id).where(User.username == name)
    return services.transactions.read(lambda s: s.scalars(wanted).one())


def person(services: Services, one: Office) -> str:
    return f"{PEOPLE}/{user_id(services, one.name)}"


def test_the_list_says_who_belongs_to_the_staff_and_how_they_sign_in(office: OpenOffice) -> None:
    manager = office("manager")
    office("counter", "usher")
    office()
    page = manager.get(PEOPLE).text
    assert "counter-usher@example.org" in page
    assert "nobody@example.org" not in page
    assert "counter-usher@example.org" not in manager.get(f"{PEOPLE}?role=auditor").text
    assert "counter-usher@example.org" in manager.get(f"{PEOPLE}?role=usher&factor=none").text
    rows = list(csv.reader(io.StringIO(manager.get(f"{PEOPLE}?format=csv").data.decode("utf-8-sig"))))
    assert rows[1][:3] == ["counter-usher@example.org", "Counter, Usher", "None"]


def test_a_manager_gives_and_takes_roles(office: OpenOffice, services: Services) -> None:
    manager, usher = office("manager"), office("usher")
    assert usher.get(PEOPLE).status_code == 403
    path = person(services, usher)
    answer = manager.post(f"{path}/roles", {"role": ["usher", "manager"]})
    assert answer.status_code == 303
    assert usher.get(PEOPLE).status_code == 200
    assert (
        "does not belong to the staff any more" in manager.post(f"{path}/roles", follow_redirects=True).text
    )
    assert usher.get("/backoffice/").status_code == 403
    assert manager.trail() == [("staff.roles", path.replace(f"{PEOPLE}/", "user:"))] * 2


def test_a_manager_stays_one_by_his_own_hand(office: OpenOffice, services: Services) -> None:
    manager = office("manager")
    page = manager.post(f"{person(services, manager)}/roles", {"role": "usher"}, follow_redirects=True).text
    assert "Another manager does it" in page
    assert manager.get(PEOPLE).status_code == 200
    assert manager.trail() == []


def test_somebody_is_signed_out_everywhere_and_gets_a_mail_for_a_new_password(
    office: OpenOffice, services: Services
) -> None:
    manager, usher = office("manager"), office("usher")
    path = person(services, usher)
    assert manager.post(f"{path}/reset").status_code == 303
    mails = services.transactions.read(lambda s: s.scalars(select(Message)).all())
    assert [(mail.kind, mail.recipient) for mail in mails] == [("reset_password", usher.name)]
    assert manager.post(f"{path}/sign-out").status_code == 303
    assert "/sign-in" in usher.get("/backoffice/").headers["Location"]
    assert [action for action, _subject in manager.trail()] == ["staff.reset_mail", "staff.sign_out"]


def test_a_lost_second_factor_is_turned_off_once_the_address_was_typed(
    office: OpenOffice, services: Services
) -> None:
    manager, usher = office("manager"), office("usher")
    path = f"{person(services, usher)}/second-factor"

    def turn_on(session) -> None:
        session.scalars(select(User).where(User.username == usher.name)).one().totp_secret = "s"
        session.scalars(select(User).where(User.username == usher.name)).one().totp_confirmed_at = NOW

    services.transactions.write(turn_on)
    assert usher.name in manager.get(path).text
    assert "Nothing was changed" in manager.post(path, {"typed": "yes"}, follow_redirects=True).text
    assert (
        "every device is signed out" in manager.post(path, {"typed": usher.name}, follow_redirects=True).text
    )
    left = services.transactions.read(lambda s: len(s.scalars(select(UserSession)).all()))
    assert left == 1, "the manager's own"
    assert manager.post(path, {"typed": usher.name}).status_code == 409
    assert [action for action, _subject in manager.trail()] == ["staff.second_factor_off"]


def test_a_manager_invites_sends_again_and_takes_back(office: OpenOffice, services: Services) -> None:
    manager = office("manager")
    page = manager.post(
        f"{PEOPLE}/invite",
        {"email": " Olena@Example.org ", "role": ["usher", "counter"]},
        follow_redirects=True,
    ).text
    assert "olena@example.org" in page
    made = services.transactions.read(lambda s: s.scalars(select(Invitation)).one())
    assert (made.roles, made.invited_by) == ("counter usher", manager.name)
    path = f"{PEOPLE}/invitations/{made.id}"
    assert manager.post(f"{path}/resend").status_code == 303
    assert manager.post(f"{path}/revoke").status_code == 303
    assert manager.post(f"{path}/revoke").status_code == 404
    assert "olena@example.org" not in manager.get(PEOPLE).text.partition("Invitations that wait")[2]
    subject = f"invitation:{made.id}"
    assert manager.trail() == [
        ("invitation.create", subject), ("invitation.resend", subject), ("invitation.revoke", subject),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"email": "nobody", "role": "usher"}, "This is no mail address"),
        ({"email": "olena@example.org"}, "Choose a role"),
        ({"email": "olena@example.org", "role": "king"}, "no such role"),
        ({"email": "manager@example.org", "role": "usher"}, "member of the staff already"),
        ({"email": "a\0b@example.org", "role": "usher"}, "This is no mail address"),
    ],
)
@on_one_database
def test_the_form_comes_again_with_what_is_wrong(
    office: OpenOffice, fields: dict[str, str], said: str
) -> None:
    answer = office("manager").post(f"{PEOPLE}/invite", fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="usher" checked' in answer.text or fields.get("role") != "usher"


@on_one_database
def test_whoever_is_no_member_of_the_staff_is_not_there(office: OpenOffice, services: Services) -> None:
    manager, nobody = office("manager"), office()
    for path in (person(services, nobody), f"{PEOPLE}/2147483647", f"{PEOPLE}/99999999999"):
        assert manager.get(path).status_code == 404, path
    assert manager.post(f"{person(services, nobody)}/roles", {"role": "manager"}).status_code == 404
