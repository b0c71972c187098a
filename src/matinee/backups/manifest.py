"""The first thing in a backup: what is in it, and by what that can be checked."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matinee.backups.census import TableState
from matinee.backups.errors import BackupDamaged

FORMAT = 1


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the backup: its size and the SHA-256 of its bytes."""

    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a backup. `database` is "sqlite" or "postgresql"; `database_version` the engine's or server's own."""

    made_at: datetime
    matinee_version: str
    database: str
    database_version: str
    schema_revision: str
    tables: Mapping[str, TableState]
    files: Mapping[str, StoredFile]
    # By it one tells whether a secret key is the one that locked what is in the database; it does not give the key away.
    secret_key_print: str | None

    @property
    def rows(self) -> int:
        """How many rows all tables have together."""
        return sum(table.rows for table in self.tables.values())

    def to_json(self) -> bytes:
        """As it stands in the file, for people too."""
        content: dict[str, Any] = {
            "format": FORMAT,
            "made_at": self.made_at.isoformat(),
            "matinee_version": self.matinee_version,
            "database": self.database,
            "database_version": self.database_version,
            "schema_revision": self.schema_revision,
            "secret_key_print": self.secret_key_print,
            "files": {
                name: {"bytes": file.size_bytes, "sha256": file.sha256} for name, file in self.files.items()
            },
            "tables": {
                name: {"rows": table.rows, "digest": table.digest} for name, table in self.tables.items()
            },
        }
        return json.dumps(content, indent=1).encode()


def read_manifest(data: bytes) -> Manifest:
    """Read what `to_json` wrote. Raises BackupDamaged, also for a format of a newer Matinee."""
    try:
        content = json.loads(data)
        if content["format"] != FORMAT:
            raise BackupDamaged(
                f"The backup has the format {content['format']}, which this version of Matinee does not know. "
                "It was made by a newer one: install that."
            )
        return Manifest(
            made_at=datetime.fromisoformat(content["made_at"]),
            matinee_version=str(content["matinee_version"]),
            database=str(content["database"]),
            database_version=str(content["database_version"]),
            schema_revision=str(content["schema_revision"]),
            tables={
                str(name): TableState(int(table["rows"]), str(table["digest"]))
                for name, table in content["tables"].items()
            },
            files={
                str(name): StoredFile(int(file["bytes"]), str(file["sha256"]))
                for name, file in content["files"].items()
            },
            secret_key_print=content["secret_key_print"],
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupDamaged(f"The manifest of the backup cannot be read: {error!r}.") from error


def print_of_key(secret_key: str) -> str:
    """By what one tells one secret key from another."""
    return hmac.new(secret_key.encode(), b"matinee backup", hashlib.sha256).hexdigest()[:24]
