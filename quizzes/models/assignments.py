"""What an offering sets as graded work: categories with weights, assignments with rules, and who sits them."""

from __future__ import annotations

import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.models import Person
from accounts.selectors import staffed_cohort_ids
from lessons.catalogue.models import Enrolment, Item, Offering


class GradeCategory(models.Model):
    """A share of the total: its assignments' marks, the lowest few of them dropped, count for `weight` together."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    offering = models.ForeignKey(Offering, on_delete=models.PROTECT, related_name="grade_categories")
    title = models.CharField(max_length=80)
    weight = models.DecimalField(max_digits=6, decimal_places=2, help_text="Relative to the other categories.")
    drop_lowest = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name_plural = "grade categories"
        constraints = (
            models.UniqueConstraint(fields=("offering", "title"), name="grade_category_title_unique"),
            models.UniqueConstraint(fields=("id", "offering"), name="grade_category_offering_pair"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="grade_category_weight_not_negative"),
        )

    def __str__(self) -> str:
        return self.title


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Assignments, filtered by who asks."""

    def visible_to(self, person: Person | None) -> Self:
        """Keep those of offerings that the person can see."""
        return self.filter(offering__in=Offering.objects.visible_to(person))

    def staffed_by(self, person: Person | None) -> Self:
        """Keep those of cohorts that the person is staff of."""
        return self.filter(offering__cohort__in=staffed_cohort_ids(person))


class Assignment(models.Model):
    """Questions of the course set as one piece of graded work, with its times, rules and weight.

    Times are instants; pages show and read them in the cohort's time zone. A composite foreign key, added by migration,
    keeps it to a category of its own offering.
    """

    class Feedback(models.TextChoices):
        """When a learner is told how an answer went; solutions come with it."""

        AT_ONCE = "at_once"
        AFTER_TRIES = "after_tries"
        AFTER_DUE = "after_due"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    offering = models.ForeignKey(Offering, on_delete=models.PROTECT, related_name="assignments")
    category = models.ForeignKey(GradeCategory, on_delete=models.PROTECT, related_name="assignments")
    title = models.CharField(max_length=120)
    instructions = models.TextField(blank=True, max_length=2_000)
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    cut_off_at = models.DateTimeField(help_text="Until then late work is taken; after it, nothing is.")
    time_limit_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Absent: as each question says.")
    feedback = models.CharField(max_length=11, choices=Feedback.choices, default=Feedback.AT_ONCE)
    late_deduction = models.DecimalField(
        max_digits=4,
        decimal_places=3,
        default=0,
        help_text="Share of the mark taken for each day begun after the due time.",
    )
    weight = models.DecimalField(max_digits=6, decimal_places=2, default=1, help_text="Within its category.")
    posted_at = models.DateTimeField(null=True, blank=True, help_text="Since when its learners see their grades.")
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("offering", "title"), name="assignment_title_unique"),
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("due_at"), due_at__lte=F("cut_off_at")), name="assignment_times_in_order"
            ),
            models.CheckConstraint(
                condition=Q(late_deduction__gte=0, late_deduction__lte=1), name="assignment_late_deduction_is_share"
            ),
            models.CheckConstraint(condition=Q(weight__gte=0), name="assignment_weight_not_negative"),
            models.CheckConstraint(
                condition=Q(time_limit_minutes__isnull=True) | Q(time_limit_minutes__gte=1),
                name="assignment_time_limit_positive",
            ),
            models.CheckConstraint(condition=Q(tries__isnull=True) | Q(tries__gte=1), name="assignment_allows_a_try"),
        )

    def __str__(self) -> str:
        return self.title


class AssignmentQuestion(models.Model):
    """A question in an assignment, and how many points it is worth there."""

    id = models.BigAutoField(primary_key=True)
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="questions")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    points = models.DecimalField(max_digits=6, decimal_places=2, default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("assignment", "item"), name="assignment_question_unique"),
            models.UniqueConstraint(
                fields=("assignment", "position"),
                name="assignment_question_position_unique",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(points__gt=0), name="assignment_question_points_positive"),
        )

    def __str__(self) -> str:
        return f"{self.item_id} in {self.assignment_id}"


class Allowance(models.Model):
    """An extension or an excuse that one learner was given; the last one stands. Append-only by a trigger."""

    id = models.BigAutoField(primary_key=True)
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="allowances")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="allowances")
    due_at = models.DateTimeField(null=True, blank=True, help_text="Absent: as for everybody.")
    cut_off_at = models.DateTimeField(null=True, blank=True, help_text="Absent: as for everybody.")
    is_excused = models.BooleanField(default=False)
    reason = models.CharField(max_length=500)
    actor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    idempotency_key = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("assignment", "enrolment", "idempotency_key"), name="allowance_idempotent"),
            models.CheckConstraint(condition=~Q(reason=""), name="allowance_states_reason"),
        )

    def __str__(self) -> str:
        return f"{self.assignment_id} for {self.enrolment_id}"


class Sitting(models.Model):
    """One learner's work on an assignment: when the server's clock began, when it ends, and when it was handed in."""

    class Ending(models.TextChoices):
        HANDED_IN = "handed_in"
        DEADLINE = "deadline"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="sittings")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="sittings")
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="The cut-off, or earlier when the time allowed runs out.")
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=9, choices=Ending.choices, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("assignment", "enrolment"), name="sitting_unique"),
            models.UniqueConstraint(fields=("id", "enrolment"), name="sitting_enrolment_pair"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ending="") | (Q(ended_at__isnull=False) & ~Q(ending="")),
                name="sitting_ended_has_ending",
            ),
        )
        indexes = (models.Index(fields=("ends_at",), condition=Q(ended_at__isnull=True), name="sitting_still_running"),)

    def __str__(self) -> str:
        return f"{self.assignment_id} by {self.enrolment_id}"
