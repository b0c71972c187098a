"""Drawing a hall, in a real browser: with the mouse, and with the keyboard alone."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from matinee.boxoffice.holds import Holder, HoldTerms, hold_seats
from matinee.boxoffice.offers import SeatChoice
from matinee.boxoffice.rules import ChoiceRules
from matinee.boxoffice.seating.companions import wheelchair_of
from matinee.kernel import clock
from matinee.programme.halls import layout_of
from matinee.programme.layout_export import format_layout
from matinee.programme.models import Cinema, Film, Hall
from matinee.programme.queries import SeatOfHall, seats_by_hall
from matinee.programme.screenings import schedule_screening
from tests.browser.conftest import PHONE, OpenVisit, Site, axe_violations
from tests.building import on_one_database

LINES_OF = "seats => [...document.querySelectorAll(seats)].map((seat) => seat.transform.baseVal[0].matrix.f)"
DRAWN = [
    "hall: Red Hall",
    "turnaround: 15",
    "A | 1 2 . 3 4",
    "B | 1 2 . 3 4",
    "C | 1 2 . 3 4",
    "wheelchair: A1",
    "companion: A2",
]


def hall_of(session: Session) -> Hall:
    return session.scalars(select(Hall).where(Hall.name == "Red Hall")).one()


def stored(site: Site) -> list[str]:
    """The lines of the hall as text, but for empty ones and for what is free at its left."""

    def read(session: Session) -> str:
        return format_layout(layout_of(session, hall=hall_of(session)))

    lines = [" ".join(line.split()) for line in site.services.transactions.read(read).splitlines()]
    lines = [line for line in lines if line not in ("", "|")]
    while all("| . " in line for line in lines if "|" in line):
        lines = [line.replace("| . ", "| ") for line in lines]
    return lines


def new_hall(page: Page) -> Locator:
    """A hall without seats, opened in the editor; its drawing."""
    page.goto("/backoffice/at/aurora/halls")
    page.get_by_role("link", name="New hall").click()
    page.get_by_label("Name").fill("Red Hall")
    page.get_by_role("button", name="Make it and draw its seats").click()
    grid = page.get_by_role("grid", name="Plan of Red Hall")
    expect(grid).to_be_visible()
    # The editor comes to life with the scripts of the page.
    page.wait_for_load_state("load")
    return grid


def seat(page: Page, label: str) -> Locator:
    return page.locator(f".plan-drawing .seat[data-n='{label}']")


def labels(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all(
        ".plan-drawing .seat", "seats => seats.map((seat) => seat.dataset.n)"
    )
    return found


def drag(page: Page, grid: Locator, begin: tuple[int, int], end: tuple[int, int]) -> None:
    """From the middle of one place to that of another: column and line as they are seen."""
    box = grid.bounding_box()
    units = float((grid.get_attribute("viewBox") or "").split()[2])
    assert box is not None
    scale = box["width"] / units

    def at(place: tuple[int, int]) -> tuple[float, float]:
        return (
            box["x"] + (56 + (place[0] + 0.5) * 40) * scale,
            box["y"] + (96 + (place[1] + 0.5) * 44) * scale,
        )

    page.mouse.move(*at(begin))
    page.mouse.down()
    page.mouse.move(*at(end), steps=5)
    page.mouse.up()


def save(page: Page) -> None:
    with page.expect_response("**/plan"):
        page.get_by_role("button", name="Save").click()


def sell(site: Site, label: str) -> str:
    """Plan a screening in the hall and let somebody have a seat; return the order's code."""

    def work(session: Session) -> str:
        now = clock.now()
        screening = schedule_screening(
            session,
            cinema=session.scalars(select(Cinema).where(Cinema.slug == "aurora")).one(),
            hall=hall_of(session),
            film=session.scalars(select(Film).order_by(Film.id).limit(1)).one(),
            day=now.date() + timedelta(days=30),
            time="18:00",
            now=now,
        )
        return hold_seats(
            session,
            screening_id=screening.id,
            choices=[SeatChoice(label)],
            holder=Holder(channel="site", user=None, secret="s3cret"),
            terms=HoldTerms(lifetime=timedelta(hours=1), seats_max=10, extensions_max=1),
            rules=ChoiceRules(orphans=False, companions=False),
            now=now,
        ).order.code

    return site.services.transactions.write(work)


def test_a_hall_is_drawn_with_the_mouse_and_keeps_the_seats_that_somebody_has(
    open_staff: OpenVisit, site: Site
) -> None:
    visit = open_staff("manager")
    visit.expected.add(409)
    page = visit.page()
    grid = new_hall(page)

    page.get_by_role("button", name="Block").click()
    drag(page, grid, (3, 2), (6, 4))
    assert labels(page) == [f"{row}{place}" for row in "ABC" for place in range(1, 5)]
    assert axe_violations(page) == []

    # Numbered from the back and from the right, then taken back.
    page.get_by_text("Number them", exact=True).first.click()
    page.get_by_label("Rows begin").select_option("back")
    page.get_by_label("Places begin").select_option("right")
    page.get_by_label("Which numbers").select_option("odd")
    page.locator("form[data-form=number]").get_by_role("button").click()
    assert labels(page)[:4] == ["C7", "C5", "C3", "C1"]
    page.get_by_role("button", name="Undo").click()
    assert labels(page)[:4] == ["A1", "A2", "A3", "A4"]
    page.get_by_role("button", name="Redo").click()
    page.get_by_role("button", name="Undo").click()

    # An aisle down the middle, and a wheelchair place with its companion.
    page.get_by_role("button", name="Choose", exact=True).click()
    seat(page, "A3").click()
    page.get_by_role("button", name="Aisle", exact=True).click()
    page.get_by_role("button", name="Left of the mark").click()
    page.get_by_role("button", name="Choose", exact=True).click()
    seat(page, "A1").click()
    page.get_by_role("button", name="Wheelchair place with companion seat").click()
    assert "goes with A1" in (seat(page, "A2").get_attribute("aria-label") or "")
    assert page.locator(".plan-pair").count() == 1

    assert page.locator("[data-state]").inner_text() == "Not saved yet"
    save(page)
    assert stored(site) == DRAWN
    page.reload()
    assert labels(page) == [f"{row}{place}" for row in "ABC" for place in range(1, 5)]

    # Somebody has a seat: the page knows it after a reload, the server always.
    code = sell(site, "B2")
    seat(page, "B2").click()
    page.keyboard.press("Delete")
    save(page)
    notes = page.locator("[data-notes]")
    expect(notes).to_contain_text("Nothing was saved")
    expect(notes.get_by_role("row").nth(1)).to_contain_text("B2")
    expect(notes).to_contain_text(code)
    assert stored(site) == DRAWN
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    assert "sold" in (seat(page, "B2").get_attribute("aria-label") or "")
    seat(page, "B2").click()
    page.keyboard.press("Delete")
    expect(notes).to_contain_text("Somebody has B2")
    assert seat(page, "B2").count() == 1


@on_one_database
def test_a_hall_is_drawn_with_the_keyboard_alone(open_staff: OpenVisit, site: Site) -> None:
    page = open_staff("programmer").page()
    grid = new_hall(page)
    page.locator(".plan-drawing [tabindex='0']").focus()
    press = page.keyboard.press
    for key in ["Shift+ArrowRight"] * 3 + ["Shift+ArrowDown"] * 2 + ["Enter"]:
        press(key)
    assert labels(page) == [f"{row}{place}" for row in "ABC" for place in range(1, 5)]
    # All rows anew from D on, and back.
    press("n")
    page.get_by_label("First row").fill("D")
    press("Enter")
    assert labels(page)[0] == "D1"
    page.locator(".plan-drawing [tabindex='0']").focus()
    press("Control+z")
    assert labels(page)[0] == "A1"
    press("Control+y")
    press("Control+z")
    # To A3: an aisle left of it; then to A1: a pair.
    for key in ("Control+Home", "ArrowRight", "ArrowRight", "g", "Escape", "Home", "Space", "p"):
        press(key)
    # Copied, pasted at the end of the row, deleted.
    for key in ("Control+c", "End", "ArrowRight", "ArrowRight", "Control+v"):
        press(key)
    assert "A6" in labels(page)
    press("Delete")
    assert grid.get_by_role("gridcell", selected=True).count() == 0
    with page.expect_response("**/plan"):
        press("Control+s")
    expect(page.locator("[data-state]")).to_have_text("Saved")
    assert stored(site) == DRAWN


@on_one_database
def test_two_editors_do_not_overwrite_each_other(open_staff: OpenVisit, site: Site) -> None:
    first = open_staff("manager")
    first.expected.add(409)
    page = first.page()
    new_hall(page)
    other = first.page()
    other.goto(page.url)
    for each in (page, other):
        each.get_by_role("button", name="Block").click()
        each.get_by_role("button", name="Draw it at the mark").click()
        save(each)
    expect(page.locator("[data-state]")).to_have_text("Saved")
    expect(other.locator("[data-notes]")).to_contain_text("Somebody else changed this hall meanwhile")
    # What is not saved is asked about before the page is left.
    asked: list[str] = []
    other.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    other.goto("/backoffice/at/aurora/halls")
    assert asked == ["beforeunload"]


@on_one_database
def test_the_editor_shows_the_same_pairs_as_the_box_office(open_staff: OpenVisit, site: Site) -> None:
    page = open_staff("manager").page()
    page.goto("/backoffice/at/aurora/halls/1")
    seats = site.services.transactions.read(lambda session: seats_by_hall(session, [1])[1])
    kinds = ["wheelchair", "companion", "companion", "standard", "companion", "wheelchair", "companion"]
    for shift in range(3):
        changed = [
            SeatOfHall(
                one.id,
                one.label,
                one.row,
                one.place,
                one.x,
                one.y,
                kinds[(one.id * (shift + 2)) % 7],
                one.zone,
            )
            for one in seats
        ]
        told = [{"id": one.id, "x": one.x, "y": one.y, "kind": one.kind} for one in changed]
        pairs = page.evaluate(
            """async (seats) => {
                const script = document.querySelector("script[src*='halls/editor.js']").src;
                const { pairsOf } = await import(new URL("pairs.js", script));
                return [...pairsOf(seats)];
            }""",
            told,
        )
        assert {companion: wheelchair for companion, wheelchair in pairs} == wheelchair_of(changed)  # noqa: C416


@on_one_database
def test_the_editor_is_accessible_on_a_phone_and_draws_what_the_picker_draws(
    open_staff: OpenVisit, site: Site
) -> None:
    page = open_staff("manager", viewport=PHONE).page()
    page.goto("/backoffice/at/aurora/halls/1")
    page.get_by_text("Keys", exact=True).click()
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#curve").fill("60")
    save(page)
    hangs = page.evaluate(LINES_OF, ".plan-drawing .seat")
    assert len(set(hangs[:4])) > 1
    screening = site.services.transactions.read(
        lambda session: session.execute(
            text(
                "SELECT id FROM screening WHERE hall_id = 1 AND starts_at > CURRENT_TIMESTAMP ORDER BY starts_at LIMIT 1"
            )
        ).scalar_one()
    )
    page.goto(f"/screenings/{screening}")
    drawn = page.evaluate(LINES_OF, ".map .seat")
    # The hall of the demonstration has no hole that the picker draws narrower than the editor, but for its cross aisle.
    assert [round(one - drawn[0]) for one in drawn[:10]] == [round(one - hangs[0]) for one in hangs[:10]]
