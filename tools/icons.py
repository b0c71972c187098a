"""Draw the icons of what phones put on their first screen, from icon.svg: python -m tools.icons (needs Chromium)"""

from __future__ import annotations

from io import BytesIO

from PIL import Image
from playwright.sync_api import sync_playwright

from matinee.web.shared.assets import FOLDER
from tests.browser.chromium import ARGUMENTS, find_chromium

SIZES = (192, 512)
# Phones cut a maskable icon to their own shape: four fifths of it are safe, the rest is ground.
SAFE_PERCENT = 80
GROUND = "#151116"
PAGE = (
    "<style>*{{margin:0}}body{{width:100vw;height:100vh;display:grid;place-items:center;background:{ground}}}"
    "svg{{width:{percent}%;height:{percent}%}}</style>{svg}"
)


def main() -> None:
    """Draw them."""
    svg = (FOLDER / "icon.svg").read_text()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        for size in SIZES:
            page = browser.new_page(viewport={"width": size, "height": size})
            for name, percent, ground in (
                ("matinee", 100, "transparent"),
                ("matinee-maskable", SAFE_PERCENT, GROUND),
            ):
                page.set_content(PAGE.format(svg=svg, percent=percent, ground=ground))
                drawn = Image.open(BytesIO(page.screenshot(omit_background=True)))
                drawn.quantize(64).save(FOLDER / "icons" / f"{name}-{size}.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
