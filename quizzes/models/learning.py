"""What answers teach about learners and questions: misconceptions that come back, and how a question measures."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import Person
from lessons.catalogue.models import Enrolment, Item, Offering
from quizzes.models.attempts import Attempt, Step


class Comeback(models.Model):
    """A question that somebody was sure of and got wrong, due to be met again: after one day, then after seven."""

    id = models.BigAutoField(primary_key=True)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="comebacks")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="comebacks")
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="comebacks")
    stage = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    attempt = models.OneToOneField(
        Attempt, on_delete=models.PROTECT, null=True, blank=True, related_name="comeback", help_text="Its review."
    )
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("step", "stage"), name="comeback_unique"),
            models.CheckConstraint(condition=Q(stage__in=(1, 2)), name="comeback_stage_known"),
        )
        indexes = (
            models.Index(fields=("enrolment", "due_at"), condition=Q(done_at__isnull=True), name="comeback_waiting"),
        )

    def __str__(self) -> str:
        return f"{self.item_id} back for {self.enrolment_id}"


class ItemAnalysis(models.Model):
    """How a question measures in one offering, computed on a worker from first tries and kept until asked anew."""

    id = models.BigAutoField(primary_key=True)
    offering = models.ForeignKey(Offering, on_delete=models.PROTECT, related_name="item_analyses")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="analyses")
    answers = models.PositiveIntegerField()
    result = models.JSONField()
    computed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "item analyses"
        constraints = (models.UniqueConstraint(fields=("offering", "item"), name="item_analysis_unique"),)

    def __str__(self) -> str:
        return f"{self.item_id} in {self.offering_id}"


class AnalysisOrder(models.Model):
    """That somebody asked for an offering's item analysis, and what became of it."""

    class State(models.TextChoices):
        ASKED = "asked"
        COMPUTED = "computed"
        FAILED = "failed"

    offering = models.OneToOneField(Offering, on_delete=models.PROTECT, primary_key=True, related_name="analysis_order")
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Absent: answers grew."
    )
    asked_at = models.DateTimeField()
    touched_at = models.DateTimeField(help_text="When it was last handed to a worker.")
    starts = models.PositiveSmallIntegerField(default=0, help_text="How often a worker began without ending.")
    computed_at = models.DateTimeField(null=True, blank=True)
    answers = models.PositiveIntegerField(default=0, help_text="First tries that it was last computed from.")
    failure = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(state="computed") | Q(computed_at__isnull=False), name="analysis_computed_has_time"
            ),
            models.CheckConstraint(
                condition=Q(state="failed") & ~Q(failure="") | ~Q(state="failed") & Q(failure=""),
                name="analysis_failed_says_why",
            ),
        )

    def __str__(self) -> str:
        return f"analysis of {self.offering_id}: {self.state}"
