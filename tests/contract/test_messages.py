"""What is written about the API is what it says: our statement of the contract, and the machine's version of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from matinee.kernel.errors import DomainError
from matinee.web.given.errors import ANSWERS, answer_for
from matinee.web.shared.services import Services
from tests.building import NOW, Buyer, add_buyer, build_house, clock_at
from tests.contract.tour import Answered, Tour

STATEMENT = Path(__file__).parents[2] / "docs" / "api-given.md"
# Told of every call in a table of its own.
COMMON = {(400, "Bad request"), (404, "Cinema not found")}
MESSAGES = {
    (200, "User registered successfully"), (409, "User already exists"), (200, "Logged in successfully"),
    (400, "Wrong username or password"), (200, "Email confirmed"), (200, "Email not confirmed"),
    (200, "Email sent successfully"), (400, "Email already confirmed"), (400, "Wrong code"),
    (200, "Password reset successfully"), (400, "Wrong secret code"), (200, "success"), (404, "Date not found"),
    (200, "Ticket bought successfully"), (404, "User not found"), (400, "Wrong token or session expired"),
    (400, "Email not confirmed"), (404, "Title not found"), (404, "Time not found"), (404, "Seat not found"),
    (403, "Sold on the website only"), (200, "Token valid"), (200, "Token not valid"), (400, "Bad request"),
    (404, "Cinema not found"),
}  # fmt: skip


@pytest.fixture
def answered(client: FlaskClient, services: Services) -> Iterator[list[Answered]]:
    with clock_at(NOW):
        services.transactions.write(build_house)
        buyer: Buyer = services.transactions.write(add_buyer)
        yield Tour(client, services, buyer).go()


def sections() -> dict[str, str]:
    """The text below each heading that names a call."""
    parts = re.split(r"^### ((?:GET|POST) /\w+)$", STATEMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def stated(section: str) -> set[tuple[int, str]]:
    """Status and message of each row of the section's tables."""
    section = re.split(r"^## ", section, flags=re.MULTILINE)[0]
    return {
        (int(status), text)
        for status, cell in re.findall(r"^\| (\d{3}) \| (.+?) \|", section, flags=re.MULTILINE)
        for text in re.findall(r"`([^`]+)`", cell)
    }


def shape(value: Any) -> Any:
    """What a value is made of; an empty list says nothing about what is in it."""
    if isinstance(value, dict):
        if value and all(re.fullmatch(r"\d{4}-\d\d-\d\d", name) for name in value):
            return {"a day": shape(next(iter(value.values())))}
        return {name: shape(part) for name, part in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    # A seat is a number or a text.
    return "scalar" if value is not None else None


def test_every_message_of_the_contract_is_met(answered: list[Answered]) -> None:
    assert {(one.status, one.body["message"]) for one in answered} == MESSAGES


def test_the_statement_says_of_each_call_what_it_answers(answered: list[Answered]) -> None:
    wanted = sections()
    # /buyManyTikets answers as /buyTicket does, says its section; that of /fullSchedule is a sentence.
    elsewhere = {
        "POST /buyManyTikets": stated(wanted["POST /buyTicket"]),
        "GET /fullSchedule": {(200, "success")},
    }
    aliases = {"POST /forgot-password": "POST /forgotPassword", "POST /reset-password": "POST /resetPassword",
               "GET /displayTikets": "GET /getTikets"}  # fmt: skip
    for call in {one.call for one in answered}:
        said = {(one.status, one.body["message"]) for one in answered if one.call == call}
        rows = elsewhere.get(call) or stated(wanted[aliases.get(call, call)])
        assert said - COMMON == rows - COMMON - {(429, "Too many attempts")}, call


def test_the_examples_of_the_statement_look_like_what_comes_back(answered: list[Answered]) -> None:
    compared = 0
    for call, section in sections().items():
        for block in re.findall(r"```json\n(.*?)```", section, flags=re.DOTALL):
            example = json.loads(block)
            (body,) = [
                one.body for one in answered if one.call == call and one.body["message"] == example["message"]
            ][:1]
            if call == "GET /fullSchedule":
                body = {**body, "schedule": {"2030-05-18": []}}
            assert shape(body) == shape(example), call
            compared += 1
    assert compared >= 5


def test_the_examples_of_the_document_look_like_what_comes_back(
    client: FlaskClient, answered: list[Answered]
) -> None:
    paths = client.get("/openapi.json").json["paths"]
    compared = set()
    for one in answered:
        method, path = one.call.split()
        response = paths[path][method.lower()]["responses"].get("200")
        example = response["content"]["application/json"].get("example")
        if one.status == 200 and one.body["message"] == example["message"]:
            assert shape(one.body) == shape(example), one.call
            compared.add(one.call)
    # Two that only answer with a message have another of theirs as the example.
    assert {one.call for one in answered} - compared == set()


def test_every_answer_is_one_that_the_document_knows(client: FlaskClient, answered: list[Answered]) -> None:
    paths = client.get("/openapi.json").json["paths"]
    for one in answered:
        method, path = one.call.split()
        responses = paths[path][method.lower()]["responses"]
        known = responses[str(one.status)]
        Draft202012Validator(known["content"]["application/json"]["schema"]).validate(one.body)
        if one.status != 200:
            assert one.body["message"] in known["description"], one.call


def test_only_bad_requests_carry_a_detail(answered: list[Answered]) -> None:
    for one in answered:
        if one.status >= 400:
            expected = {"message", "detail"} if one.body["message"] == "Bad request" else {"message"}
            assert set(one.body) == expected


def test_every_refusal_of_the_domain_has_an_answer() -> None:
    def below(kind: type[DomainError]) -> Iterator[type[DomainError]]:
        for child in kind.__subclasses__():
            yield child
            yield from below(child)

    for kind in below(DomainError):
        if kind.__module__.startswith("matinee."):
            status, message = answer_for(kind.__new__(kind))
            assert 400 <= status < 500
            assert message


def test_an_error_answers_as_its_nearest_listed_ancestor() -> None:
    for kind, answer in ANSWERS.items():
        child = type("Child", (kind,), {})
        assert answer_for(child.__new__(child)) == answer
