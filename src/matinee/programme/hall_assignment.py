"""Which hall a screening goes to: the one it is in, the one its file names, or the first that is free."""

from __future__ import annotations

from collections.abc import Sequence

from matinee.kernel.natural import natural_key
from matinee.programme.hall_book import Booking, HallBook, PlannedHall, style_of
from matinee.programme.labels import is_number
from matinee.programme.schedule import Schedule
from matinee.programme.screening_rows import ExistingScreening, PlacedScreening


def assign_halls(
    placed: Sequence[PlacedScreening],
    existing: Sequence[ExistingScreening],
    book: HallBook,
    schedule: Schedule,
) -> list[str]:
    """Set `hall` of each, and `existing` where it is there already; return a sentence for each that has no place.

    Deterministic: those that are there stay, then the halls that are named are taken, then the rest goes by time and by
    its order in the file into the first hall that is free. Halls learn which seats they must have.
    """
    problems = _match(placed, existing, book)
    waiting = [screening for screening in placed if screening.existing is None]
    for screening in sorted(waiting, key=lambda each: (each.planned.hall is None, each.starts_at)):
        try:
            screening.hall = _hall_for(screening, book, schedule)
        except ValueError as error:
            problems.append(f"{screening.planned.where}: {error}")
            continue
        screening.hall.book(_booking(screening))
    if not problems:
        _require_seats(placed, schedule, problems)
    return problems


def _booking(screening: PlacedScreening) -> Booking:
    return Booking(screening.starts_at, screening.ends_at, screening.planned.where)


def _match(
    placed: Sequence[PlacedScreening], existing: Sequence[ExistingScreening], book: HallBook
) -> list[str]:
    """Find those that are there: the same title on the same day at the same time, in the hall that is named."""
    there: dict[tuple[object, str, str], list[ExistingScreening]] = {}
    for known in sorted(existing, key=lambda known: natural_key(known.hall_name)):
        there.setdefault((known.day, known.time, known.title), []).append(known)
    problems: list[str] = []
    for screening in sorted(placed, key=lambda each: each.planned.hall is None):
        planned = screening.planned
        candidates = there.get((planned.day, planned.time, planned.title), [])
        for known in candidates:
            if planned.hall in (None, known.hall_name):
                candidates.remove(known)
                screening.keep(known)
                screening.hall = book.by_name[known.hall_name]
                if problem := _move_end(screening, known, screening.hall):
                    problems.append(problem)
                break
    return problems


def _move_end(screening: PlacedScreening, known: ExistingScreening, hall: PlannedHall) -> str | None:
    """Book the new length of a screening that is there; the sentence that says why it cannot have it."""
    if screening.ends_at == known.ends_at:
        return None
    hall.release(known.starts_at)
    conflict = hall.conflict_with(screening.starts_at, screening.ends_at)
    hall.book(_booking(screening))
    return f"{screening.planned.where}: {_overlap(hall, conflict)}" if conflict else None


def _hall_for(screening: PlacedScreening, book: HallBook, schedule: Schedule) -> PlannedHall:
    planned = screening.planned
    if planned.hall is None:
        style = style_of(planned.labels) or ("numbers" if _highest_number([screening]) else None)
        return book.free_hall(screening.starts_at, screening.ends_at, style)
    hall = book.by_name.get(planned.hall)
    if hall is None:
        if not schedule.makes_halls:
            raise ValueError(f"there is no hall {planned.hall!r}; import its layout first")
        hall = book.add(planned.hall)
    conflict = hall.conflict_with(screening.starts_at, screening.ends_at)
    if conflict is not None:
        raise ValueError(_overlap(hall, conflict))
    return hall


def _overlap(hall: PlannedHall, conflict: Booking) -> str:
    minutes = int(hall.turnaround.total_seconds() // 60)
    cleaning = f" ({minutes} minutes of turnaround included)" if minutes else ""
    return f"it overlaps in {hall.name!r}{cleaning} with {conflict.what}"


def _highest_number(placed: Sequence[PlacedScreening]) -> int:
    numbers = (int(label) for each in placed for label in each.planned.labels if is_number(label))
    return max(numbers, default=0)


def _require_seats(placed: Sequence[PlacedScreening], schedule: Schedule, problems: list[str]) -> None:
    """Tell the halls their seats: the labels seen; for numbers all up to the highest of the file."""
    in_hall: dict[str, list[PlacedScreening]] = {}
    for screening in placed:
        if screening.hall is not None and screening.planned.tells_seats:
            in_hall.setdefault(screening.hall.name, []).append(screening)
    unnamed = [screening for screening in placed if screening.planned.hall is None]
    highest = _highest_number([each for each in unnamed if style_of(each.planned.labels) == "numbers"])
    for here in in_hall.values():
        hall = here[0].hall
        assert hall is not None
        labels = set().union(*(each.planned.labels for each in here))
        if not schedule.makes_halls:
            unknown = sorted(labels - set(hall.seat_ids), key=natural_key)
            if unknown:
                problems.append(f"{here[0].planned.where}: there is no seat {unknown[0]} in {hall.name!r}")
            continue
        hall.require_seats(labels)
        listed_one_by_one = any(each.planned.house_labels is not None for each in here)
        if not listed_one_by_one and style_of(labels | set(hall.seat_ids)) in ("numbers", None):
            new_and_unnamed = not hall.seat_ids and any(each.planned.hall is None for each in here)
            top = highest if new_and_unnamed else _highest_number(here)
            # A hall may lack a number below its highest one on purpose.
            first = 1 + max((int(label) for label in hall.seat_ids), default=0)
            hall.require_seats(str(number) for number in range(first, top + 1))
