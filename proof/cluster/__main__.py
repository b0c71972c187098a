"""`make cluster`: build it, sell, kill the primary, cut off a web machine, and look at what is committed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from proof.cluster.machines import missing_programs
from proof.cluster.network import CannotBuild, inside, network


def main() -> int:
    """Make the machines, then run the trial on the front one, whose network it needs."""
    missing = missing_programs()
    if missing:
        print(
            f"Not found: {', '.join(missing)}. On Debian: apt install etcd-server patroni haproxy pgbouncer iproute2"
        )
        return 2
    try:
        with network(), tempfile.TemporaryDirectory(prefix="matinee-cluster-") as folder:
            # PostgreSQL is not run as root, and has to get to its folder.
            Path(folder).chmod(0o755)
            trial = [*inside("front"), sys.executable, "-m", "proof.cluster.trial", folder]
            return subprocess.run(trial, env=dict(os.environ), check=False).returncode
    except CannotBuild as error:
        print(f"The network cannot be built here: {error}")
        return 2


if __name__ == "__main__":
    sys.exit(main())
