"""The log of the processes that stay: its form, and that nothing secret is in it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from matinee.cli.log_lines import Masks
from matinee.settings import Settings
from tests.building import on_one_database
from tests.running import RunningServer, wait_until

PLANTED = {
    "MATINEE_SECRET_KEY": "planted-key-" + "k" * 32,
    "MATINEE_SMTP_URL": "smtp://mailer:planted%2Dmail%2Dword@127.0.0.1:9",
    "MATINEE_STRIPE_SECRET_KEY": "sk_test_planted_stripe",
    "MATINEE_STRIPE_WEBHOOK_SECRET": "whsec_planted_hook",
}
# Beside them, where nobody connects to anything; and the secret in each.
PLANTED_MORE = {
    "MATINEE_DATABASE_URL": "postgresql://matinee:planted%2Dbase%2Dword@db/matinee",
    "MATINEE_STANDBY_URL": "postgresql://matinee@standby/matinee?password=planted-standby-word",
    "MATINEE_BACKUP_SCRATCH_URL": "postgresql://matinee:planted-scratch-word@scratch/matinee",
    "MATINEE_BACKUP_S3_ACCESS_KEY": "planted-access-key",
    "MATINEE_BACKUP_S3_SECRET_KEY": "planted-store-key",
    "MATINEE_APPLE_PASS_KEY_PASSWORD": "planted-pass-word",
    "MATINEE_METRICS_TOKEN": "planted-metrics-token",
    "MATINEE_OTEL_ENDPOINT": "http://house:planted-trace-word@127.0.0.1:9",
}
SECRETS = (
    *(PLANTED[f"MATINEE_{name}"] for name in ("SECRET_KEY", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET")),
    *("planted%2Dmail%2Dword", "planted-mail-word", "planted%2Dbase%2Dword", "planted-base-word"),
    *("planted-standby-word", "planted-scratch-word", "planted-access-key", "planted-store-key"),
    *("planted-pass-word", "planted-metrics-token", "planted-trace-word"),
)
# Settings whose names sound of secrets or addresses, and that have none.
NO_SECRETS = {
    "apple_pass_key": "the path of a file",
    "google_wallet_key": "the path of a file",
    "password_cost": "how dear a hash is to make",
}
ADDRESS_ENDINGS = ("_url", "_endpoint", "_base")
PERHAPS_SECRET = [
    name
    for name in Settings.model_fields
    if (
        any(part in name for part in ("key", "secret", "token", "password")) or name.endswith(ADDRESS_ENDINGS)
    )
    and name not in NO_SECRETS
]
# Logs what it is given in every way in which something is logged, and ends by a fault that quotes it.
LOGS_IT = """
import json, logging, os, sys, threading, warnings
from matinee.cli.log import write_log
from matinee.settings import read_settings
settings = read_settings()
write_log(settings)
log = logging.getLogger("matinee.planted")
for secret in json.loads(os.environ["SECRETS"]):
    log.info("it is %s", secret)
    log.info("fields", extra={"fields": {"beside": secret}})
    warnings.warn("it is " + secret)
    try:
        raise ValueError("it is " + secret)
    except ValueError:
        log.exception("a fault")
    threading.Thread(target=int, args=("it is " + secret,)).start()
log.info("GET https://mail.example.org/?token=planted-token&x=1 Authorization: Bearer planted-bearer")
log.info("cannot reach postgresql://matinee:planted-base@db/matinee")
raise RuntimeError("it is " + settings.secret_key)
"""


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("GET /x?token=abc&date=2030-05-18", "GET /x?token=***&date=2030-05-18"),
        ("password=geheim", "password=***"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("smtp://me:geheim@mail:25 refuses", "smtp://me:***@mail:25 refuses"),
        ("Matinee is on http://127.0.0.1:8000", "Matinee is on http://127.0.0.1:8000"),
        ("the worker ended (exit code -9)", "the worker ended (exit code -9)"),
        ("zip_code=79000", "zip_code=79000"),
    ],
)
def test_what_stands_behind_the_name_of_a_secret_is_masked(text: str, masked: str) -> None:
    assert Masks([]).all(text) == masked


def test_known_secrets_are_masked_wherever_they_stand() -> None:
    masks = Masks(["hunter22", "hunter22-and-more", "short", ""])
    assert masks.all("'hunter22-and-more', hunter22; short") == "'***', ***; short"


@pytest.mark.parametrize("name", PERHAPS_SECRET)
def test_the_secret_of_each_setting_is_masked_as_it_is_typed_and_as_it_is_meant(
    name: str, tmp_path: Path
) -> None:
    secret = f"planted / {name}"
    typed = quote(secret, safe="") if name.endswith(ADDRESS_ENDINGS) else secret
    values = (
        [f"postgresql://me:{typed}@db/x", f"https://me@db/x?a=b&password={typed}"]
        if typed != secret
        else [secret]
    )
    for value in values:
        settings = Settings(data_dir=tmp_path).model_copy(update={name: value})
        assert Masks(settings.secrets()).known(f"'{typed}', '{secret}'") == "'***', '***'"


def test_a_secret_key_that_is_kept_in_a_file_is_masked_from_the_first_start_on(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    masks = Masks(settings.secrets())
    assert masks.known(f"'{settings.secret_key_kept()}'") == "'***'"
    # As an editor leaves it.
    (tmp_path / "data" / "secret_key").write_text("k" * 40 + "\n")
    assert Masks(settings.secrets()).known("k" * 40) == "***"


def test_where_no_secret_key_can_be_kept_the_others_are_masked_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings = Settings(data_dir=tmp_path / "file" / "data", metrics_token="planted-metrics-token")
    assert Masks(settings.secrets()).known("planted-metrics-token") == "***"


@on_one_database
@pytest.mark.parametrize("form", ["json", "text"])
def test_no_planted_secret_is_logged_in_any_way(environment: dict[str, str], form: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LOGS_IT],
        env={**environment, **PLANTED, **PLANTED_MORE, "SECRETS": json.dumps(SECRETS), "MATINEE_LOG": form},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.count("***") >= 25
    assert "planted" not in ended.stderr.replace("matinee.planted", "")
    if form == "json":
        lines = [json.loads(line) for line in ended.stderr.splitlines()]
        assert {"time", "level", "logger", "message"} <= set.intersection(*(set(line) for line in lines))
        assert (lines[-1]["level"], lines[-1]["exception"][:9]) == ("CRITICAL", "Traceback")


@on_one_database
def test_all_that_server_and_worker_log_is_json_where_nobody_sits_at_a_terminal(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with RunningServer({**environment, **PLANTED}, tmp_path / "log") as server:
        wait_until(lambda: "begins" in server.log.read_text(), "the worker's first line")
        server.get("/getDay?date=2030-05-18&token=planted-token")
        beside = server.worker_beside()
        assert beside is not None
        os.kill(beside, signal.SIGKILL)  # the server says so
        web = next(pid for pid in server.family() if pid not in (beside, server.process.pid))
        os.kill(web, signal.SIGKILL)  # the server's library says so
        wait_until(lambda: "Unexpected exit" in server.log.read_text(), "the word of the library")
        wait_until(server._answers_or_ended, "an answer")
        server.stop()
    text = server.log.read_text()
    loggers = {json.loads(line)["logger"] for line in text.splitlines()}
    assert {
        "matinee.cli.serve",
        "matinee.access",
        "matinee.cli.worker",
        "matinee.cli.beside",
        "_granian",
    } <= loggers
    assert "planted" not in text


@on_one_database
def test_a_terminal_is_given_text(environment: dict[str, str], tmp_path: Path) -> None:
    with RunningServer({**environment, "MATINEE_LOG": "text"}, tmp_path / "log", "--no-worker") as server:
        server.get("/nothing?code=planted")
        server.stop()
    first, *_, last = server.log.read_text().splitlines()
    assert first.startswith("Matinee is on http://127.0.0.1:")
    assert " INFO matinee.access GET /nothing 404 request_id=" in last
    assert "query=code=*** status=404" in last


@on_one_database
def test_commands_speak_as_before(environment: dict[str, str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "matinee", "worker", "--once"], env=environment,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ended.stdout == "Mails: 0 sent, 0 to be tried again, 0 given up.\n"
