"""Attempts, the fresh variants they are tried on, and submitted steps.

A question has no table: it is a catalogue item of kind question, whose payload the kinds validate and read.
Composite foreign keys, added by migration, keep a step or draft to variants of its own attempt, and an attempt to a
sitting of its own enrolment.
"""

from __future__ import annotations

import uuid
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import Person
from lessons.catalogue.models import Enrolment, Item, ItemVersion
from quizzes.models.assignments import Sitting


class AttemptQuerySet(models.QuerySet["Attempt"]):
    """Filters attempts by who may see or work on them."""

    def visible_to(self, person: Person | None) -> Self:
        """Keep one's own, and those of the cohorts that one teaches."""
        return self.filter(enrolment__in=Enrolment.objects.visible_to(person))

    def owned_by(self, person: Person) -> Self:
        """Keep those that the person works on themself."""
        return self.filter(enrolment__person=person)


class Attempt(models.Model):
    """One learner's work on one question, over as many tries as its rules allow."""

    class State(models.TextChoices):
        OPEN = "open"
        FINISHED = "finished"

    class Purpose(models.TextChoices):
        """What the work is for: a chapter's check, an assignment, or what came back to be met again (never graded)."""

        PRACTICE = "practice"
        ASSIGNMENT = "assignment"
        REVIEW = "review"

    class Ending(models.TextChoices):
        ANSWERED = "answered"
        GIVEN_UP = "given_up"
        DEADLINE = "deadline"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="attempts")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField(default=1)
    purpose = models.CharField(
        max_length=10, choices=Purpose.choices, default=Purpose.PRACTICE, db_default=Purpose.PRACTICE
    )
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, null=True, blank=True, related_name="attempts")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    ending = models.CharField(
        max_length=8, choices=Ending.choices, blank=True, default="", db_default="", help_text="What finished it."
    )
    tries_allowed = models.PositiveSmallIntegerField()
    penalty = models.DecimalField(max_digits=4, decimal_places=3)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("enrolment", "item", "number"), name="attempt_number_unique"),
            models.UniqueConstraint(fields=("id", "enrolment"), name="attempt_enrolment_pair"),
            models.UniqueConstraint(
                fields=("enrolment", "item", "purpose", "sitting"),
                condition=Q(state="open"),
                nulls_distinct=False,
                name="attempt_one_open_a_question",
            ),
            models.CheckConstraint(
                condition=Q(purpose="assignment", sitting__isnull=False)
                | (~Q(purpose="assignment") & Q(sitting__isnull=True)),
                name="attempt_sitting_fits_purpose",
            ),
            models.CheckConstraint(
                condition=Q(state="open", ending="") | (Q(state="finished") & ~Q(ending="")),
                name="attempt_finished_has_ending",
            ),
            models.CheckConstraint(condition=Q(tries_allowed__gte=1), name="attempt_allows_a_try"),
            models.CheckConstraint(condition=Q(penalty__gte=0, penalty__lte=1), name="attempt_penalty_is_share"),
        )
        indexes = (models.Index(fields=("item", "id"), name="attempt_of_item_in_order"),)

    def __str__(self) -> str:
        return f"{self.item_id} by {self.enrolment_id}"


class Variant(models.Model):
    """A question with its numbers drawn: stored rendered, with its key, and never generated again for history."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="variants")
    version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="variants")
    number = models.PositiveSmallIntegerField()
    seed = models.BigIntegerField()
    parameters = models.JSONField()
    rendered = models.JSONField(help_text="What the learner sees: stem, options in their order, unit.")
    key = models.JSONField(help_text="Answer, tolerance, feedback; never leaves the server before it may.")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("attempt", "number"), name="variant_number_unique"),
            models.UniqueConstraint(fields=("id", "attempt"), name="variant_attempt_pair"),
        )

    def __str__(self) -> str:
        return f"variant {self.number} of {self.attempt_id}"


class Draft(models.Model):
    """What is typed but not submitted; the sequence number tells a stale tab that it is one."""

    attempt = models.OneToOneField(Attempt, on_delete=models.CASCADE, primary_key=True, related_name="draft")
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="+")
    sequence = models.PositiveIntegerField()
    answer = models.JSONField()
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"draft {self.sequence} of {self.attempt_id}"


class Step(models.Model):
    """One submitted try: who, when, what, and what it was worth. Append-only."""

    class Confidence(models.TextChoices):
        SURE = "sure"
        FAIRLY = "fairly"
        GUESS = "guess"

    class Outcome(models.TextChoices):
        CORRECT = "correct"
        PARTIAL = "partial"
        WRONG = "wrong"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="steps")
    variant = models.OneToOneField(Variant, on_delete=models.PROTECT, related_name="step")
    number = models.PositiveSmallIntegerField()
    idempotency_key = models.CharField(max_length=80)
    actor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    answer = models.JSONField()
    confidence = models.CharField(
        max_length=6, choices=Confidence.choices, blank=True, help_text="Empty: never said, taken at the deadline."
    )
    outcome = models.CharField(max_length=7, choices=Outcome.choices)
    fraction = models.DecimalField(max_digits=5, decimal_places=4, help_text="Before any penalty.")
    misconception = models.CharField(max_length=60, blank=True)
    feedback = models.JSONField()
    submitted_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("attempt", "number"), name="step_number_unique"),
            models.UniqueConstraint(fields=("attempt", "idempotency_key"), name="step_idempotent"),
            models.CheckConstraint(condition=Q(fraction__gte=0, fraction__lte=1), name="step_fraction_is_share"),
        )

    def __str__(self) -> str:
        return f"try {self.number} of {self.attempt_id}: {self.outcome}"
