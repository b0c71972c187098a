"""Collect what is said to people, bring the catalogs of all languages up to date, and compile them.

    python tools/messages.py            new messages stand in each `messages.po`, empty; translate them, then run it again

A message is what stands in `_()`, `N_()` and `ngettext()`, in code and in templates. English is the message itself.
"""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from matinee.languages.catalogs import DEFAULT_LANGUAGE, DOMAIN, LANGUAGES, LOCALES

SOURCE = Path(__file__).parent.parent / "src" / "matinee"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2")]
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
BEGUN = datetime(2026, 11, 26, tzinfo=UTC)
COMMENTS = ("For translators:",)


def collect_messages() -> Catalog:
    """What is said to people, as the code and the templates are now."""
    catalog = Catalog(project="Matinee", charset="utf-8")
    found = extract_from_dir(
        SOURCE,
        METHODS,
        {"**/templates/**.html": {"trimmed": "true"}},
        KEYWORDS,
        COMMENTS,
        strip_comment_tags=True,
    )
    for name, _line, message, comments, context in found:
        # No line numbers: they would change with every other change.
        catalog.add(message, None, [(str(name), None)], auto_comments=comments, context=context)  # type: ignore[list-item]
    return catalog


def po_path(language: str) -> Path:
    """Where the translations are."""
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read_catalog(language: str) -> Catalog:
    """The translations as they are kept."""
    with po_path(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def compiled(catalog: Catalog) -> bytes:
    """The catalog in the form that is read at run time."""
    content = BytesIO()
    write_mo(content, catalog)
    return content.getvalue()


def write_catalog(language: str, messages: Catalog) -> int:
    """Bring the catalog of a language up to date; return how many messages wait for a translation."""
    path = po_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalog = read_catalog(language) if path.exists() else Catalog(locale=language, project="Matinee")
    # Nothing is guessed: a translation that only resembles is none.
    catalog.update(messages, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    # Nothing that changes by itself with each run.
    catalog.header_comment, catalog.fuzzy = "# What Matinee says in another language.", False
    catalog.creation_date = catalog.revision_date = BEGUN
    with path.open("wb") as file:
        write_po(file, catalog, width=120, sort_output=True, omit_header=False, no_location=True)
    path.with_suffix(".mo").write_bytes(compiled(read_catalog(language)))
    return sum(1 for message in catalog if message.id and not _is_translated(message.string))


def _is_translated(string: object) -> bool:
    return all(string) if isinstance(string, list | tuple) else bool(string)


if __name__ == "__main__":
    everything = collect_messages()
    for code in LANGUAGES:
        if code != DEFAULT_LANGUAGE:
            click.echo(
                f"{code}: {write_catalog(code, everything)} of {len(everything)} messages wait for a translation"
            )
