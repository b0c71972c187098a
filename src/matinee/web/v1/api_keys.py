"""GET and POST /api-keys, DELETE /api-keys/{key_id}"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from flask.views import MethodView
from pydantic import Field
from sqlalchemy.orm import Session

from matinee.accounts.api_keys import create_api_key, list_api_keys, revoke_api_key
from matinee.accounts.callers import Caller
from matinee.accounts.errors import ApiKeyNotFound, ScopeMissing, ScopeNotFound
from matinee.accounts.models import ApiKey
from matinee.web.shared.services import services
from matinee.web.v1.answers import NO_CONTENT, Answer, created
from matinee.web.v1.audited import write_audited
from matinee.web.v1.blueprint import PREFIX, v1
from matinee.web.v1.callers import needs
from matinee.web.v1.errors import InvalidValues
from matinee.web.v1.idempotency import idempotent
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.shapes import Shape
from matinee.web.v1.tags import KEYS
from matinee.web.v1.values import Text, Values, When

EXAMPLE = {
    "id": "7KQ2MX9RT4WA",
    "name": "Website",
    "hint": "x7Qb",
    "scopes": ["sales"],
    "created_at": "2030-05-17T09:00:00Z",
    "expires_at": None,
    "last_used_at": None,
}


class ApiKeyShape(Shape, example=EXAMPLE):
    """A key with which a program calls."""

    id: str
    name: str
    hint: str = Field(description="The last characters of the key, by which people tell keys apart.")
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="To the minute.")


class NewApiKeyShape(ApiKeyShape, example={**EXAMPLE, "key": "mk_4fE9kZ2mQ7tR1wX8bN3vC6yH5jL0pSx7Qb"}):
    """A key that was made just now."""

    key: str = Field(description="The key itself. It is shown this once.")


class ApiKeyList(Shape, example={"items": [EXAMPLE]}):
    """Every key that is in use."""

    items: list[ApiKeyShape]


class NewApiKey(Values, example={"name": "Website", "scopes": ["sales"]}):
    """What a new key is called, and what it may do."""

    name: Annotated[Text, Field(max_length=100)]
    scopes: Annotated[list[str], Field(min_length=1, max_length=20)]
    expires_at: When | None = None


def _told(key: ApiKey) -> dict[str, object]:
    return {
        "id": key.public_id,
        "name": key.name,
        "hint": key.hint,
        "scopes": key.scopes.split(),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
    }


class ApiKeys(MethodView):
    """The keys of the house."""

    @operation(
        "list_api_keys",
        tag=KEYS,
        access=needs("keys:write"),
        answers={200: Returns(ApiKeyList, "The keys, the newest first")},
    )
    def get(self) -> Answer:
        """List the API keys"""
        return services().transactions.read(
            lambda session: Answer(
                ApiKeyList(items=[ApiKeyShape.model_validate(_told(key)) for key in list_api_keys(session)])
            )
        )

    @operation(
        "create_api_key",
        tag=KEYS,
        access=needs("keys:write"),
        answers={201: Returns(NewApiKeyShape, "The key; keep it, it is not shown again")},
        refusals=(ScopeNotFound, ScopeMissing),
        keyed=True,
    )
    def post(self, body: NewApiKey, caller: Caller, now: datetime) -> Answer:
        """Make an API key

        It can have the scopes that its maker has, apart from `me`.
        """
        if body.expires_at is not None and body.expires_at <= now:
            raise InvalidValues([{"field": "expires_at", "message": "is not in the future"}])

        def make(session: Session) -> Answer:
            key, secret = create_api_key(
                session,
                name=body.name,
                scopes=body.scopes,
                creator=caller,
                expires_at=body.expires_at,
                now=now,
            )
            shape = NewApiKeyShape.model_validate({**_told(key), "key": secret})
            return created(shape, location=f"{PREFIX}/api-keys/{key.public_id}")

        return idempotent(make, caller=caller, now=now)


class OneApiKey(MethodView):
    """One key."""

    @operation(
        "revoke_api_key",
        tag=KEYS,
        access=needs("keys:write"),
        answers={204: Returns(None, "It is worthless now")},
        refusals=(ApiKeyNotFound,),
    )
    def delete(self, key_id: str, now: datetime) -> Answer:
        """Revoke an API key"""
        write_audited(lambda session: revoke_api_key(session, public_id=key_id, now=now))
        return NO_CONTENT


v1.add_url_rule("/api-keys", view_func=ApiKeys.as_view("api_keys"))
v1.add_url_rule("/api-keys/<key_id>", view_func=OneApiKey.as_view("api_key"))
