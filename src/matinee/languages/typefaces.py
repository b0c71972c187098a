"""The fonts of what is drawn on the server: tickets on paper, passes, posters. Both have Latin and Cyrillic letters."""

from __future__ import annotations

from pathlib import Path

# SIL Open Font License 1.1; the licences stand beside them.
FONTS = Path(__file__).parent / "fonts"
DISPLAY_FONT = FONTS / "Oswald-SemiBold.ttf"
