"""The append-only ledger of grades.

A composite foreign key, added by migration, keeps a grade to attempts of its own enrolment.
"""

from __future__ import annotations

from typing import Final, Self

from django.db import models
from django.db.models import Case, Q, Value, When

from accounts.models import Person
from lessons.catalogue.models import Enrolment, Item, Revision
from quizzes.models.assignments import Assignment
from quizzes.models.attempts import Attempt
from quizzes.models.corrections import Correction


class GradeEntryQuerySet(models.QuerySet["GradeEntry"]):
    """Filters and folds the ledger."""

    def visible_to(self, person: Person | None) -> Self:
        """Keep one's own, and those of the cohorts that one teaches."""
        return self.filter(enrolment__in=Enrolment.objects.visible_to(person))

    def current(self) -> Self:
        """Fold the ledger: the entry that stands for each enrolment, item and assignment (or none: practice).

        What a person decided (overridden, excused) stands above what the engine found, whenever that was; of each
        sort the last entry stands.
        """
        rank = Case(When(kind__in=DECIDED, then=Value(1)), default=Value(0))
        place = ("enrolment_id", "item_id", "assignment_id")
        return self.order_by(*place, rank.desc(), "-id").distinct(*place)

    def practice(self) -> Self:
        """Keep what was graded in chapters, outside of any assignment."""
        return self.filter(assignment__isnull=True)


class GradeEntry(models.Model):
    """A line of the grade ledger; the current grade is folded from these. A trigger refuses updates and deletions."""

    class Kind(models.TextChoices):
        GRADED = "graded"
        OVERRIDDEN = "overridden"
        EXCUSED = "excused"
        EXTENDED = "extended"
        REGRADED = "regraded"

    id = models.BigAutoField(primary_key=True)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="grade_entries")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="grade_entries")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, null=True, blank=True, related_name="grade_entries")
    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, null=True, blank=True, related_name="grade_entries"
    )
    correction = models.ForeignKey(
        Correction, on_delete=models.PROTECT, null=True, blank=True, related_name="grade_entries"
    )
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    fraction = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    actor = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Absent: the engine."
    )
    at = models.DateTimeField()
    idempotency_key = models.CharField(max_length=120)

    objects = GradeEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "grade entries"
        constraints = (
            models.UniqueConstraint(fields=("enrolment", "idempotency_key"), name="grade_entry_idempotent"),
            models.CheckConstraint(
                condition=Q(kind="excused", fraction__isnull=True) | Q(fraction__gte=0, fraction__lte=1),
                name="grade_entry_fraction_is_share",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("graded", "extended", "regraded")) | ~Q(reason=""),
                name="grade_entry_states_reason",
            ),
            models.CheckConstraint(
                condition=Q(kind="regraded", correction__isnull=False)
                | (~Q(kind="regraded") & Q(correction__isnull=True)),
                name="grade_entry_regraded_by_correction",
            ),
        )
        indexes = (
            models.Index(fields=("enrolment", "item", "assignment", "id"), name="grade_entry_fold"),
            models.Index(fields=("assignment", "enrolment"), name="grade_entry_of_assignment"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.fraction} for {self.enrolment_id}"


DECIDED: Final = (GradeEntry.Kind.OVERRIDDEN, GradeEntry.Kind.EXCUSED)
"""What a person decided, which stands above what the engine finds."""

BY_ENGINE: Final = (GradeEntry.Kind.GRADED, GradeEntry.Kind.EXTENDED, GradeEntry.Kind.REGRADED)
"""What the tries come to: at first, by other times, by another key."""
