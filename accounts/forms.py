"""Forms of signing up and of the settings page."""

from __future__ import annotations

from typing import Any, cast
from zoneinfo import available_timezones

from allauth.account import forms as allauth_forms
from django import forms
from django.core.validators import validate_email

from accounts.models import Login, Role

MOST_ADDRESSES = 200
INVITED_ROLES = (Role.LEARNER, Role.OBSERVER, Role.INSTRUCTOR)
LABELS = {
    "login": "E-mail",
    "email": "E-mail",
    "oldpassword": "Current password",
    "password1": "Password",
    "password2": "The same once more",
}
PASSWORD_HELP = "At least 10 characters; neither a common password nor close to your e-mail or name."  # noqa: S105
TOKEN_LIFETIMES = (("30", "30 days"), ("90", "90 days"), ("365", "a year"), ("", "no end"))


class PlainFields:
    """Gives the fields of allauth's forms our words, and no placeholders that repeat their labels."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in cast("forms.Form", self).fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = LABELS.get(name, field.label)
            if name == "password1":
                field.help_text = PASSWORD_HELP


class LogInForm(PlainFields, allauth_forms.LoginForm):  # type: ignore[misc]  # allauth has no annotations
    """E-mail and password."""


class SignUpForm(PlainFields, allauth_forms.SignupForm):  # type: ignore[misc]  # as above
    """E-mail, password, and a name if one likes."""

    name = forms.CharField(
        label="Name",
        max_length=120,
        required=False,
        help_text="Shown to your instructors. Without one they see a made-up name.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("email", "name", "password1")


class ChangeEmailForm(PlainFields, allauth_forms.AddEmailForm):  # type: ignore[misc]  # as above
    """The address to log in with from now on."""


class ChangePasswordForm(PlainFields, allauth_forms.ChangePasswordForm):  # type: ignore[misc]  # as above
    """The current password and the new one, twice."""


class ForgottenPasswordForm(PlainFields, allauth_forms.ResetPasswordForm):  # type: ignore[misc]  # as above
    """The address that a link is sent to."""


class NewPasswordForm(PlainFields, allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]  # as above
    """The new password, twice."""


class ProfileForm(forms.Form):
    """Name and time zone."""

    prefix = "profile"

    name = forms.CharField(
        label="Name",
        max_length=120,
        required=False,
        help_text="Shown to the instructors of your bootcamps.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    time_zone = forms.ChoiceField(
        label="Time zone",
        choices=lambda: [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())],
        help_text="Dates and due times are shown in it.",
    )


class TokenForm(forms.Form):
    """What an API token is for, and how long it lives."""

    prefix = "token"

    name = forms.CharField(
        label="What it is for", max_length=80, widget=forms.TextInput(attrs={"placeholder": "Notebook on my laptop"})
    )
    days = forms.TypedChoiceField(
        label="Valid for", choices=TOKEN_LIFETIMES, initial="90", required=False, coerce=int, empty_value=None
    )


class EraseForm(forms.Form):
    """The password and a tick, so that nobody erases a login by a slip or on somebody else's screen."""

    prefix = "erase"

    password = forms.CharField(
        label="Your password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    understood = forms.BooleanField(
        label="Erase my name, e-mail, password and tokens for good",
        error_messages={"required": "Tick this to erase your login. Nothing was erased."},
    )

    def __init__(self, *args: Any, login: Login, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.login = login

    def clean_password(self) -> str:
        """Refuse any password but the login's."""
        password: str = self.cleaned_data["password"]
        if not self.login.check_password(password):
            raise forms.ValidationError("This is not your password. Nothing was erased.")
        return password


class InvitationsForm(forms.Form):
    """Addresses, one a line, and the role that they are offered."""

    addresses = forms.CharField(
        label="E-mail addresses",
        widget=forms.Textarea(attrs={"rows": 6, "placeholder": "ada@school.example"}),
        help_text=f"One a line, at most {MOST_ADDRESSES}.",
    )
    role = forms.ChoiceField(label="They join as", choices=[(role, role.label) for role in INVITED_ROLES])

    def clean_addresses(self) -> list[str]:
        """Return the addresses in lower case, each once; name every line that is none."""
        lines = [line.strip().lower() for line in self.cleaned_data["addresses"].splitlines()]
        addresses = list(dict.fromkeys(line for line in lines if line))
        if len(addresses) > MOST_ADDRESSES:
            raise forms.ValidationError(
                f"These are {len(addresses)} addresses; send at most {MOST_ADDRESSES} at a time."
            )
        faults = [_fault_of(address) for address in addresses]
        if any(faults):
            raise forms.ValidationError([fault for fault in faults if fault])
        return addresses


def _fault_of(address: str) -> str | None:
    try:
        validate_email(address)
    except forms.ValidationError:
        return f"{address[:80]!r} is no e-mail address. Nobody was invited yet; correct the line and send again."
    return None
