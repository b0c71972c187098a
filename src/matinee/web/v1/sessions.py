"""GET and POST /sessions, DELETE /sessions/{session_id}: signed-in devices"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from flask.views import MethodView
from pydantic import Field
from sqlalchemy.orm import Session

from matinee.accounts.callers import Caller
from matinee.accounts.errors import SessionNotFound, TooManyAttempts, WrongCode, WrongCredentials
from matinee.accounts.sessions import SESSION_ID_LENGTH, end_session, sessions_of
from matinee.kernel.codes import hash_secret
from matinee.web.shared.address import caller_address
from matinee.web.shared.services import services
from matinee.web.shared.signin import log_in, user_agent
from matinee.web.v1.answers import NO_CONTENT, Answer, created
from matinee.web.v1.blueprint import PREFIX, v1
from matinee.web.v1.callers import PUBLIC, needs
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.shapes import Shape
from matinee.web.v1.tags import ACCOUNT
from matinee.web.v1.values import Address, Code, Password, Values

CURRENT = "current"
EXAMPLE = {
    "id": "3f79bb7b435b0532",
    "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0)",
    "created_at": "2030-05-17T09:00:00Z",
    "expires_at": "2030-05-18T09:00:00Z",
    "current": True,
}
NEW_EXAMPLE = {
    "id": "3f79bb7b435b0532",
    "token": "rygtfcedxswzaq1234567890poiuytre",
    "expires_at": "2030-05-18T09:00:00Z",
}


class SessionShape(Shape, example=EXAMPLE):
    """A device that is signed in."""

    id: str
    user_agent: str = Field(description="What the device called itself.")
    created_at: datetime
    expires_at: datetime
    current: bool = Field(description="Whether it is this very session that asks.")


class SessionList(Shape, example={"items": [EXAMPLE]}):
    """The devices on which one is signed in."""

    items: list[SessionShape]


class NewSessionShape(Shape, example=NEW_EXAMPLE):
    """A session that began just now."""

    id: str
    token: str = Field(description="For the header `Authorization: Bearer ...`. It is shown this once.")
    expires_at: datetime


class Credentials(Values, example={"username": "user@example.com", "password": "mysecretpassword"}):
    """Who signs in."""

    username: Address
    password: Password


class SignIn(Credentials, example={**Credentials.example, "totp_code": "123456"}):
    """Who signs in, with the code of the second factor where one is on."""

    totp_code: Annotated[Code, Field(description="Six digits of the authenticator app.")] | None = None


def present_new_session(token: str, expires_at: datetime) -> NewSessionShape:
    """A new session, with its token."""
    return NewSessionShape(id=hash_secret(token)[:SESSION_ID_LENGTH], token=token, expires_at=expires_at)


class Sessions(MethodView):
    """Signing in, and where one is signed in."""

    @operation(
        "list_sessions",
        tag=ACCOUNT,
        access=needs("me"),
        answers={200: Returns(SessionList, "The sessions, the newest first")},
    )
    def get(self, caller: Caller, now: datetime) -> Answer:
        """List where one is signed in"""
        user_id = caller.known_user_id

        def read(session: Session) -> Answer:
            return Answer(
                SessionList(
                    items=[
                        SessionShape(
                            id=one.token_hash[:SESSION_ID_LENGTH],
                            user_agent=one.user_agent,
                            created_at=one.created_at,
                            expires_at=one.expires_at,
                            current=one.token_hash == caller.session_hash,
                        )
                        for one in sessions_of(session, user_id=user_id, now=now)
                    ]
                )
            )

        return services().transactions.read(read)

    @operation(
        "log_in",
        tag=ACCOUNT,
        access=PUBLIC,
        answers={201: Returns(NewSessionShape, "Signed in")},
        refusals=(WrongCredentials, WrongCode, TooManyAttempts),
        counted=False,
    )
    def post(self, body: SignIn, now: datetime) -> Answer:
        """Log in

        Starts a session, and gives the token with which the other calls are made. Where staff have a second factor, a
        session that began without `totp_code` has the scopes of a moviegoer.
        """
        service = services()
        service.throttle.count_attempt("login", account=body.username, address=caller_address())
        if body.totp_code is not None:
            service.throttle.count_attempt("try_code", account=body.username, address=caller_address())
        token, expires_at = log_in(
            service.transactions,
            service.passwords,
            username=body.username,
            password=body.password,
            lifetime=service.session_lifetime,
            now=now,
            user_agent=user_agent(),
            code=body.totp_code,
            box=service.secret_box,
        )
        service.throttle.forget_attempts("login", account=body.username)
        shape = present_new_session(token, expires_at)
        return created(shape, location=f"{PREFIX}/sessions/{shape.id}")


class OneSession(MethodView):
    """One signed-in device."""

    @operation(
        "log_out",
        tag=ACCOUNT,
        access=needs("me"),
        answers={204: Returns(None, "Signed out there")},
        refusals=(SessionNotFound,),
    )
    def delete(self, session_id: str, caller: Caller) -> Answer:
        """Log out

        `current` is the session that asks.
        """
        user_id = caller.known_user_id
        if session_id == CURRENT:
            session_id = (caller.session_hash or "")[:SESSION_ID_LENGTH]
        services().transactions.write(
            lambda session: end_session(session, user_id=user_id, session_id=session_id)
        )
        return NO_CONTENT


v1.add_url_rule("/sessions", view_func=Sessions.as_view("sessions"))
v1.add_url_rule("/sessions/<session_id>", view_func=OneSession.as_view("session"))
