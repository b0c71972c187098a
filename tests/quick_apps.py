"""Makes the thousands of apps of a test run cheap: what is the same for each of them is compiled once for the process.

Most of the time of `create_app`, and of the first look at a page, goes into compiling routes and templates that do
not differ from one test to the next.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule


class TemplatesOfTheProcess(BytecodeCache):
    """Compiled templates, under the hash of their source."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        kept = self._kept.get(f"{bucket.key} {bucket.checksum}")
        if kept is not None:
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[f"{bucket.key} {bucket.checksum}"] = bucket.bytecode_to_string()


def compile_once() -> None:
    """Let all apps of this process share what is compiled."""
    Flask.jinja_options = {"bytecode_cache": TemplatesOfTheProcess()}
    compile_builder = Rule._compile_builder
    kept: dict[object, Any] = {}

    def compiled(self: Rule, append_unknown: bool = True) -> Any:
        # The function that is made builds an address from these alone; the rule is bound to it afterwards.
        key = (tuple(self._trace), repr(self.defaults), append_unknown)
        if key not in kept:
            kept[key] = compile_builder(self, append_unknown)
        return kept[key]

    Rule._compile_builder = compiled  # type: ignore[method-assign]
