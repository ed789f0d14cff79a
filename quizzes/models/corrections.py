"""Corrections of a question's key by an instructor, and what each changed for whom."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import Person
from lessons.catalogue.models import Item, ItemVersion, Offering
from quizzes.models.attempts import Attempt


class Correction(models.Model):
    """A question's definition with its key, tolerance or misconceptions set right, for one offering.

    What learners see of a variant stays as it was drawn. A draft is forecast first: what it would make of whose mark;
    `fault` says why it may not be applied, if so. `cursor` is the last attempt that was forecast, and once it is
    applied the last that was regraded, so that a worker that dies is taken over where it stopped.
    """

    class Policy(models.TextChoices):
        """What becomes of a mark that would change."""

        NEW = "new"
        BEST = "best"
        FULL = "full"

    class State(models.TextChoices):
        DRAFTED = "drafted"
        APPLYING = "applying"
        APPLIED = "applied"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    offering = models.ForeignKey(Offering, on_delete=models.PROTECT, related_name="corrections")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="corrections")
    version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    definition = models.JSONField()
    reason = models.CharField(max_length=500)
    policy = models.CharField(max_length=4, choices=Policy.choices, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFTED)
    fault = models.TextField(
        blank=True, default="", db_default="", help_text="Why it was refused: what learners would see changes."
    )
    cursor = models.UUIDField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(
        default=0,
        db_default=0,
        help_text="Attempts with a variant that can no longer be drawn as it was: their marks stay.",
    )
    touched_at = models.DateTimeField(null=True, blank=True, help_text="The last sign of life of a worker.")
    forecast_at = models.DateTimeField(null=True, blank=True, help_text="When the forecast was complete.")
    actor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True, help_text="Since when new variants have the new key.")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("offering", "item", "number"), name="correction_number_unique"),
            models.CheckConstraint(condition=~Q(reason=""), name="correction_states_reason"),
            models.CheckConstraint(condition=Q(state="drafted") | ~Q(policy=""), name="correction_applied_has_policy"),
            models.CheckConstraint(
                condition=Q(state="drafted", applied_at__isnull=True)
                | (~Q(state="drafted") & Q(applied_at__isnull=False, fault="")),
                name="correction_applied_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="applied", finished_at__isnull=False)
                | (~Q(state="applied") & Q(finished_at__isnull=True)),
                name="correction_finished_is_applied",
            ),
        )
        indexes = (
            models.Index(fields=("touched_at",), condition=Q(finished_at__isnull=True), name="correction_unfinished"),
        )

    def __str__(self) -> str:
        return f"correction {self.number} of {self.item_id}"


class Forecast(models.Model):
    """What a drafted correction would make of one attempt's mark, by whichever policy; gone once it is applied.

    `new` is the mark by the new key, `full` the one where every try that an earlier key judged counts as right.
    """

    id = models.BigAutoField(primary_key=True)
    correction = models.ForeignKey(Correction, on_delete=models.CASCADE, related_name="forecasts")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="+")
    before = models.DecimalField(max_digits=5, decimal_places=4)
    new = models.DecimalField(max_digits=5, decimal_places=4)
    full = models.DecimalField(max_digits=5, decimal_places=4)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("correction", "attempt"), name="forecast_unique"),)

    def __str__(self) -> str:
        return f"{self.before} to {self.new} for {self.attempt_id}"


class Regrade(models.Model):
    """What a correction made of one attempt's mark; written once, also where the mark stayed.

    `first_fraction` is what the first try is worth by the new key, before any penalty and whatever the policy.
    """

    id = models.BigAutoField(primary_key=True)
    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, related_name="regrades")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="regrades")
    before = models.DecimalField(max_digits=5, decimal_places=4)
    after = models.DecimalField(max_digits=5, decimal_places=4)
    first_fraction = models.DecimalField(max_digits=5, decimal_places=4, db_default=0)
    seen_at = models.DateTimeField(null=True, blank=True, help_text="When the learner had been told.")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("correction", "attempt"), name="regrade_unique"),
            models.CheckConstraint(
                condition=Q(before__gte=0, before__lte=1, after__gte=0, after__lte=1), name="regrade_marks_are_shares"
            ),
        )

    def __str__(self) -> str:
        return f"{self.before} to {self.after} for {self.attempt_id}"
