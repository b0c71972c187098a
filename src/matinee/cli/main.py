"""The command `matinee`. Little but click is imported here; a command is imported when it is called: the start counts."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

import click

from matinee import __version__
from matinee.cli.imports import nothing_is_garbage


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command is, and what the overview says of it."""

    target: str
    summary: str


COMMANDS = {
    "demo": Entry("matinee.cli.demo:demo", "Make a demonstration cinema to try Matinee with."),
    "serve": Entry("matinee.cli.serve:serve", "Serve the cinema on the web, with a worker beside it."),
    "worker": Entry("matinee.cli.worker:worker", "Deliver mail and webhooks and tidy up, alone."),
    "import": Entry("matinee.cli.programme:import_command", "Read a programme from a file."),
    "export": Entry("matinee.cli.programme:export_command", "Write the programme to a file."),
    "cinema": Entry("matinee.cli.cinemas:cinema", "Cinemas: name, address, time zone, currency."),
    "film": Entry("matinee.cli.films:film", "Posters of films."),
    "hall": Entry("matinee.cli.halls:hall", "Halls and their seats."),
    "user": Entry("matinee.cli.users:user", "Accounts and the roles of staff."),
    "forget": Entry("matinee.cli.forget:forget", "Forget who bought tickets long ago. Figures stay."),
    "report": Entry("matinee.cli.report:report", "Figures: sales, distributors' returns, payments, tax."),
    "backup": Entry("matinee.cli.backup:backup", "Make a backup, while the cinema sells."),
    "restore": Entry(
        "matinee.cli.restore:restore", "Bring a backup back, or try whether it would come back."
    ),
    "ticket-keys": Entry("matinee.cli.ticket_keys:ticket_keys", "The keys that sign the codes of tickets."),
    "db": Entry("matinee.cli.db:db", "The schema of the database."),
    "doctor": Entry("matinee.cli.doctor:doctor", "Look at everything; say what is wrong and what to do."),
}

EXAMPLES = """\b
Try it:
  matinee demo                       a demonstration cinema, in ./var
  matinee serve                      then open http://127.0.0.1:8000

\b
Run your own cinema:
  matinee import schedule.json       your programme
  matinee user add you@example.org --role manager
  matinee serve --host 0.0.0.0 --workers 2
  matinee doctor                     is all well?

Settings are environment variables: MATINEE_DATABASE_URL=postgresql://user:password@host/name,
MATINEE_SMTP_URL=smtp://user:password@host:587?starttls=1, MATINEE_BASE_URL=https://tickets.example.org and more;
`matinee doctor` shows all of them. Every command has a --help of its own.
"""


class LazyGroup(click.Group):
    """A group whose commands are imported one by one, when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module_name, _, attribute = entry.target.partition(":")
        with nothing_is_garbage():
            command: click.Command = getattr(importlib.import_module(module_name), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        # The overview is written from the table above: importing every command for it takes a second.
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])


@click.group(cls=LazyGroup, epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="matinee")
def main() -> None:
    """Matinee, the box office that a cinema runs itself."""
