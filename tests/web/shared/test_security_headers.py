"""Headers that tell browsers what our pages may do"""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.building import House, on_one_database
from tests.web.conftest import OpenApp

PAGES = ("/", "/docs", "/nowhere", "/resetPassword", "/tikets/AAAABBBBCCCCDDDD")
BROWSER = {"Accept": "text/html,*/*;q=0.8"}
pytestmark = on_one_database


def test_every_page_has_a_policy_that_loads_from_us_alone(client: FlaskClient, house: House) -> None:
    for path in PAGES:
        page = client.get(path, headers=BROWSER)
        assert page.mimetype == "text/html", path
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_pages_keep_to_their_own_policy(client: FlaskClient, house: House) -> None:
    for path in PAGES:
        text = client.get(path, headers=BROWSER).text
        assert not re.search(r"<script(?![^>]*\b(?:src|nonce)=)", text), path
        assert not re.search(r"<style(?![^>]*\bnonce=)|\sstyle=|\son\w+=", text), path
        for source in re.findall(r'(?:src|href)="([^"]+)"', text):
            assert source.startswith(("/", "#", "http://testserver/")), source


def test_what_a_page_loads_is_there(client: FlaskClient, house: House) -> None:
    for path in PAGES:
        text = client.get(path, headers=BROWSER).text
        for source in re.findall(r'(?:src|href|data-url)="(/[^"]+)"', text):
            assert client.get(source).status_code == 200, source


def test_answers_to_programs_are_not_sniffed(client: FlaskClient) -> None:
    assert client.get("/fullSchedule").headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("base_url", "insists"), [("http://testserver", False), ("https://tickets.example.org", True)]
)
def test_browsers_are_told_to_insist_on_https_where_there_is_https(
    open_app: OpenApp, base_url: str, insists: bool
) -> None:
    answer = open_app(base_url=base_url).test_client().get("/healthz")
    assert ("Strict-Transport-Security" in answer.headers) is insists
