"""GET / and /cinemas/<slug>: what is on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from flask import render_template, request

from matinee.kernel import clock
from matinee.programme.outline import Kind
from matinee.web.shared.house import House, default_house, house_of
from matinee.web.site.blueprint import here, page, to
from matinee.web.site.programme.choice import Choice, options, read_choice
from matinee.web.site.programme.listing import by_film
from matinee.web.site.programme.reading import kinds_of, showings_on
from matinee.web.site.programme.structured_data import describe_cinema

# A strip of more days than that nobody reads; later ones are reached by their address.
DAYS_MAX = 60


@dataclass(frozen=True, slots=True)
class Leaf:
    """A day of the strip."""

    day: date
    is_chosen: bool
    is_today: bool
    # Whether anything on it fits the filters.
    fits: bool


@page("/", access="everybody")
def start() -> str:
    """The default cinema; how to begin where nothing was entered yet."""
    house = default_house()
    return _show(house) if house.slug else render_template("site/programme/empty.html", house=house)


@page("/cinemas/<slug>", access="everybody")
def cinema(slug: str) -> str:
    """One of several cinemas."""
    return _show(house_of(slug))


def _show(house: House) -> str:
    now = clock.now()
    today = now.astimezone(ZoneInfo(house.timezone)).date()
    asked = read_choice(request.args)
    kinds = kinds_of(house.id, now=now)
    choice = asked.on(asked.day or _first_day(kinds, asked) or today)
    day = choice.day or today
    everything = showings_on(house.id, day, now=now)
    shown = [showing for showing in everything if choice.fits(showing)]
    return render_template(
        "site/programme/start.html",
        house=house,
        choice=choice,
        day=day,
        today=today,
        leaves=_leaves(kinds, choice, day, today),
        options=options(kinds, choice),
        shown=shown,
        films=by_film(shown),
        is_empty=not everything,
        next_day=_next_day(kinds, choice, day),
        here=lambda wanted: _address(house, wanted),
        canonical=here("start") if house.is_default else here("cinema", slug=house.slug),
        structured=describe_cinema(house),
    )


def _first_day(kinds: Sequence[Kind], choice: Choice) -> date | None:
    """The first day that has something that fits; that has something at all."""
    fitting = (kind.day for kind in kinds if choice.fits(kind))
    return next(fitting, kinds[0].day if kinds else None)


def _next_day(kinds: Sequence[Kind], choice: Choice, day: date) -> date | None:
    """Where to look next when nothing on a day fits."""
    days = [kind.day for kind in kinds if choice.fits(kind)]
    return next((later for later in days if later > day), days[0] if days else None)


def _leaves(kinds: Sequence[Kind], choice: Choice, day: date, today: date) -> list[Leaf]:
    """Today, and every day that has something; the one that is looked at in any case."""
    fitting = {kind.day for kind in kinds if choice.fits(kind)}
    days = sorted({today, day, *(kind.day for kind in kinds)})
    return [Leaf(each, each == day, each == today, each in fitting) for each in days[:DAYS_MAX]]


def _address(house: House, choice: Choice) -> str:
    if house.is_default:
        return to("start", **choice.query)
    return to("cinema", slug=house.slug, **choice.query)
