"""Where a store that speaks S3 is, as the settings say. Every start reads them, so nothing heavy is imported here."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit


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
