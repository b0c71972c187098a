from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from matinee.db.transaction import Transactions
from tests.mail_server import Certificate, MailServer, make_certificate, running_mail_server
from tests.outbox.opened import opened_transactions


@pytest.fixture
def transactions(database_url: str) -> Iterator[Transactions]:
    with opened_transactions(database_url) as opened:
        yield opened


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with running_mail_server() as server:
        yield server


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def trusted(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """The certificate, which this process's TLS accepts as an authority (as if the system knew it)."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.certificate))
    return certificate


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"
