"""Lighthouse against a film's page, the seat picker and the checkout of the demonstration: python -m tools.lighthouse

Fails where accessibility, best practices or SEO of a page is below 95. Performance is printed beside them: it hangs on
what else the machine does. Needs npm and Chromium.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, find_chromium
from tools.demonstration import served_demonstration

VERSION = "12.8.2"
SCORE_MIN = 95
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
# It now and then loses the trace of a page (NO_NAVSTART) and asks to be run again. A low score is no reason to.
TRIES = 3


def reach_checkout(page: Page) -> list[str]:
    """Choose a seat, and return the addresses of the film, its picker and the order."""
    page.goto("/en/")
    page.locator("a[href*='/films/']").first.click()
    page.wait_for_load_state()
    film = page.url
    page.locator("a[href*='/screenings/']").first.click()
    page.wait_for_load_state()
    picker = page.url
    seats = page.locator("[role=gridcell]:not([aria-disabled=true])")
    seats.nth(seats.count() // 2).click()
    page.locator("form[action*='continue'] button").first.click()
    page.wait_for_url("**/orders/**")
    return [film, picker, page.url]


def scores(folder: Path, url: str, cookies: str) -> dict[str, int]:
    """The scores of a page, from 0 to 100."""
    report = folder / "report.json"
    headers = folder / "headers.json"
    headers.write_text(json.dumps({"Cookie": cookies}))
    command = [
        folder / "node_modules" / ".bin" / "lighthouse", url, "--quiet", "--output=json", f"--output-path={report}",
        f"--extra-headers={headers}", "--chrome-flags=" + " ".join(("--headless=new", *ARGUMENTS)),
    ]  # fmt: skip
    for left in reversed(range(TRIES)):
        if subprocess.run(command, check=left == 0, cwd=folder).returncode == 0:
            break
    found = json.loads(report.read_text())
    for audit in found["audits"].values():
        if audit.get("score") is not None and audit["score"] < 0.9:
            print("   ", audit["id"], audit.get("displayValue", ""))
    return {name: round(found["categories"][name]["score"] * 100) for name in CATEGORIES}


def main() -> int:
    """Print the scores; 1 where one is too low."""
    low = False
    with tempfile.TemporaryDirectory() as name, served_demonstration() as demonstration:
        folder, url = Path(name), demonstration.url
        subprocess.run(
            ["npm", "install", "--silent", "--no-audit", "--no-fund", f"lighthouse@{VERSION}"],
            check=True,
            cwd=folder,
        )
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
            context = browser.new_context(base_url=url, locale="en-GB")
            addresses = reach_checkout(context.new_page())
            cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in context.cookies())
            browser.close()
        for address in addresses:
            found = scores(folder, address, cookies)
            print(address.removeprefix(url), ", ".join(f"{name} {score}" for name, score in found.items()))
            low = low or any(score < SCORE_MIN for name, score in found.items() if name != "performance")
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
