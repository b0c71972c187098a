"""The form of a film."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from matinee.programme.distributors import find_distributor
from matinee.programme.fields import (
    CERTIFICATE_CHARACTERS_MAX,
    SYNOPSIS_CHARACTERS_MAX,
    parse_formats,
    parse_languages,
    parse_line,
    parse_minutes,
    parse_text,
    parse_title,
    parse_url,
)
from matinee.programme.models import Film
from matinee.web.backoffice.programme.forms import TypedForm, whole_number
from matinee.web.backoffice.programme.typed import ID_MAX
from matinee.web.shared.languages import _

EMPTY = {"duration_minutes": "", "distributor": ""}


def values_of(film: Film) -> dict[str, str]:
    """What stands in the form."""
    return {
        "title": film.title,
        "duration_minutes": str(film.duration_minutes),
        "certificate": film.certificate,
        "synopsis": film.synopsis,
        "trailer_url": film.trailer_url,
        "formats": film.formats,
        "languages": film.languages,
        "distributor": str(film.distributor_id or ""),
    }


def parsed_film(form: TypedForm) -> dict[str, Any]:
    """What `create_film` and `change_film` take, but for the distributor; the form notes what is not right."""
    return {
        "title": form.parse(
            "title", parse_title, _("A title has 1 to 300 characters on one line."), otherwise=""
        ),
        "duration_minutes": form.parse(
            "duration_minutes",
            lambda text: parse_minutes(whole_number(text)),
            _("A length is a whole number of minutes, from 1 to 1440."),
            otherwise=1,
        ),
        "certificate": form.parse(
            "certificate",
            partial(
                parse_line, what="certificate", characters_max=CERTIFICATE_CHARACTERS_MAX, required=False
            ),
            _("A certificate has at most 20 characters."),
            otherwise="",
        ),
        "synopsis": form.parse(
            "synopsis",
            partial(parse_text, what="synopsis", characters_max=SYNOPSIS_CHARACTERS_MAX, required=False),
            _("This text is too long, or holds what cannot be shown."),
            otherwise="",
        ),
        "trailer_url": form.parse(
            "trailer_url",
            partial(parse_url, what="trailer"),
            _("This is no address. It begins with https://."),
            otherwise="",
        ),
        "formats": form.parse(
            "formats", parse_formats, _("Formats are short words with commas between them."), otherwise=""
        ),
        "languages": form.parse(
            "languages",
            parse_languages,
            _("Languages are written like uk or pt-BR, with commas between them."),
            otherwise="",
        ),
    }


def with_distributor(session: Session, values: Mapping[str, Any], form: TypedForm) -> dict[str, Any]:
    """The values and the distributor that was chosen. Raises DistributorNotFound."""
    chosen = form["distributor"]
    number = int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) <= 10 else 0
    if not chosen:
        return {**values, "distributor": None}
    return {
        **values,
        "distributor": find_distributor(session, distributor_id=number if number <= ID_MAX else 0),
    }
