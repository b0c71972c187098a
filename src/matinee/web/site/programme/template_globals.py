"""What the templates of the programme's pages may call."""

from __future__ import annotations

from collections.abc import Iterable

from flask.blueprints import BlueprintSetupState
from markupsafe import Markup

from matinee.boxoffice.showings import ShownFilm
from matinee.programme.posters.poster import Poster
from matinee.programme.posters.svg import art_parts
from matinee.web.shared.house import every_house
from matinee.web.shared.languages import _, page_language
from matinee.web.shared.poster_addresses import drawn_poster, poster_address
from matinee.web.site.blueprint import site
from matinee.web.site.programme.listing import manner_of
from matinee.web.site.programme.names import (
    access_name,
    access_names,
    day_names,
    language_name,
    option_name,
    state_name,
    tags_of,
)
from matinee.web.site.programme.structured_data import json_ld

# As Open Graph writes languages.
OG_LOCALES = {"en": "en_GB", "uk": "uk_UA"}


@site.record_once
def _add(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(
        access_name=access_name,
        access_names=access_names,
        day_names=day_names,
        drawn_poster=drawn_poster,
        every_house=every_house,
        filter_name=_filter_name,
        has_cyrillic=_has_cyrillic,
        json_ld=json_ld,
        language_name=language_name,
        manner_of=manner_of,
        og_locale=lambda: OG_LOCALES[page_language()],
        option_name=option_name,
        poster_address=poster_address,
        poster_parts=_poster_parts,
        state_name=state_name,
        tags_of=tags_of,
    )


def _filter_name(name: str) -> str:
    names = {
        "format": _("Format"),
        "spoken": _("Language"),
        "certificate": _("Certificate"),
        "access": _("Accessible"),
    }
    return names[name]


def _has_cyrillic(films: Iterable[ShownFilm]) -> bool:
    return any("\u0400" <= letter <= "\u04ff" for film in films for letter in film.title)


def _poster_parts(poster: Poster) -> Markup:
    # Numbers and colours of our own; the title is no part of it.
    return Markup(art_parts(poster))  # noqa: S704
