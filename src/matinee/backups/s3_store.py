"""A store that speaks S3: of a provider, or of one's own. Objects appear there as a whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from matinee.backups.errors import StoreFailed
from matinee.backups.s3_place import S3Place
from matinee.backups.stores import Kept, newest_first

if TYPE_CHECKING:
    from obstore.store import S3Store

TRIES_MAX = 4
TRIES_WITHIN = timedelta(minutes=3)
REQUEST_MAX = timedelta(minutes=10)


class ObjectStore:
    """A bucket, or a folder in it."""

    def __init__(self, place: S3Place) -> None:
        self._place = place

    @property
    def where(self) -> str:
        return "/".join(
            part for part in (self._place.endpoint, self._place.bucket, self._place.prefix) if part
        )

    @cached_property
    def _store(self) -> S3Store:
        # Imported here: 16 MB that nobody but a backup needs.
        from obstore.store import S3Store

        return S3Store(
            self._place.bucket,
            prefix=self._place.prefix or None,
            endpoint=self._place.endpoint,
            region=self._place.region,
            access_key_id=self._place.access_key,
            secret_access_key=self._place.secret_key,
            virtual_hosted_style_request=False,
            # Not every store knows the request that deletes several.
            disable_bulk_delete=True,
            client_options={"allow_http": self._place.endpoint.startswith("http:"), "timeout": REQUEST_MAX},
            retry_config={"max_retries": TRIES_MAX, "retry_timeout": TRIES_WITHIN},
        )

    def put(self, file: Path, name: str) -> None:
        import obstore

        with self._failures_named("did not take the backup"):
            obstore.put(self._store, name, file)

    def kept(self) -> list[Kept]:
        import obstore

        with self._failures_named("did not say what it keeps"):
            return newest_first(
                (str(entry["path"]), int(entry["size"]))
                for page in obstore.list(self._store)
                for entry in page
            )

    def fetch(self, name: str, target: Path) -> None:
        import obstore

        with self._failures_named(f"did not hand out {name}"), target.open("xb") as file:
            target.chmod(0o600)
            for chunk in obstore.get(self._store, name).stream(min_chunk_size=5 * 1024 * 1024):
                file.write(chunk)

    def rename(self, name: str, other: str) -> None:
        import obstore

        # A copy within the store, and then the first one is deleted.
        with self._failures_named(f"did not give {name} the name {other}"):
            obstore.rename(self._store, name, other)

    def delete(self, name: str) -> None:
        import obstore

        with self._failures_named(f"did not delete {name}"):
            obstore.delete(self._store, name)

    @contextmanager
    def _failures_named(self, what: str) -> Iterator[None]:
        from obstore.exceptions import BaseError

        try:
            yield
        except (BaseError, OSError) as error:
            raise StoreFailed(f"The store {self.where} {what}: {self._told(error)}.") from None

    def _told(self, error: Exception) -> str:
        # The library's account of what it tried goes over many lines, and could name a key.
        told = str(error).split("\n\nDebug source", maxsplit=1)[0]
        for secret in (self._place.secret_key, self._place.access_key):
            told = told.replace(secret, "***") if secret else told
        return " ".join(told.split())[:400].rstrip(".")
