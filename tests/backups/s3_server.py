"""A small server that speaks the part of S3 that backups need, and refuses every request that is not signed as it must be.

Objects are kept in memory. Signatures are those of AWS's description of Signature Version 4, computed here anew.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

ACCESS_KEY, SECRET_KEY, REGION = "AKTESTTESTTEST", "secret/of+the/tests", "eu-test-1"
BUCKET = "cinema"
SIGNED = (
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8}/[^/]+/s3/aws4_request), ?"
    r"SignedHeaders=([^,]+), ?Signature=(\w+)"
)


class S3Server(ThreadingHTTPServer):
    """`objects`: key -> bytes of the one bucket. `requests`: what was asked, as method and path.

    `hands_out`: whether an object can be read; copies within the store are made all the same.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}
        self.uploads: dict[str, dict[int, bytes]] = {}
        self.requests: list[str] = []
        self.hands_out = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def running_s3() -> Iterator[S3Server]:
    """A server on a free port of 127.0.0.1."""
    server = S3Server()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: S3Server

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""

    def _asked(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        self.server.requests.append(f"{self.command} {self.path}")
        if not self._is_signed(parts.path, query, body):
            self._answer(403, "<Error><Code>SignatureDoesNotMatch</Code></Error>")
            return
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        if bucket != BUCKET:
            self._answer(404, "<Error><Code>NoSuchBucket</Code></Error>")
        elif "list-type" in query:
            self._list(query.get("prefix", ""))
        elif "uploads" in query or "uploadId" in query:
            self._upload(key, query, body)
        else:
            self._object(key, body)

    do_GET = do_PUT = do_POST = do_DELETE = _asked

    def _object(self, key: str, body: bytes) -> None:
        objects = self.server.objects
        source = unquote(self.headers.get("x-amz-copy-source", "")).lstrip("/").partition("/")[2]
        if self.command == "PUT" and source:
            objects[key] = objects[source]
            self._answer(200, "<CopyObjectResult></CopyObjectResult>")
        elif self.command == "PUT":
            objects[key] = body
            self._answer(200, "", etag=body)
        elif self.command == "DELETE":
            objects.pop(key, None)
            self._answer(204, "")
        elif not self.server.hands_out:
            self._answer(403, "<Error><Code>AccessDenied</Code></Error>")
        elif key in objects:
            self._answer(200, objects[key], etag=objects[key])
        else:
            self._answer(404, "<Error><Code>NoSuchKey</Code></Error>")

    def _upload(self, key: str, query: dict[str, str], body: bytes) -> None:
        number = query.get("uploadId", "")
        if "uploads" in query:
            number = uuid.uuid4().hex
            self.server.uploads[number] = {}
            answer = f"<Bucket>{BUCKET}</Bucket><Key>{escape(key)}</Key><UploadId>{number}</UploadId>"
            self._answer(200, f"<InitiateMultipartUploadResult>{answer}</InitiateMultipartUploadResult>")
        elif self.command == "PUT":
            self.server.uploads[number][int(query["partNumber"])] = body
            self._answer(200, "", etag=body)
        elif self.command == "DELETE":
            self.server.uploads.pop(number, None)
            self._answer(204, "")
        else:
            parts = self.server.uploads.pop(number)
            whole = b"".join(parts[part] for part in sorted(parts))
            self.server.objects[key] = whole
            answer = f"<Key>{escape(key)}</Key><ETag>{hashlib.md5(whole).hexdigest()}</ETag>"
            self._answer(200, f"<CompleteMultipartUploadResult>{answer}</CompleteMultipartUploadResult>")

    def _list(self, prefix: str) -> None:
        found = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>2030-05-17T09:00:00.000Z</LastModified>"
            f"<ETag>x</ETag><Size>{len(data)}</Size></Contents>"
            for key, data in sorted(self.server.objects.items())
            if key.startswith(prefix)
        )
        self._answer(200, f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>")

    def _answer(self, status: int, body: str | bytes, *, etag: bytes = b"") -> None:
        data = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("ETag", f'"{hashlib.md5(etag).hexdigest()}"')
        self.send_header("Last-Modified", "Fri, 17 May 2030 09:00:00 GMT")
        self.end_headers()
        self.wfile.write(data)

    def _is_signed(self, path: str, query: dict[str, str], body: bytes) -> bool:
        found = re.fullmatch(SIGNED, self.headers.get("Authorization", ""))
        if found is None or found[1] != ACCESS_KEY:
            return False
        said = self.headers["x-amz-content-sha256"]
        if said != hashlib.sha256(body).hexdigest():
            return False
        names = found[3].split(";")
        canonical = "\n".join(
            [
                self.command,
                path,
                "&".join(f"{quote(name, safe='')}={quote(query[name], safe='')}" for name in sorted(query)),
                *(f"{name}:{' '.join(self.headers[name].split())}" for name in names),
                "",
                found[3],
                said,
            ]
        )
        scope = found[2]
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        to_sign = f"AWS4-HMAC-SHA256\n{self.headers['x-amz-date']}\n{scope}\n{digest}"
        key = f"AWS4{SECRET_KEY}".encode()
        for part in scope.split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return hmac.compare_digest(hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest(), found[4])
