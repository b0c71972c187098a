"""GET /sitemap.xml and /robots.txt: for search engines. They belong to no language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

from flask import Blueprint
from flask.typing import ResponseReturnValue

from matinee.kernel import clock
from matinee.languages.catalogs import LANGUAGES
from matinee.web.shared.house import every_house
from matinee.web.shared.services import services
from matinee.web.site.blueprint import full_url
from matinee.web.site.programme.lasting import lasting
from matinee.web.site.programme.reading import films_by_title

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
ONE_HOUR_SECONDS = 3600
# What says nothing to anybody but its owner, and what no reader looks for.
NOT_FOR_CRAWLERS = ("account", "appearance", "demo-payment", "api")
ET.register_namespace("", SITEMAP)
ET.register_namespace("xhtml", XHTML)

crawlers = Blueprint("crawlers", __name__)


@crawlers.get("/sitemap.xml")
def sitemap() -> ResponseReturnValue:
    """Every page of the programme, with its addresses in each language."""
    root = ET.Element(f"{{{SITEMAP}}}urlset")
    for endpoint, values in _pages():
        addresses = {code: full_url(endpoint, language=code, **values) for code in LANGUAGES}
        addresses["x-default"] = full_url(endpoint, **values)
        for address in addresses.values():
            url = ET.SubElement(root, f"{{{SITEMAP}}}url")
            ET.SubElement(url, f"{{{SITEMAP}}}loc").text = address
            for code, other in addresses.items():
                ET.SubElement(url, f"{{{XHTML}}}link", rel="alternate", hreflang=code, href=other)
    content = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return lasting(
        content, content_type="application/xml; charset=utf-8", seconds=ONE_HOUR_SECONDS, in_languages=False
    )


@crawlers.get("/robots.txt")
def robots() -> ResponseReturnValue:
    """What search engines leave alone, and where the sitemap is."""
    prefixes = ("", *(f"/{code}" for code in LANGUAGES))
    lines = ["User-agent: *"]
    lines += [f"Disallow: {prefix}/{path}" for path in NOT_FOR_CRAWLERS for prefix in prefixes]
    lines += ["", f"Sitemap: {services().base_url}/sitemap.xml", ""]
    content = "\n".join(lines).encode()
    return lasting(
        content, content_type="text/plain; charset=utf-8", seconds=ONE_HOUR_SECONDS, in_languages=False
    )


def _pages() -> Iterator[tuple[str, dict[str, Any]]]:
    now = clock.now()
    yield "start", {}
    yield "films", {}
    ids: set[int] = set()
    for house in every_house():
        if not house.is_default:
            yield "cinema", {"slug": house.slug}
        ids.update(film.id for film in films_by_title(house.id, now=now))
    for film_id in sorted(ids):
        yield "film", {"film_id": film_id}
