"""Two networks, and a router between them that loses, delays, repeats and reorders packets. Run as a program, as root.

It is what `tc netem` does, in a process: netem is a module that many kernels (those of containers and small machines) do not
have, and a tunnel device nearly every one has. The TCP on both sides is the kernel's own. The first network is the one that
it is started in, the second one is its own; both are gone with it.
"""

from __future__ import annotations

import ctypes
import fcntl
import heapq
import json
import os
import random
import select
import struct
import subprocess
import sys
import time
from collections import Counter
from typing import Any

CLONE_NEWNET = 0x40000000
_TUNSETIFF, _TUN_WITHOUT_HEADER = 0x400454CA, 0x0001 | 0x1000
PACKET_BYTES_MAX = 65536
# Here, and there.
NEAR, FAR = "10.99.0.1", "10.99.0.2"
NETWORK = "10.99.0.0/24"
# What is counted.
MET = ("packets", "packets lost", "packets repeated", "packets overtaking others")


def enter_network(pid: int) -> None:
    """This thread, and what it starts, is in the network of the process from now on. Raises OSError."""
    with open(f"/proc/{pid}/ns/net", "rb") as network:
        if ctypes.CDLL(None, use_errno=True).setns(network.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")


def leave_for_new_network() -> None:
    """This process is in a network of its own from now on, with a loopback interface. Raises OSError."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    _ip("link", "set", "lo", "up")


def _tunnel(name: str, address: str, peer: str) -> int:
    handle = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(handle, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _TUN_WITHOUT_HEADER))
    _ip("address", "add", address, "peer", peer, "dev", name)
    _ip("link", "set", name, "up")
    return handle


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


class Router:
    """Carries packets between two tunnels, badly."""

    def __init__(self, ends: tuple[int, int], plan: dict[str, Any]) -> None:
        self._ends = ends
        self._chance = random.Random(plan["seed"])
        self._plan = plan
        # When it leaves, its number, by which end, and the packet.
        self._waiting: list[tuple[float, int, int, bytes]] = []
        self._number = 0
        # By each end: when the last leaves.
        self._latest = dict.fromkeys(ends, 0.0)
        self.met: Counter[str] = Counter()

    def carry_until_told(self) -> None:
        """Until the standard input ends."""
        first, second = self._ends
        while True:
            pause = max(0.0, self._waiting[0][0] - time.monotonic()) if self._waiting else 0.5
            readable, _, _ = select.select([first, second, sys.stdin], [], [], pause)
            if sys.stdin in readable:
                return
            for end in readable:
                self._take(end, second if end == first else first)
            self._let_go()

    def _take(self, end: int, other: int) -> None:
        while True:
            try:
                packet = os.read(end, PACKET_BYTES_MAX)
            except BlockingIOError:
                return
            self.met["packets"] += 1
            if self._chance.random() < self._plan["loss"]:
                self.met["packets lost"] += 1
                continue
            # Each has a delay of its own, so that they overtake each other.
            self._delay(packet, other)
            if self._chance.random() < self._plan["repeat"]:
                self.met["packets repeated"] += 1
                self._delay(packet, other)

    def _delay(self, packet: bytes, other: int) -> None:
        leaves = time.monotonic() + self._chance.uniform(*self._plan["delay_seconds"])
        if leaves < self._latest[other]:
            self.met["packets overtaking others"] += 1
        self._latest[other] = max(leaves, self._latest[other])
        self._number += 1
        heapq.heappush(self._waiting, (leaves, self._number, other, packet))

    def _let_go(self) -> None:
        now = time.monotonic()
        while self._waiting and self._waiting[0][0] <= now:
            _, _, other, packet = heapq.heappop(self._waiting)
            try:
                os.write(other, packet)
            except OSError:
                self.met["packets lost"] += 1


def _play() -> None:
    plan = json.loads(sys.stdin.readline())
    near = _tunnel("matinee0", NEAR, FAR)
    leave_for_new_network()
    far = _tunnel("matinee1", FAR, NEAR)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    router = Router((near, far), plan)
    router.carry_until_told()
    sys.stdout.write(json.dumps(router.met) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _play()
