"""A store that speaks S3: of a provider, or of one's own. Objects appear there as a whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from matinee.backups.errors import StoreFailed
from matinee.backups.stores import Kept, newest_first

if TYPE_CHECKING:
    from obstore.store import S3Store

TRIES_MAX = 4
TRIES_WITHIN = timedelta(minutes=3)
REQUEST_MAX = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class S3Place:
    """Server, bucket and folder in it. The keys are in no text that this makes of itself."""

    endpoint: str
    bucket: str
    prefix: str
    region: str
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)


def read_place(url: str, *, region: str, access_key: str, secret_key: str) -> S3Place:
    """The place that an address such as https://s3.example.org/bucket/folder names. Raises ValueError."""
    parts = urlsplit(url)
    bucket, _, prefix = unquote(parts.path).strip("/").partition("/")
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or not bucket
        or parts.query
        or parts.fragment
    ):
        raise ValueError(
            "must look like https://s3.example.org/bucket or https://s3.example.org/bucket/folder"
        )
    if parts.username or parts.password:
        raise ValueError("must have no keys in it: they have settings of their own")
    return S3Place(f"{parts.scheme}://{parts.netloc}", bucket, prefix, region, access_key, secret_key)


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
