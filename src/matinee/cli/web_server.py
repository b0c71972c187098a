"""The server's library, set up for Matinee: how it listens, and how it ends without dropping a request."""

from __future__ import annotations

import ctypes
import multiprocessing
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from matinee.cli.log import SERVER_LOG
from matinee.cli.napping import nap
from matinee.cli.open_files import allow_connections

# Who comes while a web worker is busy waits with the kernel, which may be set to keep fewer (net.core.somaxconn). Whoever
# finds no room there tries again after a second, then after two more, and so on.
WAITING_WITH_KERNEL_MAX = 4096
# Of the time to drain: what was accepted before is answered, and nothing accepted any more, if somebody else can.
LAST_SECONDS = 1.0
# After the time to drain: what is still in hand has so long, and is then broken off by force.
STOP_SECONDS_MAX = 20


@dataclass(frozen=True, slots=True)
class Listening:
    """Where to listen: at an address, or on a socket that was handed over."""

    host: str
    port: int
    handed_over: socket.socket | None = None

    @property
    def url(self) -> str:
        host, port = (
            self.handed_over.getsockname()[:2] if self.handed_over is not None else (self.host, self.port)
        )
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"


class Ending:
    """How far the server is on its way to its end. Shared by its processes: made before they are forked."""

    def __init__(self) -> None:
        self._step = multiprocessing.RawValue(ctypes.c_int, 0)

    def begin(self) -> None:
        """From now on each connection is closed with its answer."""
        self._step.value = 1

    def accept_no_more(self) -> None:
        """From now on connections are left to whoever has the socket next."""
        self._step.value = 2

    def __call__(self) -> bool:
        """Whether it has begun."""
        return bool(self._step.value)

    @property
    def accepts_no_more(self) -> bool:
        """Whether connections are left to others."""
        return bool(self._step.value == 2)


def prepare_processes() -> None:
    """Let web workers be forks: they start at once and share the memory of what was imported."""
    if sys.platform == "linux":
        # Newer Pythons no longer do it by themselves.
        multiprocessing.set_start_method("fork", force=True)


def build_web_server(listening: Listening, *, workers: int, ending: Ending, drain_seconds: float) -> Any:
    """The server. `drain_seconds`: after SIGTERM it serves on for so long, closing each connection with its answer."""
    from granian import Granian
    from granian._granian import SocketHolder
    from granian.constants import HTTPModes, Interfaces, Loops
    from granian.log import LogLevels

    class Server(Granian):  # type: ignore[misc, valid-type]
        """Granian on a socket that may be handed over, which ends in two steps."""

        _is_asked_to_drain = False
        _is_asked_again = False

        def _init_shared_socket(self) -> None:
            if listening.handed_over is None:
                super()._init_shared_socket()
                return
            # The way in which it shares a socket among its workers where each cannot have one of its own.
            self._sfd = listening.handed_over.fileno()
            self._shd = SocketHolder(self._sfd, False, self.backlog)  # type: ignore[call-arg]  # its stub is behind
            self._ssp = None
            self._sso = listening.handed_over

        def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
            if self.interrupt_signal:
                # And nothing else: the server's own handler takes a lock that the first signal may still hold.
                self._is_asked_again = True
                return
            self._is_asked_to_drain = bool(args) and args[0] == signal.SIGTERM
            super().signal_handler_interrupt(*args, **kwargs)

        def shutdown(self, exit_code: int = 0) -> None:
            if self._is_asked_to_drain and drain_seconds:
                last = min(LAST_SECONDS, drain_seconds / 2)
                ending.begin()
                self._nap(drain_seconds - last)
                # Who was just let in has his request on the way.
                ending.accept_no_more()
                self._nap(last)
            super().shutdown(exit_code)

        def _nap(self, seconds: float) -> None:
            nap(seconds, is_over=lambda: self._is_asked_again, poll_seconds=0.1)

    return Server(
        "matinee.wsgi:application",
        address=listening.host,
        port=listening.port,
        interface=Interfaces.ASGINL,
        loop=Loops.auto if sys.platform == "win32" else Loops.uvloop,
        workers=workers,
        http=HTTPModes.http1,
        websockets=False,
        backlog=WAITING_WITH_KERNEL_MAX,
        # For each web worker: how many connections it takes on at once. One that is idle counts.
        backpressure=allow_connections(),
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS_MAX,
        # Requests are logged by the application, without secrets.
        log_access=False,
        log_level=LogLevels.warning,
        log_dictconfig=SERVER_LOG,
    )


def refuse_taken_port(host: str, port: int, *, refuse: Callable[[str], Exception]) -> None:
    """Raise what `refuse` makes of a sentence where somebody else listens there."""
    # The web workers share the port among them, and would share it with another server, too, without a word.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise refuse(
                f"cannot listen on {host}, port {port}: {error.strerror}. Give another --host or --port."
            ) from None
