"""`matinee hall`: halls as text layouts."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from matinee.boxoffice.hall_plans import ChangedPlan, store_hall_plan
from matinee.cli.files import read_given, write_given
from matinee.cli.opened import opened_services
from matinee.cli.prepared import prepare_database
from matinee.cli.refusals import refusals_shown
from matinee.cli.trail import leave_trail
from matinee.kernel import clock
from matinee.programme.cinemas import cinema_to_fill
from matinee.programme.halls import HallReport, layout_of_hall
from matinee.programme.layout_export import format_layout
from matinee.programme.layouts import parse_layout
from matinee.programme.queries import cinema_by_slug, halls_of, seats_by_hall


@click.group()
def hall() -> None:
    """Halls: their rows, seats and aisles, from text files and into them."""


@hall.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--cinema", "slug", metavar="SLUG", help="The cinema of the hall; made if it is not there.")
def import_halls(files: tuple[str, ...], slug: str | None) -> None:
    """Make a hall, or change it, as a text layout describes it.

    A seat that somebody has at a coming screening stays: a layout that leaves it out, or makes it another, is refused.

    \b
    matinee hall import examples/hall.txt
    """
    with refusals_shown(), opened_services() as (settings, services):
        layouts = [parse_layout(data, file_name=name) for name, data in map(read_given, files)]
        prepare_database(services.engine)
        now = clock.now()

        def work(session: Session) -> list[ChangedPlan]:
            cinema, _made = cinema_to_fill(
                session, slug=slug, timezone=settings.timezone, currency=settings.currency
            )
            stored = [store_hall_plan(session, cinema=cinema, layout=layout, now=now) for layout in layouts]
            for report in (one.report for one in stored if one.report.changed_anything):
                leave_trail(
                    session, "hall.import", f"cinema:{cinema.slug}", _sentence(report), cinema_id=cinema.id
                )
            return stored

        changed = services.transactions.write(work)
    for each in changed:
        click.echo(_sentence(each.report))
        for conflict in each.not_kept_back:
            sold = conflict.sold
            click.echo(
                f"{sold.label} is not kept back on {sold.day} at {sold.time}: order {sold.order_code} has it."
            )


def _sentence(report: HallReport) -> str:
    if not report.changed_anything:
        return f"Nothing to change: {report.name!r} is like that already."
    if report.new:
        return f"Made {report.name!r} with {report.seats_new} seats."
    others = (", another turnaround" if report.turnaround_changed else "") + (
        ", another focus" if report.focus_changed else ""
    )
    others += ", another curve" if report.curve_changed else ""
    return (
        f"Changed {report.name!r}: {report.seats_new} seats new, {report.seats_changed} changed, "
        f"{report.seats_removed} removed{others}."
    )


@hall.command("export")
@click.argument("name")
@click.argument("file", default="-", metavar="[FILE]")
@click.option("--cinema", "slug", metavar="SLUG", help="The cinema of the hall; the default one if left out.")
def export_hall(name: str, file: str, slug: str | None) -> None:
    """Write the layout of the hall NAME, to FILE or to the standard output."""
    with refusals_shown(), opened_services() as (_settings, services):
        prepare_database(services.engine)
        layout = services.transactions.read(
            lambda session: layout_of_hall(session, cinema=cinema_by_slug(session, slug), name=name)
        )
        write_given(file, format_layout(layout))


@hall.command("list")
@click.option("--cinema", "slug", metavar="SLUG", help="The cinema; the default one if left out.")
def list_halls(slug: str | None) -> None:
    """Show the halls of a cinema with the number of their seats."""

    def work(session: Session) -> list[tuple[str, int, int]]:
        halls = halls_of(session, cinema_id=cinema_by_slug(session, slug).id)
        seats = seats_by_hall(session, [each.id for each in halls])
        return [(each.name, len(seats[each.id]), each.turnaround_minutes) for each in halls]

    with refusals_shown(), opened_services() as (_settings, services):
        prepare_database(services.engine)
        rows = services.transactions.read(work)
    table = Table("Hall", "Seats", "Turnaround (minutes)")
    for name, seats, turnaround in rows:
        table.add_row(name, str(seats), str(turnaround))
    Console().print(table)
