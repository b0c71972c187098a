"""What a signed-in device is called."""

from __future__ import annotations

from matinee.web.shared.languages import _

# What the name of a program has in it, in the order in which it must be asked: Edge calls itself Chrome, too.
BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"),
            ("Safari/", "Safari"))  # fmt: skip
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "macOS"),
           ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip


def device_name(user_agent: str) -> str:
    """ "Firefox on Linux"; what it called itself where it is no browser that we know."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), None)
    system = next((name for mark, name in SYSTEMS if mark in user_agent), None)
    if browser is None:
        return user_agent[:60] or _("An unknown program")
    return _("%(browser)s on %(system)s", browser=browser, system=system) if system else browser
