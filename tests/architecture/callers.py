"""Everybody who may come to a door of Matinee: nobody, a moviegoer, each role, and programs with each scope."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matinee.accounts.api_keys import create_api_key
from matinee.accounts.callers import Caller as Creator
from matinee.accounts.models import ROLES, User
from matinee.accounts.roles import grant_role
from matinee.accounts.scopes import PERSONAL, SCOPES, scopes_of_roles
from matinee.web.shared.services import services_of
from tests.building import NOW, add_buyer

NOBODY, BUYER, EVERY_KEY = "nobody", "buyer", "key with every scope"
KEY = "key: "
# Whoever is known by a cookie alone may only look, where programs call.
COOKIE = "manager by cookie"
PEOPLE = (NOBODY, BUYER, *ROLES)
KEYS = tuple(f"{KEY}{scope}" for scope in SCOPES if scope not in PERSONAL)
CALLERS_OF_PAGES = (*PEOPLE, EVERY_KEY)
CALLERS_OF_V1 = (*PEOPLE, COOKIE, *KEYS)


@dataclass(frozen=True)
class Caller:
    """Somebody with a browser or a program."""

    name: str
    client: FlaskClient
    headers: dict[str, str]
    roles: frozenset[str]
    # For programs, and for sessions that are sent as programs send them.
    scopes: frozenset[str]
    signed_in: bool
    username: str = ""
    token: str = ""

    @cached_property
    def forgery_token(self) -> str:
        """The token against forged requests of this browser's pages."""
        page = self.client.get("/orders", headers={"Accept": "text/html"}).text
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found, page[:500]
        return found[1]


def browser_of(app: APIFlask, name: str) -> Caller:
    """One of CALLERS_OF_PAGES: people with the cookie of their session, the program with its key."""
    client = app.test_client()
    if name == EVERY_KEY:
        return _program(app, name, sorted(set(SCOPES) - PERSONAL))
    if name == NOBODY:
        return Caller(name, client, {}, frozenset(), frozenset(), signed_in=False)
    roles = frozenset({name}) & set(ROLES)
    username, token = _join(app, name, roles)
    client.set_cookie("token", token)
    return Caller(name, client, {}, roles, frozenset(), signed_in=True, username=username, token=token)


def program_of(app: APIFlask, name: str) -> Caller:
    """One of CALLERS_OF_V1: people with their session as a bearer token, programs with their key."""
    if name.startswith(KEY):
        return _program(app, name, [name.removeprefix(KEY)])
    if name == COOKIE:
        known = browser_of(app, "manager")
        return Caller(
            name,
            known.client,
            {},
            known.roles,
            scopes_of_roles(known.roles),
            True,
            known.username,
            known.token,
        )
    if name == NOBODY:
        return browser_of(app, name)
    roles = frozenset({name}) & set(ROLES)
    username, token = _join(app, name, roles)
    headers = {"Authorization": f"Bearer {token}"}
    return Caller(name, app.test_client(), headers, roles, scopes_of_roles(roles), True, username, token)


def _join(app: APIFlask, name: str, roles: frozenset[str]) -> tuple[str, str]:
    def store(session: Session) -> tuple[str, str]:
        member = add_buyer(session, f"{name}@example.org")
        for role in roles:
            grant_role(session, user=session.get_one(User, member.id), role=role)
        return member.username, member.token

    return services_of(app).transactions.write(store)


def _program(app: APIFlask, name: str, scopes: list[str]) -> Caller:
    creator = Creator(identity="test", name="test", scopes=frozenset(SCOPES))
    _, secret = services_of(app).transactions.write(
        lambda session: create_api_key(
            session, name=name, scopes=scopes, creator=creator, expires_at=None, now=NOW
        )
    )
    headers = {"Authorization": f"Bearer {secret}"}
    return Caller(name, app.test_client(), headers, frozenset(), frozenset(scopes), signed_in=True)
