"""What is looked at: the settings that health depends on, as plain values, and when this process started."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Installation:
    """This installation. `mail_goes_to` has no password in it."""

    version: str
    base_url: str
    data_dir: Path
    has_mail_server: bool
    mail_goes_to: str
    mail_from: str
    # None: nothing is known of backups.
    backup_dir: Path | None
    backup_age_max: timedelta
    started_at: datetime
