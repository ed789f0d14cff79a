"""Everything that writes people, logins, bootcamps and tokens: each a single transaction."""

from accounts.services.organisations import (
    add_member,
    change_role,
    create_cohort,
    create_organisation,
    remove_member,
)
from accounts.services.people import (
    attach_login,
    change_profile,
    claim_guest,
    create_guest,
    create_person_with_login,
    erase_login,
)
from accounts.services.tokens import authenticate_token, issue_token, revoke_token

__all__ = [
    "add_member",
    "attach_login",
    "authenticate_token",
    "change_profile",
    "change_role",
    "claim_guest",
    "create_cohort",
    "create_guest",
    "create_organisation",
    "create_person_with_login",
    "erase_login",
    "issue_token",
    "remove_member",
    "revoke_token",
]
