"""What the forms of pages have in common: labels in the language of the page, and what a form kept of a refusal."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import session
from flask_wtf import FlaskForm
from wtforms import ValidationError
from wtforms.fields import PasswordField

from matinee.accounts.errors import NotAnAddress
from matinee.accounts.users import normal_username
from matinee.kernel.errors import DomainError
from matinee.web.shared.languages import _
from matinee.web.shared.refusals import sentence

CHARACTERS_MAX = 1024
_REFUSED = "refused_form"


class HouseForm(FlaskForm):  # type: ignore[misc]  # the library is not typed
    """A form of the house. It is refused by leading back to its page, which shows what was typed and what is wrong."""

    # Tells the forms of one page apart; in the ids of its fields, too.
    form_name: ClassVar[str] = ""

    class Meta:
        # The declaration of the page looks at the token.
        csrf = False

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for name, text in self.labels().items():
            self[name].label.text = text

    def labels(self) -> dict[str, str]:
        """What stands over the fields, by their names."""
        raise NotImplementedError

    def refuse(self, field: str, error: DomainError | str) -> None:
        """Say at a field what the domain refused."""
        said = sentence(error) if isinstance(error, DomainError) else error
        self[field].errors = [*self[field].errors, said]

    def keep(self) -> None:
        """Keep what was typed, but for passwords, and what is wrong, for the page that is shown next."""
        session[_REFUSED] = {
            "form": self.form_name,
            "values": {
                field.name: field.data
                for field in self
                if not isinstance(field, PasswordField) and isinstance(field.data, str)
            },
            "errors": {field.name: [str(error) for error in field.errors] for field in self if field.errors},
        }

    @classmethod
    def to_show(cls, **values: Any) -> HouseForm:
        """The form as its page shows it: with `values`, or as it was refused just now."""
        kept = session.get(_REFUSED)
        if not isinstance(kept, dict) or kept.get("form") != cls.form_name:
            return cls(formdata=None, data=values)
        session.pop(_REFUSED)
        form = cls(formdata=None, data={**values, **kept["values"]})
        for name, errors in kept["errors"].items():
            form[name].errors = errors
        return form


def stripped(text: str | None) -> str | None:
    """What was typed without the blanks around it, which come along when it is pasted."""
    return text.strip() if text is not None else None


def is_address(_form: FlaskForm, field: Any) -> None:
    """Refuse what is no mail address; keep it in normal form."""
    try:
        field.data = normal_username(field.data or "")
    except NotAnAddress:
        raise ValidationError(_("This is no mail address. It looks like anna@example.org.")) from None
