"""Draw the pictures of the website anew: .venv/bin/python docs/pictures/website.py (needs Chromium)

The demonstration is served from a folder of its own; one visitor buys two seats with play money, and every page on the
way is looked at on a phone, a tablet and a desktop. Dark, as visitors find it, and once more light.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import BrowserContext, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.browser.chromium import ARGUMENTS, find_chromium
from tools.demonstration import served_demonstration

FOLDER = Path(__file__).parent / "website"
WIDTHS = {"phone": (360, 760), "tablet": (768, 1024), "desktop": (1440, 900)}
PASSWORD = "seven green lanterns"


class Album:
    """The pictures of one appearance and language."""

    def __init__(self, page: Page, suffix: str = "") -> None:
        self._page, self._suffix = page, suffix

    def take(self, name: str) -> None:
        """The page as it stands, at each width."""
        for device, (width, height) in WIDTHS.items():
            self._page.set_viewport_size({"width": width, "height": height})
            self._page.wait_for_timeout(300)
            picture = Image.open(BytesIO(self._page.screenshot()))
            # A palette: a fifth of the size, and nobody sees the difference.
            picture.convert("RGB").quantize(192).save(
                FOLDER / f"{name}{self._suffix}-{device}.png", optimize=True
            )
        self._page.set_viewport_size({"width": 1440, "height": 900})


def buy(page: Page, album: Album | None) -> None:
    """From what is on to a ticket; a picture at each step where there is an album."""

    def look(name: str) -> None:
        if album is not None:
            album.take(name)

    page.goto("/en/")
    look("whats-on")
    page.locator("a[href*='/films/']").first.click()
    page.wait_for_load_state()
    look("film")
    page.goto("/en/")
    page.locator("a[href*='/screenings/']").last.click()
    page.wait_for_load_state()
    seats = page.locator("[role=gridcell]:not([aria-disabled=true])")
    middle = seats.count() // 2
    for number in (middle, middle + 1):
        seats.nth(number).click()
        page.wait_for_timeout(700)
    look("picker")
    page.locator("form[action*='continue'] button").first.click()
    page.wait_for_url("**/orders/**")
    page.fill("input[name=email]", "anna@example.org")
    page.locator("form[action*='contact'] button").click()
    page.wait_for_load_state()
    look("checkout")
    page.locator("button:has-text('play money')").click()
    page.locator("button[value=pay]").click()
    page.wait_for_url("**/orders/**")
    look("order")
    page.locator("a[href*='/tickets/']").first.click()
    page.wait_for_load_state()
    look("ticket")


def look_at_the_rest(page: Page, album: Album) -> None:
    """The pages that need no sale."""
    for name, path in (
        ("sign-in", "/en/sign-in"),
        ("find-order", "/en/orders"),
        ("not-found", "/en/nothing"),
    ):
        page.goto(path)
        album.take(name)
    page.goto("/en/account/register")
    page.fill("input[type=email], input[name=username]", "berta@example.org")
    page.fill("input[type=password]", PASSWORD)
    page.locator("main form button").last.click()
    page.goto("/en/account")
    album.take("account")


def light(context: BrowserContext, url: str) -> None:
    """From now on this visitor sees the light appearance."""
    context.add_cookies([{"name": "appearance", "value": "light", "url": url}])


def main() -> None:
    """Serve the demonstration, and draw."""
    FOLDER.mkdir(exist_ok=True)
    with served_demonstration() as demonstration, sync_playwright() as playwright:
        url = demonstration.url
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        page = browser.new_context(base_url=url, locale="en-GB").new_page()
        buy(page, Album(page))
        look_at_the_rest(page, Album(page))
        other = browser.new_context(base_url=url, locale="en-GB")
        light(other, url)
        page = other.new_page()
        buy(page, Album(page, "-light"))
        browser.close()


if __name__ == "__main__":
    main()
