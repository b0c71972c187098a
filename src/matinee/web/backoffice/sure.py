"""Before something that cannot be undone: a page that says what it will do, and wants a word typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import flash, render_template, request

from matinee.web.shared.languages import _

FIELD = "typed"


def ask_sure(
    *,
    title: str,
    facts: Sequence[tuple[str, str]],
    word: str,
    action: str,
    button: str,
    back: str,
    warning: str = "",
    fields: Mapping[str, str] | None = None,
    body: str = "",
) -> str:
    """The page. `facts`: what will happen, how many tickets, how much money; `word`: what has to be typed.

    `action` is where the form is sent, with `fields` in it; `back` leads away from it; `body` is more markup, made by a
    template.
    """
    return render_template(
        "backoffice/sure.html",
        title=title,
        facts=facts,
        word=word,
        action=action,
        button=button,
        back=back,
        warning=warning,
        fields=fields or {},
        body=body,
        field=FIELD,
    )


def is_sure(word: str) -> bool:
    """Whether the word was typed, letter case aside; where it was not, the next page says so."""
    if request.form.get(FIELD, "").strip().casefold() == word.strip().casefold():
        return True
    flash(_("Nothing was changed: “%(word)s” was not typed.", word=word), "error")
    return False
