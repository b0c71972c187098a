"""The templates of mails: files beside the area that composes them, over the layout that all share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cache

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, select_autoescape

from matinee.kernel.money import Money
from matinee.languages import formats
from matinee.languages.catalogs import DEFAULT_LANGUAGE, translations
from matinee.outbox.composing import Attachment, ComposedMail


@cache
def _environment(package: str, language: str) -> Environment:
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("matinee.outbox")]),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    # `newstyle`: values that a sentence takes in by name are escaped in HTML, as all others are.
    environment.install_gettext_translations(  # type: ignore[attr-defined]
        translations(language), newstyle=True
    )
    environment.filters.update(_filters(language))
    return environment


def _filters(language: str) -> dict[str, Callable[..., str]]:
    # As templates of pages have them.
    def money(amount: int, currency: str) -> str:
        return formats.money_text(Money(amount, currency), language)

    def day(value: date) -> str:
        return formats.day_text(value, language)

    def short_day(value: date) -> str:
        return formats.short_day_text(value, language)

    def clock_time(moment: datetime, zone: str) -> str:
        return formats.time_text(moment, zone, language)

    def moment(value: datetime, zone: str) -> str:
        return formats.moment_text(value, zone, language)

    return {"money": money, "day": day, "short_day": short_day, "clock_time": clock_time, "moment": moment}


def render_mail(
    package: str,
    name: str,
    *,
    subject: str,
    values: dict[str, object],
    attachments: tuple[Attachment, ...] = (),
    language: str = DEFAULT_LANGUAGE,
) -> ComposedMail:
    """The mail of the templates `name`.txt and `name`.html in the folder `templates` of `package`.

    Templates speak `language` by `_("...")`, `ngettext` and `{% trans %}`, and write money and moments by the filters
    of pages: `money(currency)`, `day`, `short_day`, `clock_time(zone)`, `moment(zone)`. The subject comes translated.
    Values are escaped in the HTML. Raises jinja2.UndefinedError for a value that a template misses.
    """
    environment = _environment(package, language)
    everything = {"subject": subject, "language": language, **values}
    return ComposedMail(
        subject=subject,
        text=environment.get_template(f"{name}.txt").render(everything).strip() + "\n",
        html=environment.get_template(f"{name}.html").render(everything),
        attachments=attachments,
    )
