"""Without a mail server: mails are kept as files that every mail program opens."""

from __future__ import annotations

import logging
import os
import tempfile
from datetime import UTC
from pathlib import Path

from matinee.outbox.errors import ServerUnreachable
from matinee.outbox.transport import Parcel

log = logging.getLogger(__name__)


class MailFolder:
    """Keeps each mail as a file, named so that the names sort by the time at which the mails were asked for."""

    prepare_seconds_max = 5.0
    hand_over_seconds_max = 5.0

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def prepare(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise ServerUnreachable(f"the folder for mails cannot be made: {error.strerror}") from error

    def hand_over(self, parcel: Parcel) -> None:
        # Named after the row: a mail that is kept a second time, after a crash, replaces itself.
        path = self._folder / f"{parcel.created_at.astimezone(UTC):%Y%m%dT%H%M%S.%f}Z-{parcel.message_id}.eml"
        try:
            self._write_whole(path, parcel.mail.as_bytes())
        except OSError as error:
            raise ServerUnreachable(f"the mail cannot be written: {error.strerror}") from error
        log.info("no mail server is set; the mail is kept as %s", path)

    def _write_whole(self, path: Path, content: bytes) -> None:
        # Nobody sees half a file: it gets its name when it is complete. mkstemp makes it readable by the
        # owner alone.
        descriptor, name = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise

    def abort(self) -> None:
        """Nothing runs for long."""

    def close(self) -> None:
        """Nothing is held."""
