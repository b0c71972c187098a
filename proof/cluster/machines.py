"""What runs on each machine, from the files of `deploy/cluster`."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from proof.cluster.network import ADDRESSES, inside

ROOT = Path(__file__).parent.parent.parent
FILES = ROOT / "deploy" / "cluster"
PROGRAMS = ("etcd", "patroni", "haproxy", "pgbouncer", "setpriv")
DATABASES = ("db1", "db2")
WEB = ("web1", "web2")
PASSWORDS = {
    name: secrets.token_hex(12) for name in ("SUPERUSER_PASSWORD", "REPLICATION_PASSWORD", "MATINEE_PASSWORD")
}


def missing_programs() -> list[str]:
    """What is to be installed first (Debian: etcd-server patroni haproxy pgbouncer util-linux)."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


class Machine:
    """One of the machines: its folder, and the processes on it."""

    def __init__(self, name: str, folder: Path) -> None:
        """`folder`: of all machines; this one gets its own in it."""
        self.name, self.address = name, ADDRESSES[name]
        self.folder = folder / name
        self.folder.mkdir(mode=0o755)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def file(self, source: str, *, owner: str = "root") -> Path:
        """A file of deploy/cluster with what belongs to this machine filled in."""
        text = (FILES / source).read_text()
        values = {
            "NAME": self.name,
            "ADDRESS": self.address,
            "DATA": str(self.folder),
            "CONFIG": str(self.folder),
        }
        for name, value in {**values, **PASSWORDS}.items():
            text = text.replace(f"@{name}@", value)
        written = self.folder / source
        written.write_text(text)
        written.chmod(0o700 if source.endswith(".sh") else 0o600)
        shutil.chown(written, owner)
        return written

    def start(
        self,
        what: str,
        command: list[str],
        *,
        user: str = "root",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Run a program here, as `user`; what it says goes to a file."""
        if user != "root":
            command = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", *command]
            shutil.chown(self.folder, user)
        with (self.folder / f"{what}.log").open("ab") as log:
            self._processes[what] = subprocess.Popen(
                inside(self.name) + command,
                env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **(environment or {})},
                cwd=ROOT if user == "root" else self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def is_running(self, what: str) -> bool:
        return self._processes[what].poll() is None

    def kill_everything(self) -> None:
        """As a loss of power does: SIGKILL to all that runs here, and to what it started."""
        pids = subprocess.run(
            ["ip", "netns", "pids", f"mn-{self.name}"], capture_output=True, text=True, check=True
        ).stdout.split()
        for pid in pids:
            try:
                os.kill(int(pid), signal.SIGKILL)
            except ProcessLookupError:
                continue
        for process in self._processes.values():
            process.wait()

    def stop_everything(self) -> None:
        """End what was started here; the front machine runs the trial itself, too."""
        for process in self._processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def said(self, what: str) -> str:
        return (self.folder / f"{what}.log").read_text(errors="replace")


def start_etcd(machine: Machine) -> None:
    lines = machine.file("etcd.env").read_text().splitlines()
    settings = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    machine.start("etcd", ["etcd"], environment=settings)


def start_patroni(machine: Machine) -> None:
    machine.file("make-database.sh", owner="postgres")
    configuration = machine.file("patroni.yml", owner="postgres")
    machine.start("patroni", ["patroni", str(configuration)], user="postgres")


def start_way_to_database(machine: Machine) -> None:
    """HAProxy to the primary, and PgBouncer in front of it."""
    machine.start("haproxy", ["haproxy", "-db", "-f", str(machine.file("haproxy-database.cfg"))])
    users = machine.folder / "userlist.txt"
    users.write_text(f'"matinee" "{PASSWORDS["MATINEE_PASSWORD"]}"\n')
    users.chmod(0o600)
    shutil.chown(users, "postgres")
    configuration = machine.file("pgbouncer.ini", owner="postgres")
    machine.start("pgbouncer", ["pgbouncer", str(configuration)], user="postgres")


def start_front(machine: Machine) -> None:
    machine.start("haproxy", ["haproxy", "-db", "-f", str(machine.file("haproxy-front.cfg"))])


def matinee_settings(machine: Machine) -> dict[str, str]:
    """The environment of Matinee on this machine: the same database and the same secret key on each."""
    bouncer = f"postgresql://matinee:{PASSWORDS['MATINEE_PASSWORD']}@127.0.0.1:6432"
    return {
        "MATINEE_STANDBY_URL": f"{bouncer}/matinee_standby",
        "MATINEE_DATABASE_URL": f"{bouncer}/matinee",
        "MATINEE_DATA_DIR": str(machine.folder / "matinee"),
        "MATINEE_BASE_URL": f"http://{ADDRESSES['front']}",
        "MATINEE_SECRET_KEY": PASSWORDS["SUPERUSER_PASSWORD"] * 2,
        "MATINEE_PASSWORD_COST": "cheap",
        "MATINEE_RATELIMIT": "off",
        "MATINEE_TRUSTED_PROXIES": "1",
        "PYTHONPATH": str(ROOT / "src"),
    }


def start_matinee(machine: Machine) -> None:
    command = [sys.executable, "-m", "matinee"]
    machine.start(
        "web",
        [*command, "serve", "--host", "0.0.0.0", "--port", "8000", "--workers", "1", "--no-worker"],
        environment=matinee_settings(machine),
    )
    machine.start("worker", [*command, "worker"], environment=matinee_settings(machine))


def run_matinee(machine: Machine, *arguments: str) -> None:
    """A command of Matinee on this machine, to its end. Raises RuntimeError with what it said."""
    made = subprocess.run(
        [*inside(machine.name), sys.executable, "-m", "matinee", *arguments],
        env={"PATH": os.environ["PATH"], **matinee_settings(machine)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if made.returncode != 0:
        raise RuntimeError(f"matinee {' '.join(arguments)}: {made.stdout}{made.stderr}")
