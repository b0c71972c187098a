"""Draw the pictures of the back office anew: .venv/bin/python docs/pictures/backoffice.py (needs Chromium)

The demonstration is served from a folder of its own; its manager sells some tickets at the counter, and every room is looked
at on a phone and a desktop, dark and once more light.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.browser.chromium import ARGUMENTS, find_chromium
from tools.demonstration import served_demonstration

FOLDER = Path(__file__).parent / "backoffice"
WIDTHS = {"phone": (360, 760), "desktop": (1440, 900)}
CINEMA = "/backoffice/at/aurora"
PAGES = {
    "today": f"{CINEMA}/today",
    "week": f"{CINEMA}/week",
    "hall": f"{CINEMA}/halls/1",
    "orders": "/backoffice/orders",
    "sales": f"{CINEMA}/sales",
    "payments": f"{CINEMA}/payments",
    "people": "/backoffice/people",
}


def take(page: Page, name: str) -> None:
    """The page as it stands, at each width."""
    for device, (width, height) in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(400)
        picture = Image.open(BytesIO(page.screenshot()))
        picture.convert("RGB").quantize(192).save(FOLDER / f"{name}-{device}.png", optimize=True)
    page.set_viewport_size({"width": 1440, "height": 900})


def sell(page: Page) -> None:
    """Open a till and sell the best seats of the first screenings of tomorrow; a picture of the counter on the way."""
    page.goto(f"{CINEMA}/till")
    page.locator("main input:not([type=hidden])").first.fill("150")
    page.keyboard.press("Enter")
    page.wait_for_url("**/counter")
    tomorrow = (date.today() + timedelta(days=1)).isoformat()  # noqa: DTZ011 - of this machine, as the demonstration
    for number in range(1, 5):
        page.goto(f"{CINEMA}/counter?day={tomorrow}")
        page.keyboard.press(str(number))
        page.wait_for_url("**/screenings/*")
        page.keyboard.press("3")
        page.wait_for_selector("[data-total]")
        if number == 1:
            take(page, "counter")
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        page.wait_for_selector(".sold")


def main() -> None:
    """Serve the demonstration, and draw."""
    FOLDER.mkdir(exist_ok=True)
    with served_demonstration() as demonstration, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        context = browser.new_context(base_url=demonstration.url, locale="en-GB")
        page = context.new_page()
        username, password = demonstration.account_of("manager")
        page.goto("/en/sign-in")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", password)
        page.keyboard.press("Enter")
        page.wait_for_url("**/account")
        sell(page)
        for name, path in PAGES.items():
            page.goto(path)
            take(page, name)
        context.add_cookies([{"name": "appearance", "value": "light", "url": demonstration.url}])
        for name in ("today", "week", "hall"):
            page.goto(PAGES[name])
            take(page, f"{name}-light")
        browser.close()


if __name__ == "__main__":
    main()
