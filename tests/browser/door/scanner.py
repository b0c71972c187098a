"""A scanner: the engine of the door's page, in a tab that shows nothing."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from playwright.sync_api import Page

from matinee.web.shared.assets import assets_version

PATIENCE_SECONDS = 15


def until(page: Page, expression: str) -> None:
    """Wait until it is true. Asked from outside: the page lets no text become a script, as `wait_for_function` would."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"never true: {expression}"
        page.wait_for_timeout(50)


OPEN = """
async ({version, door, screenings, clockOffset, takeOver, token}) => {
  const {openEngine} = await import(`/static/site/${version}/js/door/engine.js`);
  const urls = {list: "/door/list", scans: "/door/scans", me: "/door/me"};
  const now = () => Date.now() + clockOffset;
  window.said = {state: [], counts: [], list: [], conflict: []};
  window.engine = await openEngine({device: "test", door, screenings, urls, token, now, takeOver});
  for (const name of Object.keys(said)) engine.addEventListener(name, ({detail}) => said[name].push(detail));
}
"""


class Scanner:
    """The engine of the page, without the page: its modules in a tab that shows nothing."""

    def __init__(
        self, page: Page, *, screenings: list[int], door: str = "North", clock_offset: int = 0
    ) -> None:
        self.page, self.screenings, self.door, self.clock_offset = page, screenings, door, clock_offset

    def open(self, *, take_over: bool = False) -> None:
        """The token is an old one: the engine gets that of today."""
        self.page.goto("/door/app.webmanifest")
        options = {"version": assets_version(), "door": self.door, "screenings": self.screenings, "token": "old",
                   "clockOffset": self.clock_offset, "takeOver": take_over}  # fmt: skip
        self.page.evaluate(OPEN, options)

    def ready(self) -> None:
        """Opened, with the list, and asking the server."""
        self.open()
        # It can decide from when it has the list, and counts once the list is kept.
        self.wait_for("engine.online && engine.state.canDecide && engine.counts().size > 0")

    def scan(self, code: str) -> dict[str, Any]:
        return self.page.evaluate("code => engine.scan(code)", code)  # type: ignore[no-any-return]

    def let_in(self, code: str) -> dict[str, Any]:
        return self.page.evaluate("code => engine.letIn(code)", code)  # type: ignore[no-any-return]

    def results(self, codes: Iterable[str]) -> list[str]:
        return [self.scan(code)["result"] for code in codes]

    def undo(self) -> str:
        return self.page.evaluate("engine.undo().then(answer => answer.result)")  # type: ignore[no-any-return]

    def counts(self) -> dict[int, tuple[int, int]]:
        """Screening id -> tickets, inside."""
        counts = self.page.evaluate(
            "[...engine.counts()].map(([id, {tickets, inside}]) => [id, tickets, inside])"
        )
        return {screening: (tickets, inside) for screening, tickets, inside in counts}

    def value(self, expression: str) -> Any:
        return self.page.evaluate(expression)

    def wait_for(self, expression: str) -> None:
        until(self.page, expression)

    def settled(self) -> None:
        """Waits until nothing waits any more, and the list was asked for."""
        self.value("engine.refresh()")
        self.wait_for("engine.online && engine.waiting() === 0")
