"""The rules of the API of today that a program can check: everything is declared, every error has an answer."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask

import matinee
from matinee.app import create_app
from matinee.kernel.errors import DomainError
from matinee.settings import Settings
from matinee.web.v1 import document, errors
from matinee.web.v1.described_errors import refusals_of
from matinee.web.v1.errors import STATUSES, status_for
from matinee.web.v1.operations import DECLARED, Operation
from matinee.web.v1.tags import DESCRIPTIONS

# Called by payment providers alone, which sign what they send: no caller of ours.
OF_PROVIDERS = "POST /api/v1/payment-notices/<provider>"
KINDS = {errors.NotFound, errors.NotAllowed, errors.Conflict, errors.Expired, errors.Invalid}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> APIFlask:
    return create_app(Settings(data_dir=tmp_path_factory.mktemp("data"), access_log="off"))


@pytest.fixture(scope="module")
def declared(app: APIFlask) -> list[tuple[str, str, Operation]]:
    return list(document.operations(app))


def methods_of_v1(app: APIFlask) -> Iterator[tuple[str, Any]]:
    """Every method that a path of the API leads to, by what it is called."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/"):
            view = getattr(app.view_functions[rule.endpoint], "view_class", None)
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                yield (
                    f"{method} {rule.rule}",
                    getattr(view, method.lower(), app.view_functions[rule.endpoint]),
                )


def every_error() -> set[type[DomainError]]:
    for found in pkgutil.walk_packages(matinee.__path__, "matinee."):
        if found.name.endswith((".errors", ".values")):
            importlib.import_module(found.name)

    def below(kind: type[DomainError]) -> Iterator[type[DomainError]]:
        for error in kind.__subclasses__():
            yield error
            yield from below(error)

    return {error for error in below(DomainError) if error.__module__.startswith("matinee")}


def test_every_route_declares_who_may_call_it(app: APIFlask) -> None:
    found = list(methods_of_v1(app))
    assert len(found) > 3
    assert [name for name, method in found if not hasattr(method, DECLARED) and name != OF_PROVIDERS] == []


def test_every_operation_has_a_name_of_its_own_a_summary_and_a_known_tag(
    declared: list[tuple[str, str, Operation]],
) -> None:
    names = [operation.name for _, _, operation in declared]
    assert len(names) == len(set(names))
    for path, method, operation in declared:
        assert operation.summary, (path, method)
        assert operation.tag in DESCRIPTIONS, (path, method)


def test_the_parameters_of_a_path_are_those_of_the_method(
    declared: list[tuple[str, str, Operation]],
) -> None:
    for path, method, operation in declared:
        assert {f"{{{name}}}" in path for name in operation.path} <= {True}, (path, method)
        assert path.count("{") == len(operation.path), (path, method)


def test_what_is_asked_and_answered_has_an_example_that_is_right(
    declared: list[tuple[str, str, Operation]],
) -> None:
    for _, _, operation in declared:
        for answer in operation.answers.values():
            if answer.model is not None:
                assert answer.model.example, answer.model
                told = answer.model.model_validate(answer.model.example).model_dump(mode="json")
                assert set(told) == set(answer.model.example), answer.model
        if operation.body is not None:
            assert operation.body.example or not operation.body.model_fields, operation.body
            operation.body.model_validate(operation.body.example, strict=False)


def test_every_error_of_every_room_has_an_answer() -> None:
    found = every_error()
    assert len(found) > 30
    assert DomainError not in STATUSES, "then nothing could be missing"
    assert [error for error in found if not set(error.__mro__) & set(STATUSES)] == []
    assert {int(status_for(error)) for error in found} <= {
        400,
        401,
        402,
        403,
        404,
        409,
        412,
        415,
        422,
        429,
        503,
    }


def test_what_is_documented_as_a_refusal_says_a_sentence(
    declared: list[tuple[str, str, Operation]],
) -> None:
    for path, method, operation in declared:
        for error in refusals_of(operation, method=method):
            assert error not in KINDS, f"{method} {path} names a kind; name what happens"
            assert inspect.getdoc(error), error


def test_keyed_operations_use_the_key_and_conditional_ones_the_condition() -> None:
    folder = Path(matinee.__file__).parent / "web" / "v1"
    for path in folder.rglob("*.py"):
        if path.stem in ("operations", "document", "described_errors"):
            continue
        text = path.read_text()
        assert ("keyed=True" in text) == ("import idempotent" in text), path.name
        assert ("if_match=True" in text) == ("import require_unchanged" in text), path.name
