"""What holds for every page of the back office."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from apiflask import APIFlask

import matinee.web.backoffice
from matinee.accounts.models import ROLES
from matinee.web.backoffice.navigation import WAYS
from matinee.web.shared.powers import POWERS
from tests.architecture.test_site import address, kinds_of_errors
from tests.building import on_one_database
from tests.web.backoffice.conftest import OpenOffice, office
from tests.web.conftest import open_app

if TYPE_CHECKING:
    from werkzeug.routing import Rule

ROOM = Path(matinee.web.backoffice.__file__).parent
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
__all__ = ["office", "open_app"]


def office_rules(app: APIFlask) -> Iterator[Rule]:
    return (rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("backoffice."))


def office_address(rule: Rule) -> str:
    return address(rule).replace("/at/1/", "/at/odeon/")


@on_one_database
def test_every_page_declares_which_power_it_needs(app: APIFlask) -> None:
    rules = list(office_rules(app))
    assert rules
    for rule in rules:
        assert getattr(app.view_functions[rule.endpoint], "power", None) in POWERS, rule
        assert rule.rule.startswith("/backoffice/"), rule


@on_one_database
@pytest.mark.parametrize("role", [*ROLES, None])
def test_each_role_gets_where_it_may_and_nowhere_else(
    app: APIFlask, office: OpenOffice, role: str | None
) -> None:
    member = office(*([role] if role else []))
    member.token()
    for rule in office_rules(app):
        allowed = role is not None and role in POWERS[app.view_functions[rule.endpoint].power]  # type: ignore[attr-defined]
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            # Without the token: whoever may come in is refused at the next door, and nothing changes.
            answer = member.client.open(office_address(rule), method=method)
            if not allowed:
                assert answer.status_code == 403, (rule, method, answer.status_code)
            elif method == "GET":
                assert answer.status_code not in (401, 403, 500), (rule, answer.status_code)
            else:
                assert answer.status_code == 400, (rule, method, answer.status_code)
                assert "CSRF" in answer.text, rule


@on_one_database
def test_whoever_is_not_signed_in_is_asked_to(app: APIFlask) -> None:
    client = app.test_client()
    for rule in office_rules(app):
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answer = client.open(office_address(rule), method=method)
            assert answer.status_code == 303, (rule, method)
            assert "/sign-in?next=" in answer.headers["Location"], rule


def test_every_change_goes_through_the_one_that_leaves_a_trail() -> None:
    for path in ROOM.rglob("*.py"):
        if path.name == "changes.py":
            continue
        assert not re.search(r"\.transactions\b", path.read_text()), path


@on_one_database
def test_whatever_changes_something_says_whether_it_leaves_a_trail(app: APIFlask) -> None:
    free = {
        rule.endpoint.rpartition(".")[2]
        for rule in office_rules(app)
        if (rule.methods or set()) - SAFE_METHODS and not app.view_functions[rule.endpoint].audited  # type: ignore[attr-defined]
    }
    # What keeps something for this browser alone.
    assert free <= {"change_language"}


@on_one_database
def test_every_refusal_is_said_to_staff_in_the_language_of_the_page(app: APIFlask) -> None:
    from matinee.web.backoffice.refusals import staff_sentence, status_of

    with app.test_request_context("/uk/"):
        for kind in kinds_of_errors():
            error = kind.__new__(kind)
            Exception.__init__(error)
            error.detail, error.labels = "in English", ("A1",)  # type: ignore[attr-defined]
            assert "in English" not in staff_sentence(error), kind
            assert 400 <= status_of(error) < 500


@on_one_database
def test_every_way_leads_to_a_page_that_needs_the_same_power(app: APIFlask) -> None:
    for _group, pages in WAYS:
        for _title, endpoint, power in pages:
            name = endpoint if "." in endpoint else f"backoffice.{endpoint}"
            assert app.view_functions[name].power == power, endpoint  # type: ignore[attr-defined]
