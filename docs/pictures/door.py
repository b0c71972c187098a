"""Draw the pictures of the scanner's page anew: .venv/bin/python docs/pictures/door.py (needs Chromium)

The demonstration is served from a folder of its own, with a screening that begins soon; a camera sees its tickets, and a
hand scanner scans one of each kind.
"""

from __future__ import annotations

import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))
from matinee.app import create_app
from matinee.settings import Settings
from matinee.web.shared.services import services_of
from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.door_house import DoorHouse, furnish_door, scan, write_camera
from tools.demonstration import Demonstration, served_demonstration

FOLDER = Path(__file__).parent / "door"
PHONE = {"width": 360, "height": 740}
ON_ITS_SIDE = {"width": 740, "height": 360}
DESKTOP = {"width": 1440, "height": 900}
BETWEEN = 12


def take(page: Page) -> Image.Image:
    """The page as it stands."""
    page.wait_for_timeout(400)
    return Image.open(BytesIO(page.screenshot())).convert("RGB")


def keep(name: str, *pictures: Image.Image) -> None:
    """Side by side, as one file."""
    width = sum(each.width + BETWEEN for each in pictures) - BETWEEN
    sheet = Image.new("RGB", (width, max(each.height for each in pictures)), "white")
    left = 0
    for each in pictures:
        sheet.paste(each, (left, 0))
        left += each.width + BETWEEN
    sheet.quantize(192).save(FOLDER / f"{name}.png", optimize=True)


def answer(page: Page, code: str) -> Image.Image:
    """Scan it by hand; the answer."""
    page.keyboard.press("Escape")
    scan(page, code)
    page.wait_for_selector("#answer:not([hidden])")
    return take(page)


def look(page: Page, house: DoorHouse) -> None:
    """At each state of the page."""
    page.set_viewport_size(PHONE)
    page.goto("/door/")
    page.locator(f"input[value='{house.screening}']").check()
    page.locator(f"input[value='{house.other_screening}']").check()
    choosing = take(page)
    page.locator(f"input[value='{house.other_screening}']").uncheck()
    page.locator("#begin").click()
    page.wait_for_selector("#answer:not([hidden])")
    page.keyboard.press("Escape")
    scanning = take(page)
    keep("page", choosing, scanning)
    answers = [
        house.codes[4],
        house.codes[4],
        house.elsewhere,
        house.due,
        house.refunded,
        "https://example.org/menu",
    ]
    page.locator("#tool-camera").click()
    keep("answers", *(answer(page, code) for code in answers))
    page.keyboard.press("Escape")
    page.locator("#tool-night").click()
    keep(
        "night",
        take(page),
        *(answer(page, code) for code in (house.codes[5], house.codes[5], house.elsewhere)),
    )
    page.keyboard.press("Escape")
    page.locator("#tool-night").click()
    page.locator("#tool-camera").click()
    for name, size in (("on-its-side", ON_ITS_SIDE), ("desktop", DESKTOP)):
        page.set_viewport_size(size)
        page.keyboard.press("Escape")
        page.wait_for_timeout(200)
        keep(name, take(page))


def furnish(demonstration: Demonstration) -> DoorHouse:
    """The screening, in the database of the demonstration."""
    services = services_of(create_app(Settings(data_dir=demonstration.folder, base_url=demonstration.url)))
    try:
        return furnish_door(services, base_url=demonstration.url, seats=60)
    finally:
        services.engine.dispose()


def main() -> None:
    """Serve the demonstration, and draw."""
    FOLDER.mkdir(exist_ok=True)
    with (
        served_demonstration() as demonstration,
        sync_playwright() as playwright,
        tempfile.TemporaryDirectory() as name,
    ):
        house = furnish(demonstration)
        camera = Path(name) / "seen.mjpeg"
        # For so long that nothing else comes into view.
        write_camera(camera, [house.codes[0]], seconds=120, blank_seconds=0)
        seeing = [
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={camera}",
        ]
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=[*ARGUMENTS, *seeing])
        page = browser.new_context(base_url=demonstration.url, locale="en-GB").new_page()
        username, password = demonstration.account_of("manager")
        page.goto("/en/sign-in")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", password)
        page.keyboard.press("Enter")
        page.wait_for_url("**/account")
        look(page, house)
        browser.close()


if __name__ == "__main__":
    main()
