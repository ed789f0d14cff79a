"""What can go wrong with people, bootcamps, logins and tokens, in words for the person concerned."""

from __future__ import annotations


class AccountsError(Exception):
    """Base of every error of this room; its text is meant for the person who caused it."""


class NotFound(AccountsError):
    """What was asked for does not exist, or is not the asker's to see."""


class NotAllowed(AccountsError):
    """The actor's role does not allow what was asked."""


class LoginNeeded(AccountsError):
    """A guest asked for something that takes a login."""


class EmailTaken(AccountsError):
    """Another login has the e-mail address already."""

    def __init__(self, email: str) -> None:
        super().__init__(f"There is a login for {email} already. Log in with it, or reset its password.")


class AlreadyMember(AccountsError):
    """The person has a role in that organisation or cohort already."""


class RoleDoesNotFit(AccountsError):
    """Owner and admin are roles of an organisation, the others of a cohort; the two were mixed."""


class LastOwner(AccountsError):
    """The change would leave an organisation without an owner."""

    def __init__(self, organisation: str) -> None:
        super().__init__(
            f"{organisation} would be left without an owner, so nothing was changed. Make somebody else an owner."
        )


class SlugTaken(AccountsError):
    """The short name in the address is in use."""


class InvalidDates(AccountsError):
    """A cohort was to end before it starts."""


class UnknownTimeZone(AccountsError):
    """The time zone is not one of the IANA database."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} is no time zone that we know. Use a name such as Europe/Berlin or UTC.")


class TooManyTokens(AccountsError):
    """The person holds as many live tokens as anybody may."""


class InvalidToken(AccountsError):
    """An API token is unknown, revoked or expired; which of these is not said."""

    def __init__(self) -> None:
        super().__init__("This API token is unknown, revoked or expired. Make a new one on the settings page.")


class InvalidInvitation(AccountsError):
    """An invitation can't be accepted: its link is damaged or old, or it was meant for somebody else."""
