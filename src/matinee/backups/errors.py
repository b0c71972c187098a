"""What keeps a backup from being made or brought back."""

from __future__ import annotations


class BackupFailed(Exception):
    """No backup was made, or nothing was brought back. The text is the sentence that the operator reads."""


class ProgramMissing(BackupFailed):
    """A program of PostgreSQL's is not here, or is too old for the server."""


class BackupDamaged(BackupFailed):
    """The file is not whole, or not what its manifest says."""


class BackupLocked(BackupFailed):
    """The backup is encrypted, and the key that opens it was not given."""


class BackupDiffers(BackupFailed):
    """What came out of the backup is not what was in the database when it was made."""


class RestoreRefused(BackupFailed):
    """Bringing this backup back here would destroy something, or cannot work."""


class StoreFailed(BackupFailed):
    """The place where backups are kept did not do what was asked."""
