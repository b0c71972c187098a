"""The checker finds each kind of violation that is planted in a history, and nothing in one that can have happened."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from proof import checker
from proof.checker import State, check_history
from proof.history import NO_ANSWER, Record, Try, read_history, unknown_owner

SCREENING = 7
SEAT = (SCREENING, "1")


def record(
    kind: str,
    owner: str,
    at: tuple[float, float],
    *,
    result: str = "done",
    seats: tuple[str, ...] = ("1",),
    **more: object,
) -> Record:
    status = {"done": 201, "refused": 409, "unknown": NO_ANSWER}[result]
    values = {"buyer": "ann", "tries": (Try(*at, status),), **more}
    if result == "refused" and kind in ("hold", "buy"):
        values.setdefault("not_free", seats)
    return Record(kind=kind, owner=owner, screening=SCREENING, seats=seats, result=result, **values)  # type: ignore[arg-type]


def hold(owner: str, at: tuple[float, float], *, expires: float = 1000, **more: object) -> Record:
    return record("hold", owner, at, expires=expires, **more)  # type: ignore[arg-type]


def kinds(
    records: list[Record], committed: dict[tuple[int, str], State], *, steady_clock: bool = True
) -> set[str]:
    return {each.kind for each in check_history(records, committed, steady_clock=steady_clock)}


IMPOSSIBLE = {"cannot have happened in any order"}
LOST = {"an acknowledged sale is lost"}
A_SALE = [hold("A", (0, 1)), record("pay", "A", (2, 3))]
SOLD_TO_A: dict[tuple[int, str], State] = {SEAT: ("sold", "A")}


def test_nothing_is_found_in_a_sale() -> None:
    assert kinds(A_SALE, SOLD_TO_A) == set()


def test_nothing_is_found_where_seats_go_from_hand_to_hand() -> None:
    records = [
        hold("A", (0, 1)),
        record("hold", "B", (1.5, 2), result="refused"),
        record("release", "A", (3, 4)),
        hold("B", (5, 6), expires=10),
        record("hold", "C", (7, 8), result="refused"),
        hold("C", (11.5, 12)),
        record("pay", "C", (13, 14)),
        record("refund", "C", (15, 16)),
        record("buy", "D", (17, 18)),
    ]
    assert kinds(records, {SEAT: ("sold", "D")}) == set()


def test_two_who_ask_at_once_may_come_in_either_order() -> None:
    for winner, loser in (("A", "B"), ("B", "A")):
        records = [
            hold(winner, (0, 5)),
            record("hold", loser, (0, 5), result="refused"),
            record("pay", winner, (6, 7)),
        ]
        assert kinds(records, {SEAT: ("sold", winner)}) == set()


def test_a_seat_that_is_sold_twice_is_found() -> None:
    twice = [*A_SALE, record("buy", "B", (4, 5))]
    # Whichever of the two is committed, the other was told that it is his.
    assert kinds(twice, SOLD_TO_A) == LOST
    assert kinds(twice, {SEAT: ("sold", "B")}) == LOST


def test_a_seat_that_is_sold_again_before_it_came_back_is_found() -> None:
    records = [*A_SALE, record("buy", "B", (4, 5)), record("refund", "A", (6, 7))]
    assert kinds(records, {SEAT: ("sold", "B")}) == IMPOSSIBLE


def test_an_acknowledged_sale_that_is_not_committed_is_found() -> None:
    assert kinds(A_SALE, {}) == LOST
    assert kinds([record("buy", "A", (0, 1))], {}) == LOST


def test_a_sale_of_which_one_seat_is_missing_is_found() -> None:
    records = [hold("A", (0, 1), seats=("1", "2")), record("pay", "A", (2, 3), seats=("1", "2"))]
    assert kinds(records, SOLD_TO_A) == LOST


def test_a_sale_that_nobody_asked_for_is_found() -> None:
    assert kinds([], SOLD_TO_A) == {"sold, and nobody asked for it"}
    # Held, and never paid.
    assert kinds(A_SALE[:1], SOLD_TO_A) == {"sold, and nobody asked for it"}
    refused = record("pay", "A", (2, 3), result="refused")
    assert kinds([A_SALE[0], refused], SOLD_TO_A) == {"sold, and nobody asked for it"}


def test_a_seat_that_two_hold_at_once_is_found() -> None:
    records = [
        hold("A", (0, 1)),
        hold("B", (2, 3)),
        record("release", "A", (4, 5)),
        record("release", "B", (4, 5)),
    ]
    assert kinds(records, {}) == IMPOSSIBLE


def test_a_refusal_of_a_seat_that_was_free_is_found() -> None:
    assert kinds([record("hold", "A", (0, 1), result="refused")], {}) == IMPOSSIBLE
    after_release = [
        hold("A", (0, 1)),
        record("release", "A", (2, 3)),
        record("hold", "B", (4, 5), result="refused"),
    ]
    assert kinds(after_release, {}) == IMPOSSIBLE


def test_a_hold_that_outlives_its_time_is_found() -> None:
    refused_after_the_end = [hold("A", (0, 1), expires=10), record("hold", "B", (12, 13), result="refused")]
    assert kinds(refused_after_the_end, {}) == IMPOSSIBLE
    assert kinds(refused_after_the_end, {}, steady_clock=False) == set()


def test_a_hold_that_is_committed_as_live_after_its_time_is_found() -> None:
    records = [hold("A", (0, 1), expires=10), record("hold", "B", (5, 6), result="refused")]
    assert kinds(records, {SEAT: ("held", "A")}) == IMPOSSIBLE


def test_a_hold_that_ends_before_its_time_is_found() -> None:
    records = [hold("A", (0, 1), expires=10), hold("B", (4, 5)), record("pay", "B", (6, 7))]
    assert kinds(records, {SEAT: ("sold", "B")}) == IMPOSSIBLE


def test_what_was_never_answered_may_have_happened_or_not() -> None:
    unknown = record("buy", "A", (0, 1), result="unknown")
    assert kinds([unknown], SOLD_TO_A) == set()
    assert kinds([unknown], {}) == set()
    # It may also happen long after the question, but then nobody else can have had the seat from then on.
    assert kinds([unknown, record("hold", "B", (5, 6), result="refused")], SOLD_TO_A) == set()


def test_what_was_never_answered_must_agree_with_what_is_seen_later() -> None:
    unknown = record("buy", "A", (0, 1), result="unknown")
    seen_then_gone = [unknown, record("hold", "B", (5, 6), result="refused")]
    assert kinds(seen_then_gone, {}) == IMPOSSIBLE
    other_was_sold_it = [unknown, record("buy", "B", (5, 6))]
    assert kinds(other_was_sold_it, SOLD_TO_A) == LOST
    assert kinds(other_was_sold_it, {SEAT: ("sold", "B")}) == set()


def test_a_payment_in_doubt_counts_once_its_repetition_is_answered() -> None:
    paid = record("pay", "A", (2, 9), tries=(Try(2, 3, NO_ANSWER), Try(4, 5, 503), Try(6, 9, 201)))
    assert kinds([A_SALE[0], paid], SOLD_TO_A) == set()
    assert kinds([A_SALE[0], paid], {}) == LOST


def test_a_refusal_after_a_try_without_answer_leaves_open_that_the_try_comes_through() -> None:
    refused = record(
        "buy", "A", (2, 5), result="refused", not_free=(), tries=(Try(2, 3, NO_ANSWER), Try(4, 5, 409))
    )
    assert kinds([refused], SOLD_TO_A) == set()
    assert kinds([refused], {}) == set()


def test_a_ticket_that_stays_valid_after_it_was_given_back_is_found() -> None:
    records = [*A_SALE, record("refund", "A", (4, 5))]
    assert kinds(records, {}) == set()
    assert kinds(records, SOLD_TO_A) == IMPOSSIBLE


def test_money_that_comes_late_takes_the_seat_again_where_it_is_free() -> None:
    late = [hold("A", (0, 1), expires=10), record("pay", "A", (20, 21))]
    assert kinds(late, SOLD_TO_A) == set()
    taken = [
        hold("A", (0, 1), expires=10),
        hold("B", (15, 16)),
        record("pay", "A", (20, 21)),
        record("release", "B", (30, 31)),
    ]
    assert kinds(taken, SOLD_TO_A) == IMPOSSIBLE


@pytest.mark.parametrize("seed", range(5))
def test_one_planted_sale_in_a_long_clean_history_is_found(seed: int) -> None:
    chance = random.Random(seed)
    records, committed = simulated(chance, seats=12, steps=900)
    assert check_history(records, committed, looked_at=1000) == []

    (screening, label), (_, owner) = next(
        (seat, state) for seat, state in committed.items() if state[0] == "sold"
    )
    planted = record("buy", "planted", (chance.uniform(0, 800), 2000), seats=(label,))
    broken = check_history([*records, planted], committed, looked_at=1000)
    assert {each.seat for each in broken} == {(screening, label)}, owner


def simulated(
    chance: random.Random, *, seats: int, steps: int
) -> tuple[list[Record], dict[tuple[int, str], State]]:
    """A history that did happen, one thing after the other; questions and answers lie round it, and some are lost."""
    states: dict[str, State] = {}
    records: list[Record] = []
    for number in range(steps):
        label = str(chance.randrange(seats))
        what, owner = states.get(label, ("free", ""))
        at = (number - chance.uniform(0, 4), number + chance.uniform(0, 4))
        lost = chance.random() < 0.1
        if what == "free":
            new = unknown_owner("ann", [f"{label}-{number}"]) if lost else f"order{number}"
            kind = chance.choice(("hold", "buy"))
            states[label] = ("held" if kind == "hold" else "sold", new)
            done = record(kind, new, at, seats=(label,), expires=10_000)
        elif chance.random() < 0.5:
            done, lost = record("hold", "other", at, result="refused", seats=(label,)), False
        elif what == "held":
            kind = chance.choice(("pay", "release"))
            states[label] = ("sold", owner) if kind == "pay" else ("free", "")
            done = record(kind, owner, at, seats=(label,))
        else:
            states[label] = ("free", "")
            done = record("refund", owner, at, seats=(label,))
        records.append(replace(done, result="unknown", tries=(Try(*at, NO_ANSWER),)) if lost else done)
    return records, {(SCREENING, label): state for label, state in states.items() if state[0] != "free"}


def test_a_history_that_cannot_be_looked_through_is_no_clean_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checker, "CONFIGURATIONS_MAX", 2)
    assert kinds(A_SALE, SOLD_TO_A) == {"undecided"}


def test_a_history_with_a_broken_line_in_the_middle_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.write_text("{\n" + A_SALE[0].line() + "\n")
    with pytest.raises(ValueError, match="Expecting"):
        read_history(path)


def test_a_history_is_read_as_it_was_written_up_to_a_torn_line(tmp_path: Path) -> None:
    written = [
        *A_SALE,
        record("buy", "B", (4, 5), tickets={"1": "T"}),
        record("hold", "C", (4, 5), result="refused"),
    ]
    path = tmp_path / "history.jsonl"
    path.write_text("".join(each.line() + "\n" for each in written) + written[0].line()[:20])
    assert read_history(path) == written
