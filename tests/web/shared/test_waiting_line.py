"""The line of requests that wait for a thread."""

from __future__ import annotations

import threading
from collections import Counter

from matinee.web.shared.waiting_line import CHANGES_IN_A_ROW_MAX, WaitingLine

THREADS, EACH = 8, 2_000


def line_of(*methods: str) -> WaitingLine[str]:
    """A line in which these came in this order, each by the name METHOD and its number."""
    line: WaitingLine[str] = WaitingLine()
    counted: Counter[str] = Counter()
    for method in methods:
        counted[method] += 1
        line.put(f"{method} {counted[method]}", method=method, path="/films")
    return line


def test_each_lane_is_served_in_the_order_of_arrival_and_who_buys_before_who_looks() -> None:
    line = line_of("GET", "GET", "POST", "DELETE", "GET")
    assert [line.get() for _ in range(5)] == ["POST 1", "DELETE 1", "GET 1", "GET 2", "GET 3"]


def test_who_looks_does_not_wait_for_ever() -> None:
    line = line_of(*["GET"] * 2, *["POST"] * (2 * CHANGES_IN_A_ROW_MAX + 3))
    served = [line.get() for _ in range(2 * CHANGES_IN_A_ROW_MAX + 2)]
    assert served[CHANGES_IN_A_ROW_MAX] == "GET 1"
    assert served[2 * CHANGES_IN_A_ROW_MAX + 1] == "GET 2"
    # Where nobody looks, who buys is served, however many have been.
    assert [line.get() for _ in range(3)] == [f"POST {2 * CHANGES_IN_A_ROW_MAX + n}" for n in (1, 2, 3)]


def test_who_looks_is_served_at_once_where_nobody_buys() -> None:
    line = line_of("HEAD", "GET", "GET")
    assert [line.get() for _ in range(3)] == ["HEAD 1", "GET 1", "GET 2"]


def test_neither_who_watches_the_server_nor_a_browser_that_asks_whether_it_may_buy_waits_for_a_crowd() -> (
    None
):
    line = line_of("GET", "GET", "OPTIONS")
    line.put("is it alive?", method="GET", path="/healthz")
    assert [line.get() for _ in range(4)] == ["OPTIONS 1", "is it alive?", "GET 1", "GET 2"]


def test_of_many_threads_each_gets_one_and_none_is_lost_or_served_twice() -> None:
    line: WaitingLine[int] = WaitingLine()
    served: list[list[int]] = [[] for _ in range(THREADS)]

    def take(mine: list[int]) -> None:
        mine.extend(line.get() for _ in range(EACH))

    def bring(first: int) -> None:
        for number in range(first, THREADS * EACH, 4):
            line.put(number, method="POST" if number % 3 else "GET", path="/films")

    threads = [threading.Thread(target=take, args=(mine,), daemon=True) for mine in served]
    threads += [threading.Thread(target=bring, args=(first,), daemon=True) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "one waits though there was one for each"
    assert sorted(number for mine in served for number in mine) == list(range(THREADS * EACH))
