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

    What learners see of a variant stays as it was drawn. `cursor` is the last attempt that was regraded, so that a
    worker that dies is taken over where it stopped.
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
    cursor = models.UUIDField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    actor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True, help_text="Since when new variants have the new key.")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("offering", "item", "number"), name="correction_number_unique"),
            models.CheckConstraint(condition=~Q(reason=""), name="correction_states_reason"),
            models.CheckConstraint(condition=Q(state="drafted") | ~Q(policy=""), name="correction_applied_has_policy"),
        )

    def __str__(self) -> str:
        return f"correction {self.number} of {self.item_id}"


class Regrade(models.Model):
    """What a correction made of one attempt's mark; written once, also where the mark stayed."""

    id = models.BigAutoField(primary_key=True)
    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, related_name="regrades")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="regrades")
    before = models.DecimalField(max_digits=5, decimal_places=4)
    after = models.DecimalField(max_digits=5, decimal_places=4)
    seen_at = models.DateTimeField(null=True, blank=True, help_text="When the learner had been told.")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("correction", "attempt"), name="regrade_unique"),)

    def __str__(self) -> str:
        return f"{self.before} to {self.after} for {self.attempt_id}"
