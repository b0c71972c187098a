"""One thing that was looked at: how it is, and what to do where it is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence in English with its values beside it, so that whoever shows it can say it in another language."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text % self.values if self.values else self.text


def said(text: str, **values: object) -> Said:
    """A sentence, marked by `N_`, with the values for it: "%(count)s waiting"."""
    return Said(text, values)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at and how it is. Without advice all is well; a warning is advice that can wait."""

    what: Said
    state: Said
    advice: Said | None = None
    is_warning: bool = False

    @property
    def is_wrong(self) -> bool:
        """Whether something must be done."""
        return self.advice is not None and not self.is_warning
