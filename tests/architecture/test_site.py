"""What holds for every page of the website."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from apiflask import APIFlask

from matinee.kernel.errors import DomainError
from matinee.web.shared.refusals import sentence, status_of
from tests.building import on_one_database

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.routing import Rule

NAMES = ("site.", "site_in.")
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def site_rules(app: APIFlask) -> Iterator[Rule]:
    return (rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith(NAMES))


def address(rule: Rule) -> str:
    """An address of this rule; what is in it need not exist."""
    known = {"language": "uk"}
    return re.sub(r"<(?:[\w]+(?:\([^)]*\))?:)?(\w+)>", lambda found: known.get(found[1], "1"), rule.rule)


@on_one_database
def test_every_page_declares_who_may_call_it(app: APIFlask) -> None:
    for rule in site_rules(app):
        assert getattr(app.view_functions[rule.endpoint], "access", None) in ("everybody", "members"), rule


@on_one_database
def test_every_page_is_there_in_each_language(app: APIFlask) -> None:
    plain = {rule.rule for rule in site_rules(app) if rule.endpoint.startswith("site.")}
    prefixed = {rule.rule for rule in site_rules(app) if rule.endpoint.startswith("site_in.")}
    assert {re.sub(r"^/<any\([^)]*\):language>", "", rule) for rule in prefixed} == plain


@on_one_database
def test_whatever_changes_something_asks_for_the_token(app: APIFlask, client: FlaskClient) -> None:
    changing = [rule for rule in site_rules(app) if (rule.methods or set()) - SAFE_METHODS]
    assert changing
    for rule in changing:
        if not app.view_functions[rule.endpoint].asks_for_token:  # type: ignore[attr-defined]
            assert rule.endpoint.rpartition(".")[2] == "change_appearance", rule
            continue
        for method in (rule.methods or set()) - SAFE_METHODS:
            answer = client.open(address(rule), method=method, headers={"Accept": "application/json"})
            assert answer.status_code == 400, (rule, answer.status_code)
            assert "CSRF" in answer.text, rule


@on_one_database
@pytest.mark.parametrize("path", ["/", "/uk/", "/nothing", "/sign-in"])
def test_pages_load_from_us_alone_and_run_nothing_inline(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    nonces = set(re.findall(r"'nonce-([^']+)'", policy))
    assert len(nonces) <= 1
    for tag in re.findall(r"<(?:script|style)\b[^>]*>", answer.text):
        assert " src=" in tag or any(f'nonce="{nonce}"' in tag for nonce in nonces), tag
    assert re.findall(r"<[a-z][^>]*\s(?:style|on\w+)=", answer.text) == []
    again = client.get(path, headers={"Accept": "text/html"}).headers["Content-Security-Policy"]
    assert not nonces or again != policy, "a nonce is for one answer"


def kinds_of_errors(parent: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    for kind in parent.__subclasses__():
        yield kind
        yield from kinds_of_errors(kind)


@on_one_database
def test_every_refusal_is_said_in_the_language_of_the_page(app: APIFlask) -> None:
    rooms = ("matinee.accounts", "matinee.boxoffice", "matinee.door", "matinee.payments", "matinee.programme")
    kinds = [kind for kind in kinds_of_errors() if kind.__module__.startswith(rooms)]
    assert len(kinds) > 50
    with app.test_request_context("/uk/"):
        for kind in kinds:
            error = kind.__new__(kind)
            Exception.__init__(error)
            error.detail, error.labels = "in English", ("A1",)  # type: ignore[attr-defined]
            assert re.search("[а-яїієґ]", sentence(error)), kind
            assert "in English" not in sentence(error)
            assert 400 <= status_of(error) < 500
