"""What every template of a page may call."""

from __future__ import annotations

from datetime import datetime

from flask import Flask, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from matinee.kernel.money import Money
from matinee.languages import formats
from matinee.web.shared.appearance import appearance
from matinee.web.shared.assets import asset_url
from matinee.web.shared.languages import page_language
from matinee.web.shared.services import services


def add_page_globals(app: Flask) -> None:
    """Register them."""
    app.jinja_env.globals.update(
        asset_url=asset_url,
        appearance=appearance,
        csrf_field=_csrf_field,
        home_url=lambda: url_for("site.start"),
        base_url=lambda: services().base_url,
    )
    app.jinja_env.filters.update(
        money=lambda amount, currency: formats.money_text(Money(amount, currency), page_language()),
        day=lambda day: formats.day_text(day, page_language()),
        short_day=lambda day: formats.short_day_text(day, page_language()),
        clock_time=_clock_time,
        moment=lambda moment, zone: formats.moment_text(moment, zone, page_language()),
        paragraphs=_paragraphs,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _csrf_field() -> Markup:
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def _clock_time(moment: datetime, zone: str) -> str:
    return formats.time_text(moment, zone, page_language())


def _paragraphs(text: str) -> Markup:
    parts = [part.strip() for part in text.split("\n\n") if part.strip()]
    return Markup("").join(Markup("<p>{}</p>").format(escape(part)) for part in parts)
