"""The database: whether it answers, its schema, its size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from matinee.db.errors import DatabaseUnavailable
from matinee.db.schema import HEAD_REVISION, current_revision
from matinee.languages.marking import N_
from matinee.reports.health.finding import Finding, said


def look_at_database(engine: Engine) -> Iterator[Finding]:
    """Whether the database answers and has the schema of this version."""
    what = said(N_("database"))
    try:
        kind = database_kind(engine)
        revision = current_revision(engine)
    except (DatabaseUnavailable, DBAPIError) as error:
        cause = error if isinstance(error, DBAPIError) else error.__cause__
        reason = str(getattr(cause, "orig", error)).strip().splitlines()[0]
        advice = said(N_("Start the database, or correct MATINEE_DATABASE_URL."))
        yield Finding(what, said(N_("does not answer: %(reason)s"), reason=reason), advice)
        return
    yield Finding(what, said(N_("%(kind)s answers"), kind=kind))
    yield _schema(revision)


def _schema(revision: str | None) -> Finding:
    what, advice = said(N_("schema")), said(N_("Run `matinee db upgrade`."))
    if revision == HEAD_REVISION:
        return Finding(what, said(N_("%(revision)s (current)"), revision=revision))
    if revision is None:
        return Finding(what, said(N_("no tables yet")), advice)
    state = said(N_("%(revision)s, this version needs %(needed)s"), revision=revision, needed=HEAD_REVISION)
    return Finding(what, state, advice)


def database_kind(engine: Engine) -> str:
    """ "PostgreSQL 18.4". Raises DatabaseUnavailable and what the driver raises."""
    on_sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        version = connection.execute(
            text("SELECT sqlite_version()" if on_sqlite else "SHOW server_version")
        ).scalar_one()
    return f"{'SQLite' if on_sqlite else 'PostgreSQL'} {version}"


def database_bytes(engine: Engine) -> int:
    """How much room the database takes: on SQLite its file and the log ahead of it. Raises what the driver raises."""
    if engine.dialect.name == "sqlite":
        path = str(engine.url.database)
        files = (Path(path), Path(f"{path}-wal"))
        return sum(file.stat().st_size for file in files if file.exists())
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
