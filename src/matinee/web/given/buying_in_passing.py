"""Single seats, sold without a thread and without the application for each of them.

Of a purchase as programs ask for it, with its values in the headers, the event loop itself reads the values, and lets one
statement sell to all who came at the same moment. What cannot be sold goes to the application, which says why. So does the
first purchase of each wording: the headers of the application's answer are then those of all that follow.
See docs/decisions/asgi-bridge.md.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from contextlib import AbstractContextManager, nullcontext
from functools import partial

from flask import Flask

from matinee.boxoffice.purchase_facts import Purchase, Sold
from matinee.boxoffice.purchases import purchase_seat_later
from matinee.db.direct import DirectConnections
from matinee.db.together import NoStandIn
from matinee.kernel import clock
from matinee.web.given.buy import BOUGHT, OneSeatValues, purchase_wanted, sold_ticket
from matinee.web.given.values import BadRequest, check_headers
from matinee.web.shared.asgi import Answer, AskApplication, Beforehand, Headers, Scope
from matinee.web.shared.bookkeeping import Bookkeeping
from matinee.web.shared.handing_back import HandingBack
from matinee.web.shared.services import services_of
from matinee.web.shared.wordings import (
    has_effect,
    headers_for_others,
    is_for_others,
    recall,
    remember,
    wording,
)

PATH = "/buyTicket"
# All of them together, in bytes. Three hundred letters that are percent-encoded may need 3,600; to decode as many as a
# header can have takes a fifth of a second, in which the event loop would answer nobody.
VALUES_MAX = 5000
_VALUES = {name.encode(): name for name in OneSeatValues.model_fields}
# It stands for what is left out, and such a request goes to the application.
_COOKIE = b"cookie"
# The answer may depend on these, but not on who asks. A request with any other goes to the application.
_IN_WORDING = frozenset(
    (b"host", b"connection", b"content-type", b"accept", b"accept-encoding", b"accept-language", b"origin",
     b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-port")
)  # fmt: skip


class BuyingInPassing:
    """What a bridge asks about each request that is for the application."""

    def __init__(
        self,
        app: Flask,
        direct: DirectConnections,
        *,
        bookkeeping: Bookkeeping,
        under_way: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        """`bookkeeping`: has each answer given here. `under_way`: entered for each request as long as it is under way."""
        self._json = app.json
        self._services = services_of(app)
        self._direct = direct
        self._bookkeeping = bookkeeping
        self._under_way = under_way
        self._hand_back = HandingBack()
        self._headers: dict[Hashable, Headers] = {}

    def __call__(self, scope: Scope, ask: AskApplication) -> Awaitable[Answer] | None:
        """The answer to a purchase of one seat, asked for in the usual way; None for everything else."""
        if scope["path"] != PATH or scope["method"] != "POST" or scope["query_string"]:
            return None
        told = _read(scope)
        if told is None:
            return None
        texts, others = told
        words = wording(scope, others)
        if words is None:
            return None
        headers = recall(self._headers, words)
        if headers is None:
            return self._learn(words, ask)
        purchase = _purchase(texts)
        return None if purchase is None else self._buy(scope, ask, purchase, headers)

    async def _learn(self, words: Hashable, ask: AskApplication) -> Answer:
        answer = await ask(None)
        if is_for_others(answer):
            headers = [header for header in headers_for_others(answer) if header[0] != b"content-length"]
            remember(self._headers, words, headers)
        return answer

    async def _buy(self, scope: Scope, ask: AskApplication, purchase: Purchase, headers: Headers) -> Answer:
        began = time.perf_counter()
        try:
            sold = await self._sell(purchase)
        except NoStandIn:
            return await ask(None)
        if not isinstance(sold, Sold):
            beforehand = Beforehand(began, refusal=sold)
            del sold  # from here on it is known there alone: see `take_refusal`
            return await ask(beforehand)
        data = sold_ticket(purchase, sold, base_url=self._services.base_url)
        # As the application's `response` would write it, which makes a whole response for that.
        text = self._json.dumps({"message": BOUGHT, "data": data}, separators=(",", ":"))
        body = f"{text}\n".encode()
        answer = 200, [*headers, (b"content-length", str(len(body)).encode())], body
        return self._bookkeeping.enter(scope, answer, seconds=time.perf_counter() - began)

    async def _sell(self, purchase: Purchase) -> Sold | Exception | None:
        became: asyncio.Future[Sold | Exception | None] = asyncio.get_running_loop().create_future()
        with self._under_way():
            purchase_seat_later(
                self._direct,
                self._services.version,
                purchase=purchase,
                now=clock.now(),
                then=partial(self._hand_back, became),
            )
            return await became


def _read(scope: Scope) -> tuple[dict[str, str], Headers] | None:
    """The values by their names, as WSGI gives them, and what else counts; None where the application has to look."""
    texts: dict[str, str] = {}
    others: Headers = []
    length = 0
    for header in scope["headers"]:
        name, value = header
        known = _VALUES.get(name)
        if known is not None:
            length += len(value)
            if known in texts or length > VALUES_MAX:
                return None
            texts[known] = value.decode("latin-1")
        elif name in _IN_WORDING:
            others.append(header)
        elif name != _COOKIE and has_effect(name) and header != (b"content-length", b"0"):
            return None
    return texts, others


def _purchase(texts: dict[str, str]) -> Purchase | None:
    try:
        values = check_headers(OneSeatValues, texts)
    except BadRequest:
        return None  # the application says what is wrong with it
    if values.token is None or values.username is None:
        return None  # they may be in the cookie
    return purchase_wanted(values, username=values.username, token=values.token, labels=[values.number])
