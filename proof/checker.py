"""Whether a history can have happened: seat by seat, in an order that agrees with the clock.

Each seat is a small machine: free, held by somebody, sold to somebody. What was acknowledged took place at some moment
between question and answer; what was never answered may have taken place at any moment from the question on, or never, but
what is seen later must agree with one of the two. Looked for is an order of all of it that ends in what is committed. The
search is that of Wing and Gong, with the memory of Lowe.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

from proof.history import Record

# Moments are told to the millisecond or better, but by another clock than the one that counts them.
CLOCK_SECONDS = 1.0
CONFIGURATIONS_MAX = 300_000
FREE = ("free", "")

Seat = tuple[int, str]
# "free", "held" or "sold", and to whom.
State = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that cannot have happened, and did."""

    kind: str
    seat: Seat
    detail: str

    def __str__(self) -> str:
        return f"{self.kind}: seat {self.seat[1]} of screening {self.seat[0]}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Step:
    """What may happen to one seat, at a moment between `begin` and `end`; `must` it happen?"""

    kind: str
    owner: str
    begin: float
    end: float
    must: bool

    def after(self, state: State) -> State | None:
        """The state that it leads to; None where it cannot happen in this one."""
        what, owner = state
        mine = owner == self.owner
        # Whether it can happen, and what it leads to.
        possible, leads_to = {
            "hold": (what == "free", ("held", self.owner)),
            "buy": (what == "free", ("sold", self.owner)),
            # Money that comes late takes the same seats again where they are free.
            "pay": (what == "free" or (what == "held" and mine), ("sold", self.owner)),
            "release": (not (what == "sold" and mine), FREE if mine else state),
            "refund": (what == "sold" and mine, FREE),
            "expire": (True, FREE if what == "held" and mine else state),
            "not free": (what != "free", state),
        }[self.kind]
        return leads_to if possible else None


def check_history(
    records: Sequence[Record],
    committed: Mapping[Seat, State],
    *,
    looked_at: float = inf,
    steady_clock: bool = True,
) -> list[Violation]:
    """What of the history cannot have happened; empty where it can.

    `committed`: the seats that were not free in the database at the moment `looked_at`, when all was over. `steady_clock`:
    whether a hold ends when it said; else it may end at any moment.
    """
    steps: dict[Seat, list[Step]] = defaultdict(list)
    extended = {each.owner for each in records if each.kind == "pay"}
    for record in records:
        for label, found in _steps_of(record, extended, looked_at=looked_at, steady_clock=steady_clock):
            steps[record.screening, label].append(found)
    violations = [*_lost(records, committed), *_ghosts(records, committed)]
    already = {each.seat for each in violations}
    for seat in sorted({*steps, *committed}):
        if seat not in already:
            violations += _impossible(seat, steps[seat], committed.get(seat, FREE))
    return violations


def _steps_of(
    record: Record, extended: set[str], *, looked_at: float, steady_clock: bool
) -> Iterable[tuple[str, Step]]:
    if record.result == "refused":
        for label in record.not_free:
            yield label, Step("not free", record.owner, record.begin, record.end, must=True)
        if not record.in_doubt:
            return
    # Refused in the end, but a try before got no answer: that one may still take place.
    done = record.result == "done"
    end = record.end if done else inf
    for label in record.seats:
        yield label, Step(record.kind, record.owner, record.begin, end, must=done)
        if record.kind == "hold":
            ended = _end_of_hold(record, prolonged=record.owner in extended, steady_clock=steady_clock)
            if ended.begin <= looked_at:
                yield label, replace(ended, must=ended.must and ended.end <= looked_at)


def _end_of_hold(record: Record, *, prolonged: bool, steady_clock: bool) -> Step:
    """That its time is over: at its end, later where it may have been prolonged, at any moment where the clock jumps."""
    if record.result != "done" or record.expires is None or record.expires <= record.end or not steady_clock:
        return Step("expire", record.owner, record.begin, inf, must=False)
    earliest, latest = record.expires - CLOCK_SECONDS, record.expires + CLOCK_SECONDS
    return Step("expire", record.owner, earliest, inf if prolonged else latest, must=not prolonged)


def _lost(records: Sequence[Record], committed: Mapping[Seat, State]) -> Iterable[Violation]:
    given_back = {
        record.owner for record in records if record.kind == "refund" and record.result != "refused"
    }
    given_back |= {record.owner for record in records if record.kind == "refund" and record.in_doubt}
    for record in records:
        if record.kind in ("pay", "buy") and record.result == "done" and record.owner not in given_back:
            for label in record.seats:
                state = committed.get((record.screening, label), FREE)
                if state != ("sold", record.owner):
                    detail = f"acknowledged to {record.owner}, committed is {' '.join(state)}"
                    yield Violation("an acknowledged sale is lost", (record.screening, label), detail)


def _ghosts(records: Sequence[Record], committed: Mapping[Seat, State]) -> Iterable[Violation]:
    asked = {
        (record.screening, label, record.owner)
        for record in records
        if record.kind in ("pay", "buy") and (record.result != "refused" or record.in_doubt)
        for label in record.seats
    }
    for (screening, label), (what, owner) in committed.items():
        if what == "sold" and (screening, label, owner) not in asked:
            yield Violation("sold, and nobody asked for it", (screening, label), f"to {owner}")


def _impossible(seat: Seat, steps: list[Step], last: State) -> Iterable[Violation]:
    ordered = sorted(steps, key=lambda step: (step.begin, step.end))
    must = sum(1 << number for number, step in enumerate(ordered) if step.must)
    seen: set[tuple[int, State]] = set()
    waiting: list[tuple[int, State]] = [(0, FREE)]
    furthest = 0
    while waiting:
        done, state = waiting.pop()
        if (done, state) in seen:
            continue
        seen.add((done, state))
        if len(seen) > CONFIGURATIONS_MAX:
            yield Violation("undecided", seat, f"more than {CONFIGURATIONS_MAX} ways to look at")
            return
        if done & must == must and state == last:
            return
        furthest = max(furthest, (done & must).bit_count())
        waiting += _next(ordered, done, state)
    yield Violation(
        "cannot have happened in any order",
        seat,
        f"{furthest} of {must.bit_count()} steps agree; in the end {' '.join(last)}; {_told(ordered)}",
    )


def _next(ordered: Sequence[Step], done: int, state: State) -> list[tuple[int, State]]:
    """Where one step more can lead: any that began before the first that is left must have ended."""
    first_end = min(
        (step.end for n, step in enumerate(ordered) if step.must and not done >> n & 1), default=inf
    )
    found = []
    for number, step in enumerate(ordered):
        if step.begin > first_end:
            break
        if done >> number & 1:
            continue
        after = step.after(state)
        if after is None or (after == state and not step.must):
            continue
        if step.kind == "not free":
            # It changes nothing: where it can come now, nothing is missed by taking it first.
            return [(done | 1 << number, state)]
        found.append((done | 1 << number, after))
    return found


def _told(ordered: Sequence[Step]) -> str:
    return "; ".join(
        f"{step.kind} {step.owner} {step.begin:.3f}-{step.end:.3f}{'' if step.must else '?'}"
        for step in ordered[-12:]
    )
