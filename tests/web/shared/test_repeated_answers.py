"""The same request gets the same answer: asked of the application once, and said again to all who ask in the same words"""

from __future__ import annotations

from typing import Any

import pytest

from matinee.web.shared.asgi import Answer
from matinee.web.shared.bookkeeping import AnsweredBeside, Bookkeeping
from matinee.web.shared.kept_answers import KeptAnswers
from matinee.web.shared.repeated_answers import RepeatedAnswers
from matinee.web.shared.wordings import WORDING_BYTES_MAX, WORDINGS_MAX
from tests.web.shared.test_kept_answers import Version

ASKED = {"host": "odeon.example", "accept": "*/*"}


class Asked:
    """An application that counts, whose answer is "day" in `kept`; and what was told of answers without it."""

    def __init__(self, *, trusted_proxies: int = 0, repeats: bool = True) -> None:
        self.version = Version()
        self.kept = KeptAnswers(self.version)
        self.told: list[AnsweredBeside] = []
        self.answered = 0
        self.status = 200
        self.more: list[tuple[bytes, bytes]] = []
        self._at_hand = RepeatedAnswers(
            self.kept,
            key_of=lambda scope: "day" if scope["path"] == "/day" else None,
            bookkeeping=Bookkeeping([self.told.append], trusted_proxies=trusted_proxies),
            repeats=repeats,
        )

    def _application(self) -> Answer:
        self.answered += 1
        body: bytes = self.kept.get("day", f"made as number {self.answered}".encode)
        headers = [(b"content-type", b"text/plain"), (b"x-request-id", b"%d" % self.answered), *self.more]
        return self.status, headers, body

    def in_a_thread(self) -> bytes:
        """Where nothing is at hand."""
        return self._application()[2]

    def __call__(self, path: str = "/day", query: bytes = b"a=1", **headers: str) -> Answer | None:
        scope: dict[str, Any] = {
            "method": "GET",
            "path": path,
            "query_string": query,
            "scheme": "http",
            "client": ("192.0.2.7", 4711),
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        }
        return self._at_hand(scope, self._application)


def test_the_application_is_asked_once_for_the_same_words() -> None:
    ask = Asked()
    assert ask(**ASKED) is None
    ask.in_a_thread()
    first = ask(**ASKED)
    assert first is not None
    assert ask.answered == 2
    assert ask.told == []

    again = [ask(**ASKED) for _ in range(3)]
    assert ask.answered == 2
    for answer in again:
        assert answer is not None
        assert (answer[0], answer[2]) == (first[0], first[2])
        assert [name for name, _ in answer[1]] == [name for name, _ in first[1]]
    assert len(ask.told) == 3
    assert {(said.method, said.path, said.query, said.status, said.caller) for said in ask.told} == {
        ("GET", "/day", b"a=1", 200, "192.0.2.7")
    }


def test_each_answer_has_an_id_of_its_own_which_is_told() -> None:
    ask = Asked()
    ask.in_a_thread()
    ask()
    answers = [ask(x_request_id="given-by-anybody") for _ in range(5)]
    named = [dict(answer[1])[b"x-request-id"].decode() for answer in answers if answer is not None]
    assert named == [said.request_id for said in ask.told]
    assert len(set(named)) == 5
    assert "given-by-anybody" not in named


@pytest.mark.parametrize(
    ("forwarded", "caller"),
    [
        ("198.51.100.9", "198.51.100.9"),
        ("made up, 198.51.100.9", "198.51.100.9"),
        ("", "192.0.2.7"),
    ],
)
def test_what_a_trusted_proxy_says_is_believed(forwarded: str, caller: str) -> None:
    ask = Asked(trusted_proxies=1)
    ask.in_a_thread()
    ask()
    ask(x_forwarded_for=forwarded, x_request_id="0123456789abcdef")
    assert (ask.told[0].caller, ask.told[0].request_id) == (caller, "0123456789abcdef")


def test_nobody_else_says_who_calls() -> None:
    ask = Asked()
    ask.in_a_thread()
    ask()
    ask(x_forwarded_for="198.51.100.9")
    assert ask.told[0].caller == "192.0.2.7"


@pytest.mark.parametrize(
    "other",
    [
        {"query": b"a=2"},
        {"accept": "text/html"},
        {"origin": "https://elsewhere.example"},
        {"cookie": "a=1"},
        {"x_forwarded_proto": "https"},
    ],
    ids=repr,
)
def test_other_words_are_asked_of_the_application(other: dict[str, Any]) -> None:
    ask = Asked()
    ask.in_a_thread()
    ask(**ASKED)
    ask(**ASKED)
    assert ask.answered == 2
    ask(**{**ASKED, **other})
    assert ask.answered == 3


def test_after_a_change_nothing_is_repeated() -> None:
    ask = Asked()
    ask.in_a_thread()
    ask()
    assert ask() is not None
    ask.version.value = 2
    assert ask() is None
    assert ask.in_a_thread() == b"made as number 3"
    answer = ask()
    assert answer is not None
    assert answer[2] == b"made as number 3"


def test_another_request_is_nobodys_business() -> None:
    ask = Asked()
    ask.in_a_thread()
    assert ask("/another") is None


@pytest.mark.parametrize("refuses", [True, False])
def test_a_refusal_and_what_sets_a_cookie_are_not_repeated(refuses: bool) -> None:
    ask = Asked()
    ask.in_a_thread()
    if refuses:
        ask.status = 404
    else:
        ask.more = [(b"set-cookie", b"a=1")]
    for count in (2, 3):
        ask()
        assert ask.answered == count
    assert ask.told == []


def test_so_many_wordings_are_kept_and_no_more() -> None:
    ask = Asked()
    ask.in_a_thread()
    for number in range(WORDINGS_MAX + 1):
        assert ask(accept=f"text/{number}") is not None
    answered = ask.answered
    ask(accept="text/1")
    assert ask.answered == answered
    ask(accept="text/0")
    assert ask.answered == answered + 1


def test_of_words_that_are_too_many_nothing_is_kept() -> None:
    ask = Asked()
    ask.in_a_thread()
    for _ in range(2):
        answered = ask.answered
        assert ask(accept="x" * WORDING_BYTES_MAX) is not None
        assert ask.answered == answered + 1
    assert ask.told == []


def test_where_nothing_is_to_be_repeated_the_application_answers_at_once() -> None:
    ask = Asked(repeats=False)
    ask.in_a_thread()
    assert ask() is not None
    assert ask() is not None
    assert ask.answered == 3
    assert ask.told == []
