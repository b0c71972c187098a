"""GET /backoffice/health: is all well, and if not, what to do."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template
from flask.typing import ResponseReturnValue

from matinee.kernel import clock
from matinee.reports.health.finding import Said
from matinee.reports.health.machine import size_text
from matinee.reports.health.overview import look_at_health
from matinee.web.backoffice.blueprint import staff_page
from matinee.web.backoffice.changes import read
from matinee.web.shared.languages import _, ngettext
from matinee.web.shared.services import services


@staff_page("/health", power="system")
def health() -> ResponseReturnValue:
    """The health of the installation: what `matinee doctor` finds, and the numbers beside it."""
    now, installation = clock.now(), services().installation
    found = look_at_health(installation, engine=services().engine, read=read, now=now)
    return render_template(
        "backoffice/today/health.html",
        found=found,
        wrong=sum(one.is_wrong for one in found.findings),
        installation=installation,
        now=now,
        in_words=in_words,
        size_text=size_text,
        since=time_since(now - installation.started_at),
    )


def in_words(sentence: Said) -> str:
    """A sentence of a finding in the language of the page."""
    return _(sentence.text, **sentence.values)


def time_since(duration: timedelta) -> str:
    """How long something has been running, to the largest unit that says something."""
    minutes = int(duration.total_seconds()) // 60
    if minutes < 120:
        return ngettext("%(num)d minute", "%(num)d minutes", minutes)
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(num)d hour", "%(num)d hours", hours)
    return ngettext("%(num)d day", "%(num)d days", hours // 24)
