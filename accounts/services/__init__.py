"""Everything that writes people, logins, bootcamps and tokens: each a single transaction."""

from accounts.services.invitations import (
    accept_invitation,
    invite_to_cohort,
    open_invitation,
    send_invitation,
    withdraw_invitation,
)
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
    "accept_invitation",
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
    "invite_to_cohort",
    "issue_token",
    "open_invitation",
    "remove_member",
    "revoke_token",
    "send_invitation",
    "withdraw_invitation",
]
