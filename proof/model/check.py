"""Goes through the whole model of the sale with spin, then plants faults into it, each of which must be found.

`python proof/model/check.py [--quick]`; `make model` calls it. It needs spin and gcc.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

MODEL = Path(__file__).with_name("sale.pml")
FAULTS = tuple(dict.fromkeys(re.findall(r"FAULT_[A-Z_]+[A-Z]", MODEL.read_text())))
DEPTH_MAX = 200_000
MEGABYTES_MAX = 3000
SECONDS_MAX = 1500
# Moments of time, beside the sizes in the model: two buyers, two seats.
WHOLE, FOR_FAULTS = "-DHORIZON=3", "-DHORIZON=2"


# What spin says where it has not seen every state.
UNFINISHED = ("Search not completed", "max search depth too small", "out of memory", "reached -DMEMLIM")


class CannotCheck(Exception):
    """The model could not be gone through, which shows nothing."""


@dataclass(frozen=True)
class Checked:
    """What spin found: how many states there are, and the assertion that was violated, if one was."""

    states: int
    violated: str
    seconds: float


def check(*options: str) -> Checked:
    """Go through every state of the model. Raises CannotCheck where not all of them were seen."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        _run(["spin", "-a", *options, str(MODEL)], folder)
        optimised = ["-O2", "-w", "-DSAFETY", "-DCOLLAPSE", f"-DMEMLIM={MEGABYTES_MAX}"]
        _run(["gcc", *optimised, "-o", "pan", "pan.c"], folder)
        said = _run(["./pan", f"-m{DEPTH_MAX}"], folder)
    states = re.search(r"(\d+) states, stored", said)
    errors = re.search(r"errors: (\d+)", said)
    violated = re.search(r"assertion violated (.*) \(at depth", said)
    # At a broken invariant it ends, and has found what it was to find.
    unfinished = violated is None and any(each in said for each in UNFINISHED)
    if states is None or errors is None or unfinished:
        raise CannotCheck(f"spin did not go through all of it:\n{said}")
    if int(errors[1]) and violated is None:
        raise CannotCheck(f"spin found something else than a broken invariant:\n{said}")
    return Checked(int(states[1]), violated[1] if violated else "", time.monotonic() - began)


def _run(command: list[str], folder: str) -> str:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=SECONDS_MAX, check=False
    )
    if command[0] != "./pan" and done.returncode != 0:
        raise CannotCheck(f"{command[0]} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def main(arguments: list[str]) -> int:
    missing = [program for program in ("spin", "gcc") if shutil.which(program) is None]
    if missing:
        print(
            f"{' and '.join(missing)} not found. On Debian and Ubuntu: apt install spin gcc", file=sys.stderr
        )
        return 2
    wrong = 0
    whole = check(FOR_FAULTS if "--quick" in arguments else WHOLE)
    told = f"broken: {whole.violated}" if whole.violated else "every invariant holds in every state"
    print(f"{'the sale':<34} {whole.states:>12,} states {whole.seconds:>6.0f} s  {told}", flush=True)
    wrong += bool(whole.violated)
    for fault in FAULTS:
        found = check(FOR_FAULTS, f"-D{fault}")
        told = f"found: {found.violated}" if found.violated else "NOT FOUND: the model is blind to it"
        print(f"{fault:<34} {found.states:>12,} states {found.seconds:>6.0f} s  {told}", flush=True)
        wrong += not found.violated
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
