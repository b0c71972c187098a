from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.errors import LastManager, OwnManagerRole, RoleNotFound, SecondFactorOff, UserNotFound
from matinee.accounts.models import User, UserRole, UserSession
from matinee.accounts.roles import grant_role
from matinee.accounts.staff import change_roles, list_staff, member_to_change, turn_off_lost_second_factor
from matinee.outbox.models import Message
from matinee.web.shared.services import Services
from tests.building import NOW, Buyer, add_buyer

Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def write(services: Services) -> Write:
    return services.transactions.write


def staff(write: Write, name: str, *roles: str) -> Buyer:
    def work(session: Session) -> Buyer:
        member = add_buyer(session, name)
        for role in roles:
            grant_role(session, user=session.get_one(User, member.id), role=role)
        return member

    made: Buyer = write(work)
    return made


def change(write: Write, member: Buyer, *roles: str, by: Buyer) -> Any:
    return write(
        lambda s: change_roles(s, user=s.get_one(User, member.id), roles=frozenset(roles), by_user_id=by.id)
    )


def test_roles_come_and_go(write: Write) -> None:
    anna, bohdan = staff(write, "anna@x.org", "manager"), staff(write, "bohdan@x.org", "usher")
    came, went = change(write, bohdan, "counter", "auditor", by=anna)
    assert (came, went) == ({"counter", "auditor"}, {"usher"})
    found = {one.name: one for one in write(lambda s: list_staff(s, now=NOW))}
    assert found["bohdan@x.org"].roles == ("counter", "auditor")
    assert (found["anna@x.org"].sessions, found["anna@x.org"].last_session_at) == (1, NOW)
    with pytest.raises(RoleNotFound):
        change(write, bohdan, "king", by=anna)


def test_nobody_takes_his_own_role_of_a_manager_away(write: Write) -> None:
    anna = staff(write, "anna@x.org", "manager", "usher")
    staff(write, "bohdan@x.org", "manager")
    with pytest.raises(OwnManagerRole):
        change(write, anna, "usher", by=anna)
    assert change(write, anna, "manager", by=anna) == (set(), {"usher"})


def test_the_last_manager_stays_one(write: Write, buyer: Buyer) -> None:
    anna = staff(write, "anna@x.org", "manager")
    with pytest.raises(LastManager):
        change(write, anna, by=buyer)


def test_two_managers_who_unseat_each_other_at_once_leave_one(services: Services, write: Write) -> None:
    anna, bohdan = staff(write, "anna@x.org", "manager"), staff(write, "bohdan@x.org", "manager")
    both, outcomes = threading.Barrier(2), []

    def unseat(member: Buyer, by: Buyer) -> None:
        both.wait()
        try:
            outcomes.append(change(write, member, by=by))
        except LastManager as error:
            outcomes.append(error)
        finally:
            services.engine.dispose()

    threads = [threading.Thread(target=unseat, args=pair) for pair in ((anna, bohdan), (bohdan, anna))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(one).__name__ for one in outcomes) == ["LastManager", "tuple"]
    assert len(write(lambda s: s.scalars(select(UserRole)).all())) == 1


def test_a_lost_second_factor_is_turned_off_and_every_device_signed_out(write: Write) -> None:
    anna = staff(write, "anna@x.org", "manager")

    def work(session: Session) -> None:
        turn_off_lost_second_factor(session, user=session.get_one(User, anna.id), now=NOW)

    with pytest.raises(SecondFactorOff):
        write(work)

    def set_up(session: Session) -> None:
        user = session.get_one(User, anna.id)
        user.totp_secret, user.totp_confirmed_at = "secret", NOW - timedelta(days=1)

    write(set_up)
    write(work)
    user = write(lambda s: s.get_one(User, anna.id))
    assert (user.totp_secret, user.totp_confirmed_at) == (None, None)
    assert write(lambda s: s.scalars(select(UserSession)).all()) == []
    assert write(lambda s: s.scalars(select(Message.kind)).all()) == ["account_news"]


def test_a_moviegoer_is_no_member_of_the_staff(write: Write, buyer: Buyer) -> None:
    with pytest.raises(UserNotFound):
        write(lambda s: member_to_change(s, user_id=buyer.id))
    assert write(lambda s: list_staff(s, now=NOW)) == []
