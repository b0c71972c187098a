"""What people see where something went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.building import on_one_database

if TYPE_CHECKING:
    from apiflask import APIFlask

HTML = {"Accept": "text/html"}


@on_one_database
def test_a_page_that_is_not_there_says_so_in_the_language_of_its_address(app: APIFlask) -> None:
    answer = app.test_client().get("/uk/nothing", headers=HTML)
    assert answer.status_code == 404
    assert '<html lang="uk"' in answer.text
    assert "The requested URL" not in answer.text
    assert 'href="/' in answer.text


@on_one_database
def test_a_fault_has_a_number_that_people_can_say(app: APIFlask) -> None:
    def fail() -> str:
        raise RuntimeError("broken film")

    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.view_functions["site.start"] = fail
    answer = app.test_client().get("/", headers=HTML)
    assert answer.status_code == 500
    assert "say this number" in answer.text
    assert "broken film" not in answer.text
