"""Deleting what nothing refers to: asked first, since it cannot be taken back."""

from __future__ import annotations

from collections.abc import Sequence

from matinee.web.backoffice.sure import ask_sure
from matinee.web.shared.languages import _


def word_to_delete() -> str:
    """What has to be typed."""
    return _("delete")


def ask_to_delete(
    name: str,
    *,
    action: str,
    back: str,
    facts: Sequence[tuple[str, str]] = (),
    fields: dict[str, str] | None = None,
) -> str:
    """The page that asks."""
    return ask_sure(
        title=_("Delete %(name)s?", name=name),
        facts=facts,
        word=word_to_delete(),
        action=action,
        button=_("Delete"),
        back=back,
        warning=_("This cannot be taken back."),
        fields=fields,
    )
