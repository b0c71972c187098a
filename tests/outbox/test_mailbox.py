from __future__ import annotations

import logging
import os
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import update

from matinee.db.transaction import Transactions
from matinee.outbox.delivery import DeliveryCounts
from matinee.outbox.models import Message
from tests.outbox.opened import enqueue_notes, open_delivery, rows


def test_without_a_server_mails_become_files_in_the_order_in_which_they_were_asked_for(
    transactions: Transactions, data_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    delivery = open_delivery(transactions, "", data_dir)
    for recipient in ("anna@example.org", "ben@example.org", "eva@example.org"):
        enqueue_notes(transactions, recipient, text="S3CRET")
    assert delivery.deliver_batch() == DeliveryCounts(sent=3)
    files = sorted((data_dir / "mails").iterdir())
    mails = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
    assert [mail["To"] for mail in mails] == ["anna@example.org", "ben@example.org", "eva@example.org"]
    assert all(file.suffix == ".eml" and file.stat().st_mode & 0o777 == 0o600 for file in files)
    for file in files:
        assert str(file) in caplog.text
    assert "S3CRET" not in caplog.text


def test_a_mail_that_is_kept_again_after_a_crash_replaces_itself(
    transactions: Transactions, data_dir: Path
) -> None:
    delivery = open_delivery(transactions, "", data_dir)
    enqueue_notes(transactions, "anna@example.org")
    delivery.deliver_batch()
    transactions.write(
        lambda session: session.execute(update(Message).values(sent_at=None, payload={"text": "again"}))
    )
    delivery.deliver_batch()
    (file,) = (data_dir / "mails").iterdir()
    assert b"again" in file.read_bytes()


def test_a_folder_that_cannot_be_made_postpones_the_mail(transactions: Transactions, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    delivery = open_delivery(transactions, "", tmp_path / "file")
    enqueue_notes(transactions, "anna@example.org")
    assert delivery.deliver_batch() == DeliveryCounts(postponed=1)
    assert "the folder for mails cannot be made" in str(rows(transactions)[0].last_error)


def test_a_full_disk_postpones_the_mail_and_leaves_no_half_of_it(
    transactions: Transactions, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    delivery = open_delivery(transactions, "", data_dir)
    enqueue_notes(transactions, "anna@example.org")
    assert delivery.deliver_batch() == DeliveryCounts(postponed=1)
    assert "No space left" in str(rows(transactions)[0].last_error)
    assert list((data_dir / "mails").iterdir()) == []
