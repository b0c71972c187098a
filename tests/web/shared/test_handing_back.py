"""Results of threads for those who wait on the event loop"""

from __future__ import annotations

import asyncio
import threading

import uvloop

from matinee.web.shared.handing_back import HandingBack


def test_each_gets_his_own_whichever_thread_has_it() -> None:
    async def many() -> list[int]:
        hand_back = HandingBack()
        waiting = [asyncio.get_running_loop().create_future() for _ in range(200)]
        threads = [
            threading.Thread(target=lambda number=number: [  # type: ignore[misc]
                hand_back(waiting[each], each) for each in range(number, 200, 4)
            ])
            for number in range(4)
        ]  # fmt: skip
        for thread in threads:
            thread.start()
        return await asyncio.wait_for(asyncio.gather(*waiting), 10)

    assert uvloop.run(many()) == list(range(200))


def test_who_no_longer_waits_is_passed_over() -> None:
    async def two() -> str:
        hand_back = HandingBack()
        gone, stays = (asyncio.get_running_loop().create_future() for _ in range(2))
        gone.cancel()
        hand_back(gone, "gone")
        hand_back(stays, "stays")
        found: str = await asyncio.wait_for(stays, 10)
        return found

    assert uvloop.run(two()) == "stays"


def test_a_loop_that_has_ended_takes_nothing_from_the_next() -> None:
    hand_back = HandingBack()

    async def never_told() -> asyncio.Future[str]:
        return asyncio.get_running_loop().create_future()

    async def told() -> str:
        waiting: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        hand_back(waiting, "told")
        return await asyncio.wait_for(waiting, 10)

    left = uvloop.run(never_told())
    hand_back(left, "too late")
    assert uvloop.run(told()) == "told"

    async def ends_before_it_comes() -> None:
        hand_back(asyncio.get_running_loop().create_future(), "not fetched")

    uvloop.run(ends_before_it_comes())
    assert uvloop.run(told()) == "told"
