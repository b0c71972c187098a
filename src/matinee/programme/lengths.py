"""How long a screening takes: adverts and trailers, then the film. The turnaround comes after its end."""

from __future__ import annotations

from datetime import datetime, timedelta

from matinee.programme.fields import DURATION_MINUTES_MAX
from matinee.programme.labels import shown

ADVERTS_MINUTES_MAX = 120
# Whatever began earlier than this has ended: what runs is looked for along the index on the start.
LASTS_MAX = timedelta(minutes=ADVERTS_MINUTES_MAX + DURATION_MINUTES_MAX)


def end_of(starts_at: datetime, *, duration_minutes: int, adverts_minutes: int) -> datetime:
    """When the film ends of a screening that begins at this moment."""
    return starts_at + timedelta(minutes=adverts_minutes + duration_minutes)


def parse_adverts(minutes: int) -> int:
    """Minutes of adverts and trailers. Raises ValueError with a sentence."""
    if not 0 <= minutes <= ADVERTS_MINUTES_MAX:
        raise ValueError(f"its adverts take {shown(minutes)} minutes, not 0 to {ADVERTS_MINUTES_MAX}")
    return minutes
