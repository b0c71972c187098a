"""The demonstration, served from a folder of its own: for programs that look at the website."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from matinee.cli.demo import DOMAIN, PASSWORD_FILE
from tests.databases import free_port


@dataclass(frozen=True)
class Demonstration:
    """Where it is served, and where its data is."""

    url: str
    folder: Path

    def account_of(self, role: str) -> tuple[str, str]:
        """Username and password of its account with this role."""
        return f"{role}@{DOMAIN}", (self.folder / PASSWORD_FILE).read_text(encoding="ascii").strip()


@contextmanager
def served_demonstration() -> Iterator[Demonstration]:
    """The demonstration, while the block runs. Nothing of it stays."""
    # A name and not a number: browsers ask for one where passkeys are to work.
    url = f"http://localhost:{free_port()}"
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "MATINEE_DATA_DIR": folder,
            "MATINEE_BASE_URL": url,
            "MATINEE_DEMO_PAYMENTS": "on",
            "MATINEE_ACCESS_LOG": "off",
        }
        matinee = [sys.executable, "-m", "matinee"]
        subprocess.run([*matinee, "demo"], env=environment, check=True, stdout=subprocess.DEVNULL)
        server = subprocess.Popen([*matinee, "serve", "--port", url.rpartition(":")[2]], env=environment)
        try:
            _wait_for(url)
            yield Demonstration(url, Path(folder))
        finally:
            server.terminate()
            server.wait(20)


def _wait_for(url: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=2).close()
        except URLError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not start")
