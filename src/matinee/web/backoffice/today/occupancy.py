"""How full a screening is, as a bar and in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from matinee.reports.today.shown import SeatCounts
from matinee.web.shared.languages import _, ngettext


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: where it begins and how wide it is, in per cent, and which pattern it has."""

    name: str
    start: float
    width: float


def parts_of(counts: SeatCounts) -> Iterator[Part]:
    """What is sold, held and kept by the house, from the left; what is left over is free."""
    start = 0.0
    for name in ("sold", "held", "house"):
        width = getattr(counts, name) * 100 / max(1, counts.seats)
        if width:
            yield Part(name, start, min(width, 100 - start))
        start += width


def in_words(counts: SeatCounts) -> str:
    """ "62 % full: 62 sold, 3 held, 31 free, 4 kept by the house"."""
    said = [ngettext("%(num)d sold", "%(num)d sold", counts.sold)]
    if counts.held:
        said.append(ngettext("%(num)d held", "%(num)d held", counts.held))
    said.append(ngettext("%(num)d free", "%(num)d free", counts.free))
    if counts.house:
        said.append(ngettext("%(num)d kept by the house", "%(num)d kept by the house", counts.house))
    return _("%(percent)d %% full: %(parts)s", percent=counts.percent, parts=", ".join(said))
