"""A socket that is handed over, as systemd does: it outlives the server, so that nobody is refused while that restarts."""

from __future__ import annotations

import contextlib
import os
import socket

import click

# Where they begin, by sd_listen_fds(3).
FIRST_DESCRIPTOR = 3


def handed_over_socket() -> socket.socket | None:
    """The socket that was handed over to this process (LISTEN_FDS); None where none was. The next process is not told.

    Ends the command where there are several, or it is none that can be served on.
    """
    count = os.environ.pop("LISTEN_FDS", "")
    meant = os.environ.pop("LISTEN_PID", "")
    os.environ.pop("LISTEN_FDNAMES", None)
    if not count.isdigit() or meant != str(os.getpid()) or int(count) == 0:
        return None
    if int(count) > 1:
        raise click.ClickException("several sockets were handed over (LISTEN_FDS); Matinee serves on one.")
    try:
        found = socket.socket(fileno=FIRST_DESCRIPTOR)
        listens = found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    except OSError as error:
        raise click.ClickException(
            f"the socket that was handed over cannot be used: {error.strerror}."
        ) from None
    if found.family not in (socket.AF_INET, socket.AF_INET6) or not listens:
        raise click.ClickException("the socket that was handed over does not listen on TCP (ListenStream=).")
    found.set_inheritable(True)
    # As the server's library wants it.
    found.setblocking(False)
    return found


def leave_to_others(shared: socket.socket) -> None:
    """Accept nothing more in this process from a socket that it shares; what comes waits for another process.

    Closing it would not do: the server's library has it, and would first take what it then leaves unanswered. So a socket
    that nobody knows is put in its place, on every number that it has here.
    """
    identity = os.fstat(shared.fileno())
    with socket.create_server(("127.0.0.1", 0)) as unknown:
        unknown.setblocking(False)
        for number in _open_numbers():
            with contextlib.suppress(OSError):
                found = os.fstat(number)
                if (found.st_dev, found.st_ino) == (identity.st_dev, identity.st_ino):
                    os.dup2(unknown.fileno(), number)


def _open_numbers() -> list[int]:
    for folder in ("/proc/self/fd", "/dev/fd"):
        with contextlib.suppress(OSError):
            return [int(name) for name in os.listdir(folder)]
    return []
