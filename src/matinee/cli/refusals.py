"""How a command ends when what was asked is refused: a sentence on stderr, exit code 1."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import DBAPIError

from matinee.db.errors import DatabaseUnavailable, SchemaNotCurrent
from matinee.db.failures import is_unavailability, unavailable
from matinee.kernel.errors import DomainError


@contextmanager
def refusals_shown() -> Iterator[None]:
    """End the command with the sentence of a refusal, or of a database that does not answer."""
    try:
        yield
    except DomainError as error:
        raise click.ClickException(error.detail) from None
    except SchemaNotCurrent as error:
        raise click.ClickException(str(error)) from None
    except DatabaseUnavailable as error:
        raise _no_answer(error) from None
    except DBAPIError as error:
        if not is_unavailability(error):
            raise
        raise _no_answer(unavailable(error)) from None


def _no_answer(error: DatabaseUnavailable) -> click.ClickException:
    return click.ClickException(
        f"the database does not answer ({error}); nothing was changed. See `matinee doctor`."
    )
