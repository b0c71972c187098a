"""What can be refused about an account."""

from __future__ import annotations

from matinee.kernel.errors import Conflict, Expired, Invalid, NotAllowed, NotFound


class UserNotFound(NotFound):
    """There is no user of this name."""

    code = "user_not_found"


class UserExists(Conflict):
    """There is a user of this name already."""

    code = "user_exists"


class NotAnAddress(Invalid):
    """The username is not a mail address."""

    code = "not_an_address"


class WeakPassword(Invalid):
    """The password is too easy to guess."""

    code = "weak_password"


class WrongCredentials(NotAllowed):
    """The username or the password is wrong."""

    code = "wrong_credentials"


class SessionNotValid(NotAllowed):
    """The session's token is wrong, or the session has ended."""

    code = "session_not_valid"


class EmailNotConfirmed(NotAllowed):
    """The mail address has not been confirmed yet."""

    code = "email_not_confirmed"


class EmailAlreadyConfirmed(Conflict):
    """The mail address has been confirmed already."""

    code = "email_already_confirmed"


class WrongCode(Invalid):
    """The code is wrong, was used, or has expired."""

    code = "wrong_code"


class WrongSecretCode(WrongCode):
    """The secret code is wrong, was used, or has expired."""

    code = "wrong_secret_code"


class TooManyAttempts(NotAllowed):
    """This was tried too often; wait a while."""

    code = "too_many_attempts"

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__()
        self.retry_after_seconds = retry_after_seconds


class RoleNotFound(NotFound):
    """There is no role of this name."""

    code = "role_not_found"


class ScopeNotFound(Invalid):
    """There is no scope of this name that a key can have."""

    code = "scope_not_found"


class ScopeMissing(NotAllowed):
    """The caller does not have the scope that this needs."""

    code = "scope_missing"

    def __init__(self, scope: str) -> None:
        super().__init__(f"This needs the scope {scope}.")
        self.scope = scope


class ApiKeyNotFound(NotFound):
    """There is no such API key."""

    code = "api_key_not_found"


class ApiKeyNotValid(NotAllowed):
    """The API key is wrong, was revoked, or has expired."""

    code = "api_key_not_valid"


class SessionNotFound(NotFound):
    """There is no such session."""

    code = "session_not_found"


class SecondFactorOn(Conflict):
    """The second factor is on already."""

    code = "second_factor_on"


class SecondFactorOff(Conflict):
    """The second factor is not on."""

    code = "second_factor_off"


class WrongPassword(NotAllowed):
    """The password of whoever is signed in is another one."""

    code = "wrong_password"


class PasskeyNotValid(NotAllowed):
    """The passkey is not known here, or what it signed is not what was asked."""

    code = "passkey_not_valid"


class PasskeyNotFound(NotFound):
    """There is no such passkey."""

    code = "passkey_not_found"


class PasskeyExists(Conflict):
    """There is this passkey already."""

    code = "passkey_exists"


class TooManyPasskeys(Conflict):
    """There are as many passkeys as one account can have."""

    code = "too_many_passkeys"


class SameAddress(Conflict):
    """The account has this address already."""

    code = "same_address"


class StaffAccount(Conflict):
    """The account is that of a member of staff; the roles are taken away first."""

    code = "staff_account"


class LockoutNotFound(NotFound):
    """Nothing is locked there any more."""

    code = "lockout_not_found"


class LastManager(Conflict):
    """Nobody else is a manager; there must be one."""

    code = "last_manager"


class OwnManagerRole(NotAllowed):
    """Nobody takes the role of a manager away from himself."""

    code = "own_manager_role"


class NoRoles(Invalid):
    """An invitation brings one role at the least."""

    code = "no_roles"


class StaffAlready(Conflict):
    """The address is that of a member of staff."""

    code = "staff_already"


class InvitationOpen(Conflict):
    """There is an invitation to this address that can still be accepted."""

    code = "invitation_open"


class InvitationNotFound(NotFound):
    """There is no such invitation that can still be accepted."""

    code = "invitation_not_found"


class InvitationNotValid(Expired):
    """The invitation was accepted, taken back, replaced by a newer mail, or has expired."""

    code = "invitation_not_valid"


class InvitationForAnother(NotAllowed):
    """The invitation is for another address than that of whoever is signed in."""

    code = "invitation_for_another"
