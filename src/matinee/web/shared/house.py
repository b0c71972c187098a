"""The house whose pages these are: what the frame of every page shows of a cinema."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from sqlalchemy.orm import Session

from matinee.programme.errors import CinemaNotFound
from matinee.programme.models import Cinema
from matinee.programme.queries import cinemas
from matinee.web.shared.colors import DARK_SURFACE, LIGHT_SURFACE, readable_against, readable_on
from matinee.web.shared.services import services

UNNAMED = "Matinee"


@dataclass(frozen=True, slots=True)
class NamedCinema:
    """A cinema of this installation, as it stands in a list of them."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class House:
    """A cinema as the frame of a page shows it."""

    slug: str
    name: str
    is_default: bool
    id: int = 0
    address: str = ""
    phone: str = ""
    email: str = ""
    timezone: str = "UTC"
    accent_color: str = ""
    # Black or white: what is read on that colour; and the colour as text of the dark and the light appearance.
    on_accent: str = ""
    accent_on_dark: str = ""
    accent_on_light: str = ""
    logo_url: str | None = None
    # One list for all houses: a chain of a thousand would have a million names otherwise.
    everyone: tuple[NamedCinema, ...] = ()

    @property
    def others(self) -> list[NamedCinema]:
        """Every cinema but this one."""
        return [cinema for cinema in self.everyone if cinema.slug != self.slug]


def every_house() -> tuple[House, ...]:
    """Every cinema, the default one first."""
    return _houses()


def default_house() -> House:
    """The house of pages that belong to no cinema in particular; one without a name where there is none yet."""
    houses = _houses()
    return houses[0] if houses else House(slug="", name=UNNAMED, is_default=True)


def house_of(slug: str) -> House:
    """The house of one cinema. Raises CinemaNotFound."""
    for house in _houses():
        if house.slug == slug:
            return house
    raise CinemaNotFound


def _houses() -> tuple[House, ...]:
    service = services()
    found: tuple[House, ...] = service.kept_answers.get("houses", lambda: service.reader.read(_read))
    return found


def _read(session: Session) -> tuple[House, ...]:
    found = cinemas(session)
    everyone = tuple(NamedCinema(cinema.slug, cinema.name) for cinema in found)
    return tuple(_house(cinema, position, everyone) for position, cinema in enumerate(found))


def _house(cinema: Cinema, position: int, everyone: tuple[NamedCinema, ...]) -> House:
    return House(
        slug=cinema.slug,
        name=cinema.name,
        is_default=position == 0,
        id=cinema.id,
        address=cinema.address,
        phone=cinema.phone,
        email=cinema.email,
        timezone=cinema.timezone,
        accent_color=cinema.accent_color,
        **_accents(cinema.accent_color),
        logo_url=url_for("images.show_image", name=cinema.logo_name) if cinema.logo_name else None,
        everyone=everyone,
    )


def _accents(color: str) -> dict[str, str]:
    if not color:
        return {}
    return {
        "on_accent": readable_on(color),
        "accent_on_dark": readable_against(color, DARK_SURFACE),
        "accent_on_light": readable_against(color, LIGHT_SURFACE),
    }
