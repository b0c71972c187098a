"""Machines that are network namespaces of this one, on a switch of their own that leads nowhere else."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from shutil import which

SWITCH = "mn-switch"
PREFIX = "mn-"
# The addresses that the files in deploy/cluster name.
ADDRESSES: Mapping[str, str] = {
    "front": "10.20.0.10",
    "web1": "10.20.0.21",
    "web2": "10.20.0.22",
    "db1": "10.20.0.31",
    "db2": "10.20.0.32",
    "witness": "10.20.0.33",
}


class CannotBuild(Exception):
    """This machine does not let us make network namespaces, or has no program for it."""


@contextmanager
def network() -> Iterator[None]:
    """Every machine of ADDRESSES on one switch; all of it gone afterwards. Raises CannotBuild."""
    if os.geteuid() != 0 or which("ip") is None:
        raise CannotBuild("network namespaces need root and the program `ip` (Debian: iproute2)")
    remove_network()
    try:
        _build()
        yield
    except subprocess.CalledProcessError as error:
        raise CannotBuild(f"{' '.join(error.cmd)}: {error.stderr.strip()}") from error
    finally:
        remove_network()


def remove_network() -> None:
    """End every process in our namespaces, and take them away."""
    for name in _namespaces():
        for pid in subprocess.run(
            ["ip", "netns", "pids", name], capture_output=True, text=True, check=False
        ).stdout.split():
            _kill(int(pid))
        subprocess.run(["ip", "netns", "delete", name], capture_output=True, check=False)


def inside(machine: str) -> list[str]:
    """What is written in front of a command that runs on `machine`."""
    return ["ip", "netns", "exec", PREFIX + machine]


def cut_off(machine: str) -> None:
    """Pull the cable of `machine`: everything that is sent to it is lost, and nobody is told."""
    _ip("-n", SWITCH, "link", "set", f"to-{machine}", "down")


def join_again(machine: str) -> None:
    """Put the cable of `machine` back."""
    _ip("-n", SWITCH, "link", "set", f"to-{machine}", "up")


def _build() -> None:
    _ip("netns", "add", SWITCH)
    _ip("-n", SWITCH, "link", "add", "hub", "type", "bridge")
    _ip("-n", SWITCH, "link", "set", "hub", "up")
    for machine, address in ADDRESSES.items():
        name = PREFIX + machine
        _ip("netns", "add", name)
        _ip("-n", name, "link", "set", "lo", "up")
        _ip(
            "-n",
            name,
            "link",
            "add",
            "eth0",
            "type",
            "veth",
            "peer",
            "name",
            f"to-{machine}",
            "netns",
            SWITCH,
        )
        _ip("-n", SWITCH, "link", "set", f"to-{machine}", "master", "hub")
        _ip("-n", SWITCH, "link", "set", f"to-{machine}", "up")
        _ip("-n", name, "address", "add", f"{address}/24", "dev", "eth0")
        _ip("-n", name, "link", "set", "eth0", "up")


def _namespaces() -> list[str]:
    said = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout
    names = [line.split()[0] for line in said.splitlines() if line.strip()]
    return [name for name in names if name.startswith(PREFIX)]


def _kill(pid: int) -> None:
    try:
        os.kill(pid, 9)
    except ProcessLookupError:
        return


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], capture_output=True, text=True, check=True)
