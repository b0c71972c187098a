"""Which wallets this cinema's tickets can be kept in: those for which keys are set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from matinee.tickets.wallets.apple import AppleWallet, load_apple_wallet
from matinee.tickets.wallets.google import GoogleWallet, load_google_wallet


@dataclass(frozen=True, slots=True)
class Wallets:
    """The wallets for which there are keys."""

    apple: AppleWallet | None = None
    google: GoogleWallet | None = None

    def apple_at(self, now: datetime) -> AppleWallet | None:
        """Apple's, while what is signed is taken."""
        return self.apple if self.apple is not None and self.apple.is_valid(now=now) else None


def apple_wallet(
    *, certificate: str, key: str, key_password: str, type_id: str, team_id: str, wwdr: str
) -> AppleWallet | None:
    """Apple's wallet from the settings of that name, the files as paths; None where none of them is set.

    Raises ValueError with what is wrong.
    """
    needed = (certificate, key, type_id, team_id, wwdr)
    if not any(needed):
        return None
    if not all(needed):
        raise ValueError("CERTIFICATE, KEY, TYPE_ID, TEAM_ID and WWDR are needed together")
    return load_apple_wallet(
        certificate=Path(certificate),
        key=Path(key),
        key_password=key_password,
        type_id=type_id,
        team_id=team_id,
        wwdr=Path(wwdr),
    )


def google_wallet(*, key: str, issuer_id: str) -> GoogleWallet | None:
    """Google's wallet from the settings of that name; None where none of them is set. Raises ValueError."""
    if not (key or issuer_id):
        return None
    if not (key and issuer_id):
        raise ValueError("KEY and ISSUER_ID are needed together")
    return load_google_wallet(key=Path(key), issuer_id=issuer_id)
