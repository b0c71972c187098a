"""Makes the thousands of apps of a test run cheap: what is the same for each of them is compiled once for the process.

Most of the time of `create_app`, of the first look at a page and of the first query of each kind goes into compiling
routes, templates and statements that do not differ from one test to the next.
"""

from __future__ import annotations

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

# More than the suite has.
STATEMENTS_MAX = 5000


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
    _share_routes()
    _share_statements()


def _share_routes() -> None:
    compile_rule = Rule.compile
    kept: dict[object, Rule] = {}

    def compile_as_before(self: Rule) -> None:
        # All that a rule is compiled from, beside what is the same for all rules of Matinee.
        key = (self.rule, self.subdomain, self.host, repr(self.defaults), tuple(self.map.converters.items()))
        if key in kept:
            _take_over(kept[key], self)
        else:
            compile_rule(self)
            kept[key] = self

    Rule.compile = compile_as_before  # type: ignore[method-assign]


def _take_over(compiled: Rule, rule: Rule) -> None:
    """Give `rule` what `compiled` was compiled to. Neither is changed later."""
    rule._parts = compiled._parts
    rule._trace = compiled._trace
    rule._converters = compiled._converters
    rule.arguments = rule.arguments | compiled.arguments
    # These are bound to the rule that they build addresses for.
    rule._build = compiled._build.__func__.__get__(rule, None)
    rule._build_unknown = compiled._build_unknown.__func__.__get__(rule, None)


def _share_statements() -> None:
    """Every engine finds the SQL that an earlier one of its kind had compiled, as it does in a server that runs for long."""
    kept: LRUCache[object, object] = LRUCache(STATEMENTS_MAX)
    # In place of the attribute with which each engine keeps its own.
    Engine._compiled_cache = property(lambda _engine: kept, lambda _engine, _own: None)  # type: ignore[assignment]
    # Statements are kept under the dialect of their engine. All of one class write the same SQL: none here has options.
    DefaultDialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign,assignment]
    DefaultDialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign,assignment]
