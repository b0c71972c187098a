"""Idempotency-Key: a request that is sent again is answered again, and not carried out again.

Only successes are kept. A refusal means that nothing happened, so the same key may be tried again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from flask import request
from sqlalchemy.orm import Session

from matinee.accounts.callers import Caller
from matinee.web.shared.services import services
from matinee.web.v1.answers import Answer
from matinee.web.v1.audited import audited
from matinee.web.v1.errors import InvalidValues
from matinee.web.v1.kept_requests import (
    KeyedRequest,
    claim_key,
    keep_answer,
    kept_answer,
    note_started,
)

HEADER = "Idempotency-Key"
KEY_CHARACTERS_MAX = 255
# Nobody else must guess the key of a caller who has no name; a UUID has 36.
ANONYMOUS_KEY_CHARACTERS_MIN = 16


def idempotent(work: Callable[[Session], Answer], *, caller: Caller, now: datetime) -> Answer:
    """Carry `work` out in one transaction, once for each key of the caller; without a key, each time.

    Raises what `work` raises, IdempotencyKeyReused, RequestInProgress, InvalidValues.
    """
    keyed = keyed_request(caller)
    work = audited(work)
    if keyed is None:
        return services().transactions.write(work)

    def once(session: Session) -> Answer:
        kept = claim_key(session, keyed, now=now)
        if kept is not None:
            return _given_before(kept_answer(kept, keyed))
        answer = work(session)
        keep_answer(session, keyed, answer=answer)
        return answer

    return services().transactions.write(once)


def idempotent_in_steps(
    begin: Callable[[Session], str],
    carry_on: Callable[[str], Answer],
    *,
    caller: Caller,
    now: datetime,
) -> Answer:
    """As `idempotent`, for what takes several transactions, with calls to the outside between them.

    `begin` works in the first transaction and returns a name (40 characters at most) for what it has begun, such as the
    public id of a payment. `carry_on` gets that name, opens transactions of its own, and answers. When a request is sent
    again before there was an answer (the process died half way, or the provider was away), `carry_on` alone is run again:
    it must be harmless when it is run twice, also at the same time. What it raises is not kept.
    """
    transactions = services().transactions
    keyed = keyed_request(caller)
    if keyed is None:
        return carry_on(transactions.write(begin))

    def first(session: Session) -> str | Answer:
        kept = claim_key(session, keyed, now=now)
        if kept is not None:
            return kept_answer(kept, keyed) or kept.started
        started = begin(session)
        note_started(session, keyed, started=started)
        return started

    found = transactions.write(first)
    if isinstance(found, Answer):
        return found
    answer = carry_on(found)
    transactions.write(lambda session: keep_answer(session, keyed, answer=answer))
    return answer


def keyed_request(caller: Caller) -> KeyedRequest | None:
    """What this request is, if it has a key. Raises InvalidValues."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    # The draft of the IETF writes the key in quotes; most programs do not.
    key = key.strip().removeprefix('"').removesuffix('"')
    shortest = 1 if caller.is_known else ANONYMOUS_KEY_CHARACTERS_MIN
    if not (shortest <= len(key) <= KEY_CHARACTERS_MAX and key.isascii() and key.isprintable()):
        sentence = f"must have {shortest} to {KEY_CHARACTERS_MAX} printable characters of ASCII"
        raise InvalidValues([{"field": HEADER, "message": sentence}])
    return KeyedRequest(caller.identity, key, _request_hash())


def _request_hash() -> str:
    body = request.get_data(cache=True)
    with suppress(ValueError, RecursionError):  # what is not JSON counts as it is
        # A program that writes its JSON anew may order it anew.
        body = json.dumps(json.loads(body), sort_keys=True).encode()
    parts = (request.method.encode(), request.full_path.encode(), body)
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _given_before(answer: Answer | None) -> Answer:
    assert answer is not None, "work and answer are of one transaction"
    return answer
