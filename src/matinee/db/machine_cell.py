"""A few bytes that all processes of one machine share: the cheapest way to tell them that something changed.

A file in the data directory, mapped into memory. It holds a name of the machine, and a random value that is replaced
at every change. Writers need no lock: whatever mixture two of them leave behind, it is a value that was never there
before. The file's name carries the boot of the machine, so that machines that share a data directory over a network,
where mapped memory is not shared, use different files and know each other as different machines.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import secrets
from pathlib import Path

_NAME_BYTES = 16
_VALUE_BYTES = 16
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class MachineCell:
    """The shared value of this machine."""

    def __init__(self, data_dir: Path) -> None:
        """Open the cell of `data_dir`; make it where it is not there yet. Raises OSError."""
        boot = _BOOT_ID.read_text().strip()[:8] if _BOOT_ID.exists() else "machine"
        path = data_dir / f"changes-{boot}"
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file).st_size < _NAME_BYTES + _VALUE_BYTES:
                os.pwrite(file, secrets.token_bytes(_NAME_BYTES + _VALUE_BYTES), 0)
            self._memory = mmap.mmap(file, _NAME_BYTES + _VALUE_BYTES)
        finally:
            # By hand: the mapping keeps a copy of the descriptor, and with it the lock, which nobody else would get.
            fcntl.flock(file, fcntl.LOCK_UN)
            os.close(file)
        self.machine = self._memory[:_NAME_BYTES].hex()

    def read(self) -> bytes:
        """The value now."""
        return self._memory[_NAME_BYTES:]

    def renew(self) -> None:
        """Replace the value by one that was never there, visible to every process of the machine at once."""
        self._memory[_NAME_BYTES:] = secrets.token_bytes(_VALUE_BYTES)
