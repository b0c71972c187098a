"""The templates of mails, in the language of who reads them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from matinee.outbox.rendering import render_mail

TEXT = """{{ _("Pay %(sum)s", sum=amount | money("EUR")) }}
{{ day | day }}; {{ day | short_day }}; {{ at | clock_time("Europe/Kyiv") }}; {{ at | moment("Europe/Kyiv") }}
{{ ngettext("%(num)d seat", "%(num)d seats", 2) }}
"""
HTML = """{% extends "mail_layout.html" %}
{% block content %}{{ _("Dear %(name)s", name=name) }}{% trans who=name %}<b>{{ who }}</b>{% endtrans %}{% endblock %}
"""
VALUES: dict[str, object] = {
    "amount": 850,
    "day": date(2026, 11, 24),
    "at": datetime(2026, 11, 24, 18, 0, tzinfo=UTC),
    "name": "<Anna>",
}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A package with one mail."""
    name = f"mails_{tmp_path.name.replace('-', '_')}"
    folder = tmp_path / name / "templates"
    folder.mkdir(parents=True)
    (tmp_path / name / "__init__.py").touch()
    (folder / "greeting.txt").write_text(TEXT)
    (folder / "greeting.html").write_text(HTML)
    monkeypatch.syspath_prepend(tmp_path)
    yield name
    sys.modules.pop(name, None)


def test_money_and_moments_are_written_as_the_language_writes_them(package: str) -> None:
    mail = render_mail(package, "greeting", subject="Hello", values=VALUES)
    assert mail.text.splitlines() == [
        "Pay €8.50",
        "Tuesday, November 24, 2026; Tue, 24 Nov; 20:00; Tue, 24 Nov, 20:00",
        "2 seats",
    ]
    other = render_mail(package, "greeting", subject="Hello", values=VALUES, language="uk")
    assert "8,50\u00a0EUR" in other.text
    assert "24 листопада 2026" in other.text


def test_values_within_a_sentence_are_escaped_in_the_page_and_not_in_the_text(package: str) -> None:
    mail = render_mail(package, "greeting", subject="Hello", values=VALUES)
    assert "Dear &lt;Anna&gt;<b>&lt;Anna&gt;</b>" in mail.html
    assert "<Anna>" not in mail.html


@pytest.mark.parametrize("language", ["en", "uk"])
def test_a_mail_says_in_which_language_it_is(package: str, language: str) -> None:
    mail = render_mail(package, "greeting", subject="Hello", values=VALUES, language=language)
    assert f'<html lang="{language}">' in mail.html
