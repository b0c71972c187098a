"""The member's own password, asked for again before something that cannot be undone."""

from __future__ import annotations

from matinee.accounts.errors import WrongPassword
from matinee.accounts.models import User
from matinee.web.shared.address import caller_address
from matinee.web.shared.services import services
from matinee.web.shared.visitors import visitor


def check_own_password(password: str) -> None:
    """Raise WrongPassword unless it is the member's, TooManyAttempts where that was tried too often."""
    service, caller = services(), visitor().caller
    service.throttle.count_attempt("login", account=caller.name, address=caller_address())
    known = service.transactions.read(lambda db: db.get_one(User, caller.known_user_id).password_hash)
    if not service.passwords.matches(known, password):
        raise WrongPassword
    service.throttle.forget_attempts("login", account=caller.name)
