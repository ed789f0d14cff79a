"""The form by which who runs a bootcamp makes a cohort."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final
from uuid import UUID
from zoneinfo import available_timezones

from django import forms

from lessons.catalogue.models import Revision

FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2099, 12, 31)
"""Beyond these a year is mistyped."""


class DayField(forms.DateField):
    """A day, as a browser sends it; what is none is named in the complaint."""

    def __init__(self, *, label: str) -> None:
        super().__init__(
            label=label,
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        )

    def to_python(self, value: Any) -> date | None:
        """Return the day; refuses what is none, and years that cannot be meant."""
        try:
            day: date | None = super().to_python(value)
        except forms.ValidationError:
            given = f"{str(value)[:40]!r} is no day. Give it as year, month and day, such as 2027-03-01."
            raise forms.ValidationError(given) from None
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError(f"{day} is not between {FIRST_DAY} and {LAST_DAY}. Check the year.")
        return day


class CohortForm(forms.Form):
    """A cohort's name, days and time zone, and the revision that it begins to read."""

    name = forms.CharField(
        label="Name",
        max_length=120,
        help_text="As its people know it, such as Spring 2027. Its addresses are made from it.",
    )
    starts_on = DayField(label="First day")
    ends_on = DayField(label="Last day")
    time_zone = forms.ChoiceField(
        label="Time zone",
        choices=lambda: [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())],
        help_text="What is due is due by its clocks.",
        error_messages={
            "invalid_choice": "“%(value)s” is no time zone that we know. Choose one such as Europe/Berlin."
        },
    )
    revision = forms.ChoiceField(
        label="Course",
        required=False,
        help_text="It reads this revision until its staff let it adopt another.",
        error_messages={
            "invalid_choice": "“%(value)s” is no revision that a cohort here can read. Choose one of these."
        },
    )

    def __init__(self, *args: Any, revisions: Iterable[Revision], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._revisions = {row.pk: row for row in revisions}
        own = [(str(row.pk), _title(row)) for row in self._revisions.values() if row.course.organisation_id]
        shared = [(str(row.pk), _title(row)) for row in self._revisions.values() if not row.course.organisation_id]
        groups = [("Your own", own), ("Open to everybody", shared)]
        field = self.fields["revision"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "None yet"), *(group for group in groups if group[1])]

    @property
    def chosen(self) -> Revision | None:
        """The revision that was chosen in a form that is valid; None where none was."""
        given = self.cleaned_data["revision"]
        return self._revisions[UUID(given)] if given else None


def _title(revision: Revision) -> str:
    newest: int = revision.newest  # type: ignore[attr-defined]  # annotated by the selector
    return f"{revision.title}, revision {revision.number}{'' if revision.number == newest else f' of {newest}'}"
