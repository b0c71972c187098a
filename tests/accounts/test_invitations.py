from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.errors import (
    InvitationForAnother,
    InvitationNotFound,
    InvitationNotValid,
    InvitationOpen,
    NoRoles,
    RoleNotFound,
    StaffAlready,
    UserExists,
)
from matinee.accounts.invitations import (
    LIFETIME,
    accept_invitation,
    accept_with_new_account,
    invite,
    resend_invitation,
    revoke_invitation,
    waiting_invitations,
)
from matinee.accounts.mails import COMPOSERS
from matinee.accounts.models import AuditEntry, Invitation, Passkey, User, UserSession
from matinee.accounts.roles import grant_role, roles_of
from matinee.kernel.codes import hash_secret
from matinee.outbox.composing import MailContext
from matinee.outbox.errors import NothingToSend
from matinee.outbox.models import Message
from matinee.web.shared.services import Services
from tests.building import NOW, Buyer, add_buyer
from tests.tickets.seals import seal

EMAIL = "olena@example.org"
Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def write(services: Services) -> Write:
    return services.transactions.write


def asked(write: Write, *roles: str, email: str = EMAIL, language: str = "en") -> str:
    """Invite the address; return the code that was mailed."""
    write(
        lambda s: (
            invite(
                s,
                email=email,
                roles=roles or ("usher",),
                invited_by="anna@example.org",
                language=language,
                now=NOW,
            ).id
        )
    )
    return str(last_mail(write).payload["code"])


def last_mail(write: Write) -> Message:
    wanted = select(Message).where(Message.kind == "invitation").order_by(Message.id.desc())
    found: Message = write(lambda s: s.scalars(wanted).first())
    return found


def accept(write: Write, code: str, buyer: Buyer, after: timedelta = timedelta(0)) -> None:
    write(
        lambda s: (
            accept_invitation(
                s,
                code=code,
                user=s.get_one(User, buyer.id),
                session_hash=hash_secret(buyer.token),
                now=NOW + after,
            ).id
        )
    )


def roles(write: Write, user_id: int) -> list[str]:
    found: list[str] = write(lambda s: roles_of(s, user_id=user_id))
    return found


def test_who_was_invited_joins_with_the_account_of_that_address_once(write: Write) -> None:
    member = write(lambda s: add_buyer(s, EMAIL))
    code = asked(write, "counter", "usher")
    accept(write, code, member)
    assert roles(write, member.id) == ["counter", "usher"]
    with pytest.raises(InvitationNotValid):
        accept(write, code, member)
    row = write(lambda s: s.scalars(select(AuditEntry)).one())
    assert (row.actor, row.action, row.subject) == (EMAIL, "staff.join", f"user:{member.id}")


def test_nobody_else_can_accept_it(write: Write, buyer: Buyer) -> None:
    code = asked(write)
    with pytest.raises(InvitationForAnother):
        accept(write, code, buyer)
    assert roles(write, buyer.id) == []


def test_only_a_hash_of_the_code_is_kept(write: Write) -> None:
    code = asked(write)
    kept = write(lambda s: s.scalars(select(Invitation)).one())
    assert code not in (kept.code_hash, kept.email, kept.roles)
    assert kept.code_hash == hash_secret(code)


def test_it_is_good_until_it_expires_or_is_taken_back(write: Write) -> None:
    member = write(lambda s: add_buyer(s, EMAIL))
    code = asked(write)
    with pytest.raises(InvitationNotValid):
        accept(write, code, member, after=LIFETIME)
    (waiting,) = write(waiting_invitations)
    write(lambda s: revoke_invitation(s, invitation_id=waiting.id, now=NOW).id)
    with pytest.raises(InvitationNotValid):
        accept(write, code, member)
    with pytest.raises(InvitationNotFound):
        write(lambda s: resend_invitation(s, invitation_id=waiting.id, language="en", now=NOW))
    assert write(waiting_invitations) == []


def test_the_mail_that_is_sent_again_has_another_code_and_more_time(write: Write) -> None:
    member = write(lambda s: add_buyer(s, EMAIL))
    first = asked(write)
    (waiting,) = write(waiting_invitations)
    later = NOW + LIFETIME + timedelta(days=1)
    write(lambda s: resend_invitation(s, invitation_id=waiting.id, language="en", now=later).id)
    second = last_mail(write).payload["code"]
    with pytest.raises(InvitationNotValid):
        accept(write, first, member)
    accept(write, second, member, after=later - NOW)
    assert roles(write, member.id) == ["usher"]


def test_an_account_that_the_invitation_opens_is_confirmed_and_belongs_to_the_staff(write: Write) -> None:
    code = asked(write, "programmer")

    def join(session: Session) -> int:
        return accept_with_new_account(session, code=code, password_hash="x", language="uk", now=NOW).id

    user = write(lambda s: s.get_one(User, join(s)))
    assert (user.username, user.email_confirmed_at, user.language) == (EMAIL, NOW, "uk")
    assert roles(write, user.id) == ["programmer"]
    with pytest.raises(InvitationNotValid):
        write(join)


def test_an_account_that_is_there_is_not_opened_anew(write: Write) -> None:
    code = asked(write)
    write(lambda s: add_buyer(s, EMAIL))
    with pytest.raises(UserExists):
        write(lambda s: accept_with_new_account(s, code=code, password_hash="x", language="en", now=NOW))


def test_whoever_opened_an_account_with_an_address_not_his_keeps_no_way_in(write: Write) -> None:
    member = write(lambda s: add_buyer(s, EMAIL, confirmed=False))

    def strangers_ways(session: Session) -> None:
        session.add(
            UserSession(token_hash="his", user_id=member.id, created_at=NOW, expires_at=NOW + LIFETIME)
        )
        session.add(
            Passkey(user_id=member.id, credential_id="his", public_key=b"k", name="his", created_at=NOW)
        )

    write(strangers_ways)
    accept(write, asked(write), member)
    assert write(lambda s: s.scalars(select(UserSession.token_hash)).all()) == [hash_secret(member.token)]
    assert write(lambda s: s.scalars(select(Passkey)).all()) == []


def test_what_makes_no_sense_is_refused(write: Write, buyer: Buyer) -> None:
    def work(*wanted: str, email: str = EMAIL) -> None:
        write(lambda s: invite(s, email=email, roles=wanted, invited_by="a", language="en", now=NOW))

    with pytest.raises(NoRoles):
        work()
    with pytest.raises(RoleNotFound):
        work("usher", "king")
    write(lambda s: grant_role(s, user=s.get_one(User, buyer.id), role="usher"))
    with pytest.raises(StaffAlready):
        work("manager", email=buyer.username)
    asked(write)
    with pytest.raises(InvitationOpen):
        work("manager", email=EMAIL.upper())


@pytest.mark.parametrize(("language", "word"), [("en", "invites you"), ("uk", "")])
def test_the_mail_leads_to_the_page_in_its_language(write: Write, language: str, word: str) -> None:
    code = asked(write, language=language)
    message = last_mail(write)
    context = MailContext(base_url="https://odeon.example", now=NOW, seal=seal)
    mail = write(lambda s: COMPOSERS["invitation"](s, message.payload, context))
    link = f"https://odeon.example/{language}/invitation?code={code}"
    assert link in mail.text
    assert link in mail.html
    assert word in mail.text
    assert "anna@example.org" in mail.text
    (waiting,) = write(waiting_invitations)
    write(lambda s: revoke_invitation(s, invitation_id=waiting.id, now=NOW).id)
    with pytest.raises(NothingToSend):
        write(lambda s: COMPOSERS["invitation"](s, message.payload, context))
