"""The values that stand in programme files. Each function returns the value or raises ValueError with a sentence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from matinee.kernel.money import minor_digits
from matinee.kernel.texts import normal_form
from matinee.programme.labels import shown
from matinee.programme.models import ACCESS_FEATURES

TITLE_CHARACTERS_MAX = 300
URL_CHARACTERS_MAX = 2000
# A day: longer than any film that a cinema shows in one go.
DURATION_MINUTES_MAX = 24 * 60
FIRST_YEAR, LAST_YEAR = 1970, 2199
AMOUNT_MAX = 100_000_000
CERTIFICATE_CHARACTERS_MAX = 20
SYNOPSIS_CHARACTERS_MAX = 10_000
HALL_NAME_CHARACTERS_MAX = 100
PRICE_LIST_CHARACTERS_MAX = 100
ZONE_CHARACTERS_MAX = 40
TICKET_TYPE_CHARACTERS_MAX = 40
FORMAT_CHARACTERS_MAX = 40
LANGUAGE_CHARACTERS_MAX = 20
ACCESS_CHARACTERS_MAX = 100
# Of several, separated by commas.
LISTED_CHARACTERS_MAX = 180


@contextmanager
def told_as(error: Callable[[str], Exception], what: str) -> Iterator[None]:
    """Raise `error` in place of a ValueError: "The film is not acceptable: its title is empty."."""
    try:
        yield
    except ValueError as problem:
        raise error(f"{what} is not acceptable: {problem}.") from problem


def parse_text(value: object, *, what: str, characters_max: int, required: bool = True) -> str:
    """Text in Unicode's NFC without blanks around it and without control characters."""
    if value is None and not required:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"its {what} is {shown(value)}, not a text")
    try:
        text = normal_form(value).replace("\r\n", "\n").strip()
    except ValueError as error:
        raise ValueError(f"its {what} is {shown(value)}: {error}") from None
    if required and not text:
        raise ValueError(f"its {what} is empty")
    if len(text) > characters_max:
        raise ValueError(f"its {what} has more than {characters_max} characters")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in text.replace("\n", " ")):
        raise ValueError(f"its {what} holds a character that cannot be shown")
    return text


def parse_line(value: object, *, what: str, characters_max: int, required: bool = True) -> str:
    """As `parse_text`, on one line."""
    text = parse_text(value, what=what, characters_max=characters_max, required=required)
    if "\n" in text:
        raise ValueError(f"its {what} has more than one line")
    return text


def parse_title(value: object) -> str:
    """The title of a film."""
    return parse_line(value, what="title", characters_max=TITLE_CHARACTERS_MAX)


def parse_url(value: object, *, what: str) -> str:
    """An address for a browser, or nothing. Only http and https: it becomes a link on our pages."""
    url = parse_line(value, what=what, characters_max=URL_CHARACTERS_MAX, required=False)
    if url:
        try:
            parts = urlsplit(url)
        except ValueError:
            raise ValueError(f"its {what} {shown(url)} is not an address") from None
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError(
                f"its {what} {shown(url)} is not an address that begins with https:// or http://"
            )
    return url


def parse_format(value: object) -> str:
    """How a screening is shown ("IMAX", "3D"), or nothing."""
    return parse_line(value, what="format", characters_max=FORMAT_CHARACTERS_MAX, required=False)


def parse_language(value: object, *, what: str) -> str:
    """A language as BCP 47 writes it ("uk", "pt-BR"), with the letter cases that it recommends; or nothing."""
    text = parse_line(value, what=what, characters_max=LANGUAGE_CHARACTERS_MAX, required=False)
    if text and not re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", text):
        raise ValueError(f"its {what} is {shown(text)}, not a language such as uk or pt-BR")
    language, *more = text.split("-")
    cases = {2: str.upper, 4: str.title}
    return "-".join([language.lower(), *(cases.get(len(part), str.lower)(part) for part in more)])


def parse_formats(value: object) -> str:
    """The formats that copies of a film came in, separated by commas; each once, or nothing."""
    listed = parse_line(value, what="formats", characters_max=LISTED_CHARACTERS_MAX, required=False)
    return ", ".join(dict.fromkeys(filter(None, (parse_format(one) for one in listed.split(",")))))


def parse_languages(value: object) -> str:
    """The languages that copies of a film came in (BCP 47), separated by commas; each once, or nothing."""
    listed = parse_line(value, what="languages", characters_max=LISTED_CHARACTERS_MAX, required=False)
    parsed = (parse_language(one, what="languages") for one in listed.split(","))
    return ", ".join(dict.fromkeys(filter(None, parsed)))


def parse_access_features(value: object) -> str:
    """What a screening offers to people who hear, see or sit differently: known words, in their order; or nothing."""
    text = parse_line(value, what="access_features", characters_max=ACCESS_CHARACTERS_MAX, required=False)
    words = text.replace(",", " ").lower().split()
    unknown = [word for word in words if word not in ACCESS_FEATURES]
    if unknown:
        raise ValueError(
            f"its access_features hold {shown(unknown[0])}; known are {', '.join(ACCESS_FEATURES)}"
        )
    return " ".join(feature for feature in ACCESS_FEATURES if feature in words)


def parse_minutes(value: object) -> int:
    """The duration of a film: a whole number of minutes, more than 0."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"its duration is {shown(value)}, not a whole number of minutes")
    if value <= 0:
        raise ValueError(f"its duration is {shown(value)} minutes; it must be more than 0")
    if value > DURATION_MINUTES_MAX:
        raise ValueError(
            f"its duration is {shown(value)} minutes; more than {DURATION_MINUTES_MAX} is not possible"
        )
    return value


def parse_day(value: object) -> date:
    """A date, written 2026-11-24 or 2026.11.24."""
    match = (
        re.fullmatch(r"([0-9]{4})([.-])([0-9]{1,2})\2([0-9]{1,2})", value.strip())
        if isinstance(value, str)
        else None
    )
    if match is None:
        raise ValueError(f"{shown(value)} is not a date such as 2026.11.24 or 2026-11-24")
    try:
        day = date(int(match[1]), int(match[3]), int(match[4]))
    except ValueError:
        raise ValueError(f"{shown(value)} is not a day of the calendar") from None
    check_year(day)
    return day


def check_year(day: date) -> None:
    """Raise ValueError for a day so far away that it must be a mistake."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"{day} is not between the years {FIRST_YEAR} and {LAST_YEAR}")


def parse_time(value: object) -> str:
    """A time of the day, written 9:30 or 09:30, as `HH:MM`."""
    match = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", value.strip()) if isinstance(value, str) else None
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise ValueError(f"its time {shown(value)} is not a time such as 19:30")
    return f"{int(match[1]):02d}:{match[2]}"


def moment_at(day: date, wall_time: str, zone: ZoneInfo) -> datetime:
    """The moment (UTC) at which the clock on the wall shows `day` and `wall_time` ("HH:MM"); the first of two in autumn.

    Raises ValueError where the clock never shows it, since it is put forward: nobody could come at that time.
    """
    wall = datetime.combine(day, time.fromisoformat(wall_time), zone)
    moment = wall.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != wall.replace(tzinfo=None):
        raise ValueError(f"there is no {wall_time} on {day} in {zone.key}: the clock is put forward")
    return moment


def parse_amount(value: int | str, *, currency: str) -> int:
    """An amount of money in minor units: a number is that already, a text is as people write it ("7.50")."""
    try:
        minor = (
            Decimal(value)
            if isinstance(value, int)
            else Decimal(value.strip()).scaleb(minor_digits(currency))
        )
        if not minor.is_finite() or minor != minor.to_integral_value():
            raise InvalidOperation
    except (ArithmeticError, ValueError):  # an exponent of many digits overflows
        raise ValueError(f"{shown(value)} is not an amount in {currency}") from None
    if not 0 <= minor <= AMOUNT_MAX:
        raise ValueError(f"the amount {shown(value)} is negative or far too large")
    return int(minor)
