"""Encrypting with age, to keys whose secret halves are not on this machine: who breaks in here reads no backup."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matinee.backups.errors import BackupDamaged, BackupLocked

AGE_BEGINS = b"age-encryption.org/v1"


class OwnKey:
    """A key of this process alone, by which it tries what it has just encrypted, and which is gone with it."""

    def __init__(self) -> None:
        from pyrage import x25519

        self.identity = x25519.Identity.generate()
        self.recipient = str(self.identity.to_public())


def check_recipients(recipients: Sequence[str]) -> None:
    """Raises ValueError for the first that is no public key of age's."""
    _read_recipients(recipients)


def is_sealed(file: Path) -> bool:
    """Whether the file is encrypted with age."""
    with file.open("rb") as opened:
        return opened.read(len(AGE_BEGINS)) == AGE_BEGINS


def seal(source: Path, target: Path, recipients: Sequence[str]) -> None:
    """Encrypt `source` into the new file `target`, so that each of the recipients can open it. Raises OSError."""
    import pyrage

    keys = _read_recipients(recipients)
    with source.open("rb") as content, target.open("xb") as sealed:
        target.chmod(0o600)
        pyrage.encrypt_io(content, sealed, keys)


def unseal(source: Path, target: Path, identities: Sequence[Any]) -> None:
    """Decrypt into the new file `target`. Raises BackupLocked where none of the keys fits, and BackupDamaged."""
    import pyrage

    with source.open("rb") as sealed, target.open("xb") as content:
        target.chmod(0o600)
        try:
            pyrage.decrypt_io(sealed, content, identities)
        except pyrage.DecryptError as error:
            if "No matching keys" in str(error):
                raise BackupLocked(
                    "The backup is encrypted to another key than the one that was given: name the file with the right "
                    "one in --identity."
                ) from error
            raise BackupDamaged(f"The backup cannot be decrypted: {error}.") from error
        except OSError as error:
            if error.errno is not None:
                raise
            # What age says of a file that ends too early or was changed comes without a number.
            raise BackupDamaged(f"The backup is damaged or not whole: {error}.") from error


def read_identities(file: Path) -> list[Any]:
    """The secret keys in a file as age-keygen writes it. Raises BackupLocked; no word of the file is in the sentence."""
    from pyrage import IdentityError, x25519

    try:
        lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
        keys = [x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (OSError, UnicodeDecodeError, IdentityError):
        keys = []
    if not keys:
        raise BackupLocked(f"{file} cannot be read, or is no file with secret keys of age's.")
    return keys


def new_identity() -> tuple[str, str]:
    """A new pair: the public key, and the content of a file with the secret one, as age-keygen writes it."""
    own = OwnKey()
    return own.recipient, f"# public key: {own.recipient}\n{own.identity}\n"


def _read_recipients(recipients: Sequence[str]) -> list[Any]:
    from pyrage import RecipientError, x25519

    keys = []
    for recipient in recipients:
        try:
            keys.append(x25519.Recipient.from_str(recipient))
        except RecipientError:
            # The secret key of somebody who mixed them up must not get into a log.
            shown = "a secret key" if recipient.upper().startswith("AGE-SECRET-KEY") else repr(recipient)
            raise ValueError(
                f"must be public keys of age's, which begin with age1; {shown} is none"
            ) from None
    return keys
