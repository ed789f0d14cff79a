"""Status and code of every error class that the apps define."""

from __future__ import annotations

from accounts import errors as accounts

STATUSES: dict[type[BaseException], tuple[int, str]] = {
    accounts.NotFound: (404, "not-found"),
    accounts.NotAllowed: (403, "forbidden"),
    accounts.LoginNeeded: (403, "login-needed"),
    accounts.InvalidToken: (401, "invalid-token"),
    accounts.EmailTaken: (409, "email-taken"),
    accounts.AlreadyMember: (409, "already-member"),
    accounts.SlugTaken: (409, "slug-taken"),
    accounts.LastOwner: (409, "last-owner"),
    accounts.TooManyTokens: (409, "too-many-tokens"),
    accounts.RoleDoesNotFit: (400, "role-does-not-fit"),
    accounts.InvalidDates: (400, "invalid-dates"),
    accounts.UnknownTimeZone: (400, "unknown-time-zone"),
    accounts.InvalidInvitation: (400, "invalid-invitation"),
    accounts.AccountsError: (400, "invalid"),
}
