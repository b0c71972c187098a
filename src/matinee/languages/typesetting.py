"""PDF set by Typst from a template. What it says is handed over as data, never as a part of the program that Typst runs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from matinee.languages.typefaces import FONTS

if TYPE_CHECKING:
    import typst


def set_pdf(template: Path, data: dict[str, Any]) -> bytes:
    """The file that the template makes of `data`, which it reads as JSON from `sys.inputs.data`."""
    press = _press(template.parent)
    text = json.dumps(data, ensure_ascii=False)
    with press.one_at_a_time:
        content = press.compiler.compile(input=str(template), format="pdf", sys_inputs={"data": text})
    assert isinstance(content, bytes), "a PDF is one file"
    return content


@dataclass(frozen=True, slots=True)
class _Press:
    compiler: typst.Compiler
    one_at_a_time: Lock = field(default_factory=Lock)


@cache
def _press(folder: Path) -> _Press:
    # Late: the server starts without it. Kept: reading the fonts takes longer than setting a page. One for each folder of
    # templates: a long report keeps no ticket waiting.
    import typst

    return _Press(typst.Compiler(root=str(folder), font_paths=[str(FONTS)], ignore_system_fonts=True))
