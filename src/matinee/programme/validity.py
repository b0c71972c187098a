"""When a price list is valid: on which days of the week, between which times on the cinema's wall."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from matinee.programme.fields import parse_time
from matinee.programme.labels import shown

WEEKDAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MINUTES_PER_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Validity:
    """Days as ISO digits in ascending order ("67": Saturday and Sunday), times as "HH:MM". Empty texts do not narrow.

    It is valid from `begins` on and before `ends`; where `begins` is the later one, over midnight. The day is the one
    that the clock on the wall shows then, so half an hour after midnight on Saturday night is on Sunday.
    """

    weekdays: str = ""
    begins: str = ""
    ends: str = ""

    def covers(self, day: date, time: str) -> bool:
        """Whether it is valid on this day at this time ("HH:MM")."""
        if self.weekdays and str(day.isoweekday()) not in self.weekdays:
            return False
        begins, ends = self.begins or "00:00", self.ends or "24:00"
        return begins <= time < ends if begins < ends else time >= begins or time < ends

    @property
    def narrowness(self) -> tuple[int, int, int]:
        """Smaller is narrower: days and times, before days, before times, before always; then fewer days, less time."""
        by_day, by_time = bool(self.weekdays), bool(self.begins or self.ends)
        kind = 3 - 2 * by_day - by_time
        return (kind, len(self.weekdays) or 7, self._minutes())

    def _minutes(self) -> int:
        begins, ends = _minute(self.begins or "00:00"), _minute(self.ends or "00:00")
        return (ends - begins) % MINUTES_PER_DAY or MINUTES_PER_DAY

    def __str__(self) -> str:
        parts = [", ".join(WEEKDAY_NAMES[int(digit) - 1] for digit in self.weekdays)]
        parts += [f"from {self.begins}" if self.begins else "", f"until {self.ends}" if self.ends else ""]
        return " ".join(part for part in parts if part) or "always"


def parse_validity(weekdays: str, begins: str, ends: str) -> Validity:
    """Days and times as people and programs write them. Raises ValueError with a sentence."""
    digits = weekdays.strip()
    if not re.fullmatch(r"[1-7]*", digits) or len(set(digits)) < len(digits):
        raise ValueError(f"its weekdays are {shown(digits)}, not digits from 1 (Monday) to 7 (Sunday)")
    first = parse_time(begins) if begins.strip() else ""
    last = parse_time(ends) if ends.strip() not in ("", "24:00") else ""
    if first and first == last:
        raise ValueError(f"it is valid from {first} until {last}, which is never")
    return Validity("".join(sorted(digits)), first, last)


def _minute(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * 60 + int(minutes)
