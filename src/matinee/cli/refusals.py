"""How a command ends when what was asked is refused: a sentence on stderr, exit code 1."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from matinee.db.errors import DatabaseUnavailable, SchemaNotCurrent
from matinee.db.failures import unavailability_named
from matinee.kernel.errors import DomainError


@contextmanager
def refusals_shown() -> Iterator[None]:
    """End the command with the sentence of a refusal, or of a database that does not answer."""
    try:
        with unavailability_named():
            yield
    except DomainError as error:
        raise click.ClickException(error.detail) from None
    except SchemaNotCurrent as error:
        raise click.ClickException(str(error)) from None
    except DatabaseUnavailable as error:
        raise click.ClickException(
            f"the database does not answer ({error}); nothing was changed. See `matinee doctor`."
        ) from None
