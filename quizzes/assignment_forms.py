"""What staff type to set work: an assignment, an allowance, extra time, a category. Faults name value and remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import QueryDict

from lessons.catalogue.models import ItemKind, Offering
from lessons.catalogue.selectors import Outline, OutlineItem, outline_of
from quizzes import policy
from quizzes.errors import InvalidAssignment
from quizzes.models import Assignment
from quizzes.selectors.rules import FEEDBACK
from quizzes.selectors.words import plain
from quizzes.services import AllowanceTerms, AssignmentTerms, CategoryTerms, SetQuestion
from quizzes.services.terms import MOST_QUESTIONS

NEW: Final = "new"
LOCAL_FORMATS: Final = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")
YEARS: Final = range(2000, 2101)
MOST_ROWS_READ: Final = 4 * MOST_QUESTIONS
WHOLE: Final = re.compile(r"[+-]?[0-9]{1,9}")
NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})")


class WholeNumberField(forms.CharField):
    """A whole number, told with its value where it is none."""

    def to_python(self, value: object) -> Any:
        """Return the number, None where nothing is typed."""
        text = str(value or "").strip()
        if not text:
            return None
        if not WHOLE.fullmatch(text):
            raise forms.ValidationError(f"“{text[:40]}” is no whole number. Write one in digits, such as 30.")
        return int(text)


class NumberField(forms.CharField):
    """A decimal number, with or without a percent sign, told with its value where it is none."""

    def to_python(self, value: object) -> Any:
        """Return the number, None where nothing is typed."""
        text = str("" if value is None else value).strip().removesuffix("%").strip()
        if not text:
            return None
        if not NUMBER.fullmatch(text):
            raise forms.ValidationError(
                f"“{text[:40]}” is no number. Write one in digits, with a point before decimals, such as 12.5."
            )
        return Decimal(text)


class LocalTimeField(forms.CharField):
    """A date and time as clocks of the cohort's zone show it, read into an instant."""

    def __init__(self, *, zone: str, is_end: bool, **given: Any) -> None:
        super().__init__(widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "60"}), **given)
        self.zone, self.is_end = zone, is_end

    def to_python(self, value: object) -> Any:
        """Return the instant, None where nothing is typed."""
        text = str(value or "").strip()
        if not text:
            return None
        local = _local(text)
        if local is None or local.year not in YEARS:
            raise forms.ValidationError(
                f"“{text[:40]}” is no date and time between {YEARS[0]} and {YEARS[-1]}. Write it as 2026-11-30T18:00."
            )
        try:
            return policy.instant_of(local, self.zone, is_end=self.is_end)
        except policy.NoSuchTime as gap:
            raise forms.ValidationError(f"{gap} Times are those of {self.zone}.") from None

    def note(self, text: str) -> str:
        """Return what there is to say of a time that happens twice; nothing of any other."""
        local = _local(text.strip())
        if local is None or local.year not in YEARS or not policy.happens_twice(local, self.zone):
            return ""
        at = policy.instant_of(local, self.zone, is_end=self.is_end)
        which = "later" if self.is_end else "earlier"
        return f"{local:%H:%M} happens twice that night; the {which} one is meant, {policy.spoken(at, self.zone)}."


@dataclass(frozen=True, slots=True)
class ChosenQuestion:
    """A question of the assignment as the form shows it, its points and place as they were typed."""

    key: str
    title: str
    where: str
    points: str
    place: str


@dataclass(frozen=True, slots=True)
class OfferedSection:
    """The questions of a section, or of a chapter's opening, that can still be picked."""

    title: str
    items: tuple[OutlineItem, ...]


@dataclass(frozen=True, slots=True)
class OfferedChapter:
    """A chapter with questions that can still be picked, and how many."""

    number: int
    title: str
    sections: tuple[OfferedSection, ...]

    @property
    def questions(self) -> int:
        """How many there are."""
        return sum(len(section.items) for section in self.sections)


class AssignmentForm(forms.Form):
    """An assignment: its words, times, rules and weight. The questions are read by `QuestionPicker`."""

    title = forms.CharField(label="Title", required=False, max_length=400)
    instructions = forms.CharField(
        label="Instructions",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Plain text, shown above the rules. May stay empty.",
    )
    time_limit_minutes = WholeNumberField(
        label="Time limit in minutes",
        required=False,
        help_text="From the learner's start. Empty: none but the cut-off.",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    tries = WholeNumberField(
        label="Tries at each question",
        required=False,
        help_text="Empty: as each question says.",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    feedback = forms.ChoiceField(label="Feedback on answers", required=False, choices=list(FEEDBACK.items()))
    late_percent = NumberField(
        label="Deduction for late work, in percent",
        required=False,
        help_text="Of an answer's mark, for each day begun after the due time.",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    category = forms.ChoiceField(label="Category", required=False)
    weight = NumberField(
        label="Weight within the category",
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text="Twice the weight counts twice as much.",
    )
    new_category_title = forms.CharField(label="Name of the new category", required=False, max_length=400)
    new_category_weight = NumberField(
        label="Its weight in the total", required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    new_category_drop_lowest = WholeNumberField(
        label="How many of its lowest marks to drop",
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, offering: Offering, **given: Any) -> None:
        super().__init__(*args, **given)
        assert offering.cohort is not None, "only a cohort has assignments"
        zone = offering.cohort.time_zone
        categories = offering.grade_categories.order_by("position", "title")
        self.fields["category"].choices = [  # type: ignore[attr-defined]  # a choice field, declared above
            *((str(category.pk), f"{category.title} (weight {plain(category.weight)})") for category in categories),
            (NEW, "A new category"),
        ]
        for name, label, is_end in (
            ("opens_at", "Opens", False),
            ("due_at", "Due", True),
            ("cut_off_at", "Cut off", True),
        ):
            self.fields[name] = LocalTimeField(zone=zone, is_end=is_end, label=label, required=False)
        self.fields["cut_off_at"].help_text = "Late work is taken until then. Empty: the due time."

    @property
    def notes(self) -> list[str]:
        """What there is to say of times that happen twice."""
        fields = ((name, field) for name, field in self.fields.items() if isinstance(field, LocalTimeField))
        return [note for name, field in fields if (note := field.note(str(self.data.get(name, ""))))]

    def terms(self, questions: tuple[SetQuestion, ...]) -> AssignmentTerms:
        """Return what the valid form says."""
        said = self.cleaned_data
        return AssignmentTerms(
            title=said["title"],
            instructions=said["instructions"].replace("\r\n", "\n"),
            category=self._category(),
            opens_at=said["opens_at"],
            due_at=said["due_at"],
            cut_off_at=said["cut_off_at"] or said["due_at"],
            time_limit_minutes=said["time_limit_minutes"],
            tries=said["tries"],
            feedback=said["feedback"] or Assignment.Feedback.AT_ONCE,
            late_deduction=(said["late_percent"] or Decimal(0)) / 100,
            weight=Decimal(1) if said["weight"] is None else said["weight"],
            questions=questions,
        )

    def clean(self) -> None:
        """Ask for the times that cannot be left out."""
        for name, what in (("opens_at", "opens"), ("due_at", "is due")):
            if name not in self.errors and self.cleaned_data.get(name) is None:
                self.add_error(name, f"Say when it {what}: pick a date and a time.")

    def add_faults(self, refused: InvalidAssignment) -> None:
        """Show what a service refused, each at its field."""
        for fault in refused.faults:
            name = {"late_deduction": "late_percent"}.get(fault.field, fault.field)
            self.add_error(name if name in self.fields else None, fault.message)

    def _category(self) -> UUID | CategoryTerms:
        said = self.cleaned_data
        if said["category"] in {NEW, ""}:
            weight = said["new_category_weight"]
            return CategoryTerms(
                title=said["new_category_title"],
                weight=Decimal(1) if weight is None else weight,
                drop_lowest=said["new_category_drop_lowest"] or 0,
            )
        return UUID(said["category"])


class QuestionPicker:
    """The questions of an assignment as its form has them, and those of the course that can still be picked."""

    def __init__(self, offering: Offering, rows: Iterable[tuple[str, str, str]]) -> None:
        self._outline = outline_of(offering.revision)
        self._places = dict(_questions_with_places(self._outline))
        self.rows = tuple(
            ChosenQuestion(key, *self._places.get(key, (key, "No longer in the course")), points, place)
            for key, points, place in rows
        )

    @classmethod
    def of(cls, offering: Offering, assignment: Assignment | None) -> QuestionPicker:
        """Return the picker of an assignment as it is set, an empty one for a new one."""
        if assignment is None:
            return cls(offering, ())
        set_now = assignment.questions.order_by("position").values_list("item__key", "points")
        return cls(offering, ((key, plain(points), str(n)) for n, (key, points) in enumerate(set_now, start=1)))

    @classmethod
    def from_post(cls, offering: Offering, post: QueryDict) -> QuestionPicker:
        """Return the picker as a form sends it: without what is marked to go, by place, what is newly ticked last."""
        removed = set(post.getlist("remove"))
        sent = zip(post.getlist("chosen"), post.getlist("points"), post.getlist("place"), strict=False)
        rows = [row for row in list(sent)[:MOST_ROWS_READ] if row[0] not in removed]
        rows.sort(key=lambda row: _place(row[2]))
        known = {row[0] for row in rows}
        added = [key for key in dict.fromkeys(post.getlist("add")[:MOST_ROWS_READ]) if key not in known | removed]
        arranged = [(key, points) for key, points, _ in rows] + [(key, "1") for key in added]
        return cls(offering, ((key, points, str(n)) for n, (key, points) in enumerate(arranged, start=1)))

    @property
    def chapters(self) -> tuple[OfferedChapter, ...]:
        """The chapters whose questions can still be picked."""
        chosen = {row.key for row in self.rows}
        return tuple(chapter for chapter in _offered(self._outline, chosen) if chapter.questions)

    def questions(self) -> tuple[SetQuestion, ...]:
        """Return the questions with their points; raises a ValidationError that names what is no number."""
        faults, questions = [], []
        for row in self.rows:
            text = row.points.strip()
            try:
                questions.append(SetQuestion(row.key, Decimal(text if NUMBER.fullmatch(text) else "no number")))
            except InvalidOperation:
                faults.append(
                    f"“{text[:40]}” is no number of points for “{row.title}”. Give one in digits, such as 2 or 0.5."
                )
        if faults:
            raise forms.ValidationError(faults)
        return tuple(questions)


class AllowanceForm(forms.Form):
    """An extension or an excuse for one learner."""

    is_excused = forms.BooleanField(label="Excuse from it: it does not count", required=False)
    reason = forms.CharField(
        label="Reason",
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The learner reads it.",
    )

    def __init__(self, *args: Any, zone: str, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["due_at"] = LocalTimeField(zone=zone, is_end=True, label="Due, for them", required=False)
        self.fields["cut_off_at"] = LocalTimeField(zone=zone, is_end=True, label="Cut off, for them", required=False)
        self.order_fields(["due_at", "cut_off_at", "is_excused", "reason"])

    def terms(self) -> AllowanceTerms:
        """Return what the valid form says."""
        said = self.cleaned_data
        return AllowanceTerms(said["reason"], said["due_at"], said["cut_off_at"], said["is_excused"])


class ExtraTimeForm(forms.Form):
    """How much more time a learner has in everything that is timed."""

    extra_time_percent = WholeNumberField(
        label="Extra time in percent of a time limit",
        required=False,
        help_text="0 to 300, in every timed assignment of this course.",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )


class CategoryForm(forms.Form):
    """A category's title, weight and drops."""

    category_title = forms.CharField(label="Title", required=False, max_length=400)
    category_weight = NumberField(
        label="Weight", required=False, widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "num"})
    )
    category_drop_lowest = WholeNumberField(
        label="Drop lowest", required=False, widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "num"})
    )

    def terms(self) -> CategoryTerms:
        """Return what the valid form says."""
        said = self.cleaned_data
        return CategoryTerms(
            said["category_title"], said["category_weight"] or Decimal(0), said["category_drop_lowest"] or 0
        )


def initial_of(assignment: Assignment | None, offering: Offering, *, now: datetime) -> Mapping[str, object]:
    """Return what the form of an assignment shows at first: what is set, or for a new one the week to come."""
    assert offering.cohort is not None
    zone = offering.cohort.time_zone
    if assignment is None:
        tomorrow = policy.local_of(now, zone).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)
        due = tomorrow.replace(hour=18) + timedelta(days=6)
        return {
            "opens_at": _shown(tomorrow),
            "due_at": _shown(due),
            "cut_off_at": _shown(due + timedelta(days=2)),
            "late_percent": "10",
            "weight": "1",
            "category": str(offering.grade_categories.order_by("position").values_list("pk", flat=True).first() or NEW),
            "new_category_weight": "100",
            "new_category_drop_lowest": "0",
        }
    return {
        "title": assignment.title,
        "instructions": assignment.instructions,
        "opens_at": _shown(policy.local_of(assignment.opens_at, zone)),
        "due_at": _shown(policy.local_of(assignment.due_at, zone)),
        "cut_off_at": _shown(policy.local_of(assignment.cut_off_at, zone)),
        "time_limit_minutes": assignment.time_limit_minutes,
        "tries": assignment.tries,
        "feedback": assignment.feedback,
        "late_percent": plain(assignment.late_deduction * 100),
        "weight": plain(assignment.weight),
        "category": str(assignment.category_id),
        "new_category_weight": "100",
        "new_category_drop_lowest": "0",
    }


def _shown(local: datetime) -> str:
    return local.strftime(LOCAL_FORMATS[0])


def _local(text: str) -> datetime | None:
    for form in LOCAL_FORMATS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - a local time; its zone is the cohort's
        except ValueError:
            continue
    return None


def _place(text: str) -> int:
    text = text.strip()
    return int(text) if WHOLE.fullmatch(text) else MOST_ROWS_READ


def _questions_with_places(outline: Outline) -> Iterator[tuple[str, tuple[str, str]]]:
    for chapter in outline.chapters:
        groups = [(f"{chapter.number}. {chapter.title}", chapter.items)]
        groups += [(f"{chapter.number}. {chapter.title}: {part.title}", part.items) for part in chapter.sections]
        for where, items in groups:
            yield from ((item.key, (item.title, where)) for item in items if item.kind == ItemKind.QUESTION)


def _offered(outline: Outline, chosen: set[str]) -> Iterator[OfferedChapter]:
    for chapter in outline.chapters:
        groups = [("Opening", chapter.items), *((part.title, part.items) for part in chapter.sections)]
        sections = (
            OfferedSection(
                title,
                tuple(item for item in items if item.kind == ItemKind.QUESTION and item.key not in chosen),
            )
            for title, items in groups
        )
        yield OfferedChapter(chapter.number, chapter.title, tuple(section for section in sections if section.items))
