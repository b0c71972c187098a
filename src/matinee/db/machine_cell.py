"""A few bytes that all processes of one machine share: the cheapest way to tell them that something changed.

A file in the data directory, mapped into memory. It holds a name of the machine, and two random values: one is replaced
at every change of claims alone, the other at every other change. Writers need no lock: whatever mixture two of them leave
behind, it is a value that was never there before. The file's name carries the boot of the machine, so that machines that
share a data directory over a network, where mapped memory is not shared, use different files and know each other as
different machines; and how the file is laid out, so that processes of two versions of Matinee, of which one would not
look where the other writes, do so, too.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import secrets
from pathlib import Path

_NAME_BYTES = 16
_VALUE_BYTES = 16
_CLAIMS = slice(_NAME_BYTES, _NAME_BYTES + _VALUE_BYTES)
_PROGRAMME = slice(_CLAIMS.stop, _CLAIMS.stop + _VALUE_BYTES)
_BYTES = _PROGRAMME.stop
# Another one whenever the file is laid out anew. The first had a single value, and no number in its name.
_LAYOUT = 2
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class MachineCell:
    """The shared values of this machine."""

    def __init__(self, data_dir: Path) -> None:
        """Open the cell of `data_dir`; make it where it is not there yet. Raises OSError."""
        boot = _BOOT_ID.read_text().strip()[:8] if _BOOT_ID.exists() else "machine"
        path = data_dir / f"changes-{boot}-{_LAYOUT}"
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file).st_size < _BYTES:
                os.pwrite(file, secrets.token_bytes(_BYTES), 0)
            self._memory = mmap.mmap(file, _BYTES)
        finally:
            # By hand: the mapping keeps a copy of the descriptor, and with it the lock, which nobody else would get.
            fcntl.flock(file, fcntl.LOCK_UN)
            os.close(file)
        self.machine = self._memory[:_NAME_BYTES].hex()

    def read(self) -> bytes:
        """Both values now."""
        return self._memory[_NAME_BYTES:]

    def read_programme(self) -> bytes:
        """The value of what is no claim now."""
        return self._memory[_PROGRAMME]

    def renew_claims(self) -> None:
        """Replace the value of the claims by one that was never there, visible to every process of the machine at once."""
        self._memory[_CLAIMS] = secrets.token_bytes(_VALUE_BYTES)

    def renew_programme(self) -> None:
        """Replace the value of everything else so."""
        self._memory[_PROGRAMME] = secrets.token_bytes(_VALUE_BYTES)
