"""A worker in a process of its own: python -m tests.outbox.deliver_all DATABASE SMTP DATA_DIR

Delivers until nothing waits, and prints how many mails it sent.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from matinee.kernel import clock
from matinee.outbox.queries import waiting_mail
from tests.outbox.opened import open_delivery, opened_transactions


def main() -> None:
    address, smtp_url, folder = sys.argv[1:]
    sent = 0
    with opened_transactions(address) as transactions:
        delivery = open_delivery(transactions, smtp_url, Path(folder))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        while transactions.read(lambda session: waiting_mail(session, now=clock.now())).count:
            counts = delivery.deliver_batch()
            sent += counts.sent
            if counts.total == 0:
                time.sleep(0.05)
        delivery.finish()
    sys.stdout.write(f"{sent}\n")


if __name__ == "__main__":
    main()
