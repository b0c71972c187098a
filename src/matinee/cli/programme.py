"""`matinee import` and `matinee export`: the programme from files and into one."""

from __future__ import annotations

from datetime import date

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from sqlalchemy.orm import Session

from matinee.cli.cinemas import cinema
from matinee.cli.files import read_given, write_given
from matinee.cli.halls import hall
from matinee.cli.opened import opened_services
from matinee.cli.prepared import prepare_database
from matinee.cli.refusals import refusals_shown
from matinee.cli.trail import leave_trail
from matinee.kernel import clock
from matinee.programme.csv_format import read_csv
from matinee.programme.csv_prices import format_prices
from matinee.programme.days_export import export_days
from matinee.programme.days_format import read_days
from matinee.programme.fields import parse_day
from matinee.programme.prices import price_rows
from matinee.programme.programme_import import ImportReport, import_programme
from matinee.programme.queries import cinema_by_slug
from matinee.programme.schedule import Schedule

__all__ = ("cinema", "export_command", "hall", "import_command")


def _day(_context: click.Context, _parameter: click.Parameter, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return parse_day(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--starting",
    callback=_day,
    metavar="YYYY-MM-DD",
    help="Move the first day of the file to this date; the other days keep their distance.",
)
@click.option("--cinema", "slug", metavar="SLUG", help="The cinema to fill; made if it is not there.")
def import_command(files: tuple[str, ...], starting: date | None, slug: str | None) -> None:
    """Bring a programme in: a schedule (JSON), or films, screenings and prices (CSV).

    Everything is taken or nothing: what is wrong is said with its file, its day or line and its film. A second import of
    the same file changes nothing. Several files are taken together, in their order.

    \b
    matinee import examples/days.json --starting 2026-12-01
    matinee import examples/prices.csv examples/films.csv examples/screenings.csv
    """
    with refusals_shown(), opened_services() as (settings, services):
        schedules = [_read(path) for path in files]
        prepare_database(services.engine)
        with _progress() as progress:
            task = progress.add_task("Screenings", total=None)

            def work(session: Session) -> ImportReport:
                found = import_programme(
                    session,
                    files=schedules,
                    cinema_slug=slug,
                    timezone=settings.timezone,
                    currency=settings.currency,
                    now=clock.now(),
                    starting=starting,
                    on_progress=lambda done, total: progress.update(task, completed=done, total=total),
                )
                if found.changed_anything:
                    cinema = cinema_by_slug(session, slug)
                    told = " ".join(_sentences(found))
                    subject = f"cinema:{cinema.slug}"
                    leave_trail(session, "programme.import", subject, told, cinema_id=cinema.id)
                return found

            report = services.transactions.write(work)
    for sentence in _sentences(report):
        click.echo(sentence)


def _read(path: str) -> Schedule:
    name, data = read_given(path)
    return (read_csv if name.lower().endswith(".csv") else read_days)(data, file_name=name)


def _progress() -> Progress:
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )


def _sentences(report: ImportReport) -> list[str]:
    sentences = []
    for key, count in sorted(report.ignored_keys.items()):
        sentences.append(f"Note: the key {key!r} is not known and was not read ({count} times).")
    if report.screenings_cancelled:
        verb = "was" if report.screenings_cancelled == 1 else "were"
        sentences.append(
            f"Left out {_count(report.screenings_cancelled, 'screening')} that {verb} cancelled."
        )
    if not report.changed_anything:
        return [
            *sentences,
            f"Nothing to change: {_count(report.screenings_same, 'screening')} are there already.",
        ]
    if report.cinema_new:
        sentences.append(f"Made the cinema {report.cinema_name!r}.")
    found = (
        (report.halls_new, "new hall"), (report.seats_new, "new seat"), (report.films_new, "new film"),
        (report.films_changed, "changed film"), (report.prices_changed, "new or changed price"),
        (report.screenings_new, "new screening"), (report.screenings_changed, "changed screening"),
    )  # fmt: skip
    told = ", ".join(_count(number, what) for number, what in found if number)
    if told:
        sentences.append(f"Imported into {report.cinema_name!r}: {told}.")
    if report.screenings_repriced:
        sentences.append(
            f"{_count(report.screenings_repriced, 'screening')} to come got another price list by the time."
        )
    if report.screenings_same:
        sentences.append(f"{_count(report.screenings_same, 'screening')} were there already.")
    return sentences


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


@click.command("export")
@click.argument("file", default="-", metavar="[FILE]")
@click.option("--cinema", "slug", metavar="SLUG", help="The cinema to write; the default one if left out.")
@click.option("--prices", is_flag=True, help="Write the price lists, as CSV, in place of the screenings.")
def export_command(file: str, slug: str | None, *, prices: bool) -> None:
    """Write the programme as JSON that `matinee import` reads, to FILE or to the standard output.

    The free seats are those that the house does not keep back; what was sold is no part of the programme.
    """

    def work(session: Session) -> str:
        cinema = cinema_by_slug(session, slug)
        if prices:
            return format_prices(price_rows(session, cinema=cinema))
        return export_days(session, cinema=cinema)

    with refusals_shown(), opened_services() as (_settings, services):
        prepare_database(services.engine)
        write_given(file, services.transactions.read(work))
