"""What the access features of screenings are called."""

from __future__ import annotations

from matinee.web.shared.languages import _


def access_words(feature: str) -> str:
    """What a word of ACCESS_FEATURES means."""
    return {
        "audio_description": _("Audio description"),
        "captions": _("Captions"),
        "hearing_loop": _("Hearing loop"),
        "relaxed": _("Relaxed screening"),
    }[feature]
