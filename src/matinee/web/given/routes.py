"""All calls of the API as given, registered on their blueprint by being imported."""

from __future__ import annotations

from matinee.kernel.errors import DomainError
from matinee.web.given import (
    buy,
    check_token,
    confirm_email,
    display_tikets,
    forgot_password,
    full_schedule,
    get_day,
    get_tikets,
    is_email_confirmed,
    login,
    register,
    resend_code,
    reset_password,
    tiket_picture,
)
from matinee.web.given.blueprint import given
from matinee.web.given.errors import refusal

CALLS = (
    buy, check_token, confirm_email, display_tikets, forgot_password, full_schedule, get_day, get_tikets,
    is_email_confirmed, login, register, resend_code, reset_password, tiket_picture,
)  # fmt: skip

given.register_error_handler(DomainError, refusal)

__all__ = ["CALLS", "given"]
