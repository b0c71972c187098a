"""Makes the thousands of apps of a test run cheap: what is the same for each of them is compiled once for the process.

Most of the time of `create_app`, of the first look at a page and of the first query of each kind goes into compiling
routes, templates and statements that do not differ from one test to the next.
"""

from __future__ import annotations

from itertools import compress
from operator import attrgetter
from types import CodeType
from typing import Any
from weakref import WeakKeyDictionary

from flask import Blueprint, Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Map, Rule, RuleFactory

# More than the suite has.
STATEMENTS_MAX = 5000


class TemplatesOfTheProcess(BytecodeCache):
    """Compiled templates, under the hash of their source."""

    def __init__(self) -> None:
        self._kept: dict[str, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get(f"{bucket.key} {bucket.checksum}")

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[f"{bucket.key} {bucket.checksum}"] = bucket.code


def compile_once() -> None:
    """Let all apps of this process share what is compiled."""
    Flask.jinja_options = {"bytecode_cache": TemplatesOfTheProcess()}
    _share_routes()
    _share_rules()
    _share_statements()


def _share_routes() -> None:
    """Apps with the same routes share the map that finds them, compiled when the first of them is asked for one.

    A map that is given a route more becomes one of its own kind, so that apps never see each other's.
    """
    add, update = Map.add, Map.update
    kept: list[tuple[object, Map]] = []

    def note(self: Map, rulefactory: RuleFactory) -> None:
        _noted(self).extend(rulefactory.get_rules(self))
        self._remap = True

    def compile_or_take_over(self: Map) -> None:
        if not self._remap:
            return
        with self._remap_lock:
            rules = _noted(self)
            options = {name: getattr(self, name) for name in _OPTIONS}
            what_it_is = (options, [*map(_all_that_counts, rules)])
            same = next((other for known, other in kept if known == what_it_is), None)
            if same is None:
                same = Map(**options)
                for rule in rules:
                    ours = rule.empty()
                    ours.provide_automatic_options = rule.provide_automatic_options  # type: ignore[attr-defined]
                    add(same, ours)
                update(same)
                kept.append((what_it_is, same))
            self._matcher, self._rules_by_endpoint = same._matcher, same._rules_by_endpoint
            self._remap = False

    Map.add = note  # type: ignore[method-assign]
    Map.update = compile_or_take_over  # type: ignore[method-assign]


def _share_rules() -> None:
    """Of a blueprint that is registered once more in the same way, take over the rules and views that came of it before.

    Everything else that it wants done when it is registered is done each time.
    """
    register = Blueprint.register
    kept: WeakKeyDictionary[Blueprint, dict[object, tuple[list[Rule], dict[str, Any]]]] = WeakKeyDictionary()

    def register_or_take_over(self: Blueprint, app: Flask, options: dict[str, Any]) -> None:
        wanted = self.deferred_functions
        adds_rule = [step.__qualname__ == _ADDS_RULE for step in wanted]
        self.deferred_functions = [step for step, adds in zip(wanted, adds_rule, strict=True) if not adds]
        try:
            register(self, app, options)
        finally:
            self.deferred_functions = wanted
        how = (len(wanted), *sorted(options.items()))
        known = kept.setdefault(self, {}).get(how)
        if known is None:
            rules, views = len(_noted(app.url_map)), set(app.view_functions)
            state = self.make_setup_state(app, options)
            for step in compress(wanted, adds_rule):
                step(state)
            known = kept[self][how] = (
                _noted(app.url_map)[rules:],
                {name: view for name, view in app.view_functions.items() if name not in views},
            )
        else:
            _noted(app.url_map).extend(known[0])
            app.view_functions |= known[1]
            app.url_map._remap = True

    Blueprint.register = register_or_take_over  # type: ignore[method-assign,assignment]


# What Flask notes of a blueprint's route until it is registered.
_ADDS_RULE = "Blueprint.add_url_rule.<locals>.<lambda>"


def _noted(routes: Map) -> list[Rule]:
    noted: list[Rule] = routes.__dict__.setdefault("_matinee_rules", [])
    return noted


# All in which two maps can differ that have the same rules.
_OPTIONS = (
    "converters",
    "default_subdomain",
    "strict_slashes",
    "merge_slashes",
    "redirect_defaults",
    "host_matching",
)
# All in which two rules can differ that are in no map yet. The last is Flask's.
_all_that_counts = attrgetter(
    *("rule", "endpoint", "methods", "defaults", "subdomain", "host", "strict_slashes", "merge_slashes"),
    *("build_only", "alias", "redirect_to", "websocket", "provide_automatic_options"),
)


def _share_statements() -> None:
    """Every engine finds the SQL that an earlier one of its kind had compiled, as it does in a server that runs for long."""
    kept: LRUCache[object, object] = LRUCache(STATEMENTS_MAX)
    # In place of the attribute with which each engine keeps its own.
    Engine._compiled_cache = property(lambda _engine: kept, lambda _engine, _own: None)  # type: ignore[assignment]
    # Statements are kept under the dialect of their engine. All of one class write the same SQL: none here has options.
    DefaultDialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign,assignment]
    DefaultDialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign,assignment]
