"""What a scenario needs of the machine; where it is missing, the sentence says what to do."""

from __future__ import annotations

import os
import shutil
import sys

from proof.scenario import NotHere


def require_root(what_for: str) -> None:
    """Raise NotHere for whoever may not."""
    if sys.platform != "linux" or os.geteuid() != 0:
        raise NotHere(f"{what_for} needs Linux and root: run `sudo make prove`, or in a container as root")


def require_program(name: str, package: str) -> str:
    """The path of a program. Raises NotHere with the package of Debian that has it."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        raise NotHere(f"the command {name} is missing: apt install {package}")
    return found


def require_tunnels() -> None:
    """Raise NotHere where the kernel makes no network interface of a process's own."""
    try:
        os.close(os.open("/dev/net/tun", os.O_RDWR))
    except OSError as error:
        raise NotHere(
            f"/dev/net/tun cannot be opened ({error.strerror}); the kernel's module is tun"
        ) from None
