"""The templates of mails: files beside the area that composes them, over the layout that all share."""

from __future__ import annotations

from functools import cache

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, select_autoescape

from matinee.outbox.composing import Attachment, ComposedMail


@cache
def _environment(package: str) -> Environment:
    return Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("matinee.outbox")]),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render_mail(
    package: str,
    name: str,
    *,
    subject: str,
    values: dict[str, object],
    attachments: tuple[Attachment, ...] = (),
) -> ComposedMail:
    """The mail of the templates `name`.txt and `name`.html in the folder `templates` of `package`.

    Values are escaped in the HTML. Raises jinja2.UndefinedError for a value that a template misses.
    """
    environment = _environment(package)
    everything = {"subject": subject, **values}
    return ComposedMail(
        subject=subject,
        text=environment.get_template(f"{name}.txt").render(everything).strip() + "\n",
        html=environment.get_template(f"{name}.html").render(everything),
        attachments=attachments,
    )
