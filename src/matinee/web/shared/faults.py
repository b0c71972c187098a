"""What is wrong with values that a model refused, for programs and for whoever writes them."""

from __future__ import annotations

from pydantic import ValidationError


def faults_of(error: ValidationError) -> list[dict[str, str]]:
    """Of each fault the field, a path with dots, and a sentence."""
    faults = []
    for fault in error.errors(include_url=False, include_input=False):
        cause = fault.get("ctx", {}).get("error")
        message = str(cause) if cause is not None else fault["msg"]
        faults.append({"field": ".".join(str(part) for part in fault["loc"]), "message": message})
    return faults
