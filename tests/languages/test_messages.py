"""Every word that a person reads is in the catalogs, in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from matinee.languages.catalogs import DEFAULT_LANGUAGE, LANGUAGES
from tools.messages import SOURCE, collect_messages, compiled, po_path, read_catalog

OTHERS = [code for code in LANGUAGES if code != DEFAULT_LANGUAGE]
# Names, and what is the same in every language.
SAME_EVERYWHERE = {
    "Esc",
    "Enter",
    "Matinee",
    "RSS",
    "PDF",
    "iCalendar",
    "Apple Wallet",
    "Google Wallet",
    "A4",
    "matinee import FILE",
}
READ_ALOUD = ("alt", "aria-label", "aria-description", "placeholder", "title")
# Pages of the API as given, whose words are its contract's; and the page that is made by Swagger UI.
IN_ENGLISH_ALONE = ("web/given/", "shared/docs.html")


def messages_of(catalog: object) -> dict[object, Message]:
    return {message.id: message for message in catalog if message.id}  # type: ignore[attr-defined]


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)[ds]|\{\w*\}", text))


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_translated(language: str) -> None:
    kept = messages_of(read_catalog(language))
    assert set(kept) == set(messages_of(collect_messages())), "run tools/messages.py"
    left_out = [
        message.id
        for message in kept.values()
        if message.fuzzy or not all([message.string] if isinstance(message.string, str) else message.string)
    ]
    assert left_out == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_values_of_its_message(language: str) -> None:
    for message in messages_of(read_catalog(language)).values():
        if isinstance(message.id, str):
            assert placeholders(str(message.string)) == placeholders(message.id), message.id
        else:
            for form in message.string:
                # "one seat" need not say the number.
                wanted, had = set(placeholders(message.id[1])), set(placeholders(form))
                assert had <= wanted, message.id
                assert wanted - had <= {"%(num)d"}, message.id


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    assert po_path(language).with_suffix(".mo").read_bytes() == compiled(read_catalog(language))


class Words(HTMLParser):
    """The words in a template that no catalog knows."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("style", "script")
        self.found += [value for name, value in attrs if name in READ_ALOUD and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data)


def templates() -> Iterator[Path]:
    for path in sorted([*SOURCE.rglob("templates/**/*.html"), *SOURCE.rglob("templates/**/*.txt")]):
        if not any(part in path.as_posix() for part in IN_ENGLISH_ALONE):
            yield path


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in templates()])
def test_a_template_says_nothing_past_the_catalogs(path: Path) -> None:
    source = path.read_text()
    source = re.sub(r"\{#.*?#\}", "", source, flags=re.S)
    # Names of classes and attributes of the body, which nobody reads.
    source = re.sub(r"\{% block \w+_(?:class|attributes) %\}.*?\{% endblock %\}", "", source)
    source = re.sub(r"\{%-?\s*trans.*?endtrans\s*-?%\}", "", source, flags=re.S)
    source = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.S)
    words = Words()
    words.feed(source)
    said = [text.strip() for text in words.found if re.search(r"[^\W\d_]{2}", text)]
    assert [text for text in said if text not in SAME_EVERYWHERE] == []
