"""Forms of signing up and of the settings page."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from allauth.account.forms import SignupForm
from django import forms

from accounts.models import Login

TOKEN_LIFETIMES = (("30", "30 days"), ("90", "90 days"), ("365", "a year"), ("", "no end"))


class SignUpForm(SignupForm):  # type: ignore[misc]  # allauth has no annotations that mypy reads
    """E-mail, password, and a name if one likes."""

    name = forms.CharField(
        label="Name",
        max_length=120,
        required=False,
        help_text="Shown to your instructors. Without one they see a made-up name.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("email", "name", "password1")


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
