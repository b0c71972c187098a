"""What holds for every page of the back office."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from apiflask import APIFlask

import matinee.web.backoffice
from matinee.web.backoffice.navigation import WAYS
from matinee.web.shared.powers import POWERS
from tests.architecture.test_site import kinds_of_errors
from tests.building import on_one_database

if TYPE_CHECKING:
    from werkzeug.routing import Rule

ROOM = Path(matinee.web.backoffice.__file__).parent
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def office_rules(app: APIFlask) -> Iterator[Rule]:
    return (rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("backoffice."))


@on_one_database
def test_every_page_declares_which_power_it_needs(app: APIFlask) -> None:
    rules = list(office_rules(app))
    assert rules
    for rule in rules:
        assert getattr(app.view_functions[rule.endpoint], "power", None) in POWERS, rule
        assert rule.rule.startswith("/backoffice/"), rule


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
