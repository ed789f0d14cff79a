"""Computations shared by digest, the runs that point at them, predictions and discoveries."""

from __future__ import annotations

import uuid
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q

from accounts.models import Person
from lessons.catalogue.models import Enrolment, Item

Work_co = TypeVar("Work_co", bound=models.Model, covariant=True)


class EnrolmentWork(models.QuerySet[Work_co]):
    """Rows that hang on an enrolment, and so are seen by whoever may see that enrolment."""

    def visible_to(self, person: Person | None) -> Self:
        """Keep what belongs to the person, or to an enrolment that they may see as staff."""
        return self.filter(enrolment__in=Enrolment.objects.visible_to(person))


class Computation(models.Model):
    """A heavy calculation, identified by what it computes, whoever asked for it.

    `digest` covers model, parameters, requests, seed, engine version and numpy version: two people who ask for the
    same thing share one row and one result.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    model = models.CharField(max_length=60)
    parameters = models.JSONField(help_text="Canonical form, names to strings.")
    requests = models.BigIntegerField()
    seed = models.BigIntegerField()
    engine_version = models.CharField(max_length=20)
    numpy_version = models.CharField(max_length=20)
    shards = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    result = models.JSONField(null=True, blank=True)
    result_digest = models.CharField(max_length=64, blank=True)
    failure = models.TextField(blank=True)
    generation = models.PositiveIntegerField(
        default=0, help_text="Raised by each restart, so that a task of an earlier life does nothing."
    )
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    touched_at = models.DateTimeField(help_text="Last sign of life; the sweep re-enqueues what went quiet.")
    enqueued_at = models.DateTimeField(
        null=True, blank=True, help_text="When shards were last handed to the queue; absent while it can't be reached."
    )
    dispatched = models.PositiveIntegerField(
        default=0, help_text="Shards below this index have been handed to the queue, or are finished."
    )
    starts = models.PositiveIntegerField(
        default=0, help_text="Shards begun since one last finished; many of them mean that a shard kills its worker."
    )

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(requests__gte=1, shards__gte=1), name="computation_has_work"),
            models.CheckConstraint(
                condition=~Q(state="succeeded") | Q(result__isnull=False, finished_at__isnull=False),
                name="computation_success_has_result",
            ),
        )
        indexes = (
            models.Index(
                fields=("touched_at",), name="computation_unfinished", condition=Q(state__in=("queued", "running"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.model} × {self.requests:,}"


class ComputationShard(models.Model):
    """A finished piece of a computation: its histogram, written once (idempotent upsert by index)."""

    id = models.BigAutoField(primary_key=True)
    computation = models.ForeignKey(Computation, on_delete=models.CASCADE, related_name="finished_shards")
    index = models.PositiveIntegerField()
    requests = models.BigIntegerField()
    histogram = models.BinaryField()
    finished_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("computation", "index"), name="computation_shard_unique"),)

    def __str__(self) -> str:
        return f"{self.computation_id} shard {self.index}"


class Run(models.Model):
    """One learner's request for a computation; cancelling detaches it, the last to leave stops the work."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="runs")
    computation = models.ForeignKey(Computation, on_delete=models.PROTECT, related_name="runs")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, blank=True, related_name="runs")
    idempotency_key = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = EnrolmentWork.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("enrolment", "idempotency_key"), name="run_idempotent"),)
        indexes = (models.Index(fields=("enrolment", "-created_at"), name="run_enrolment_recent"),)

    def __str__(self) -> str:
        return f"run {self.id} of {self.computation_id}"


class Prediction(models.Model):
    """What somebody committed to before the first look: an interval for a figure, or a scene's guess of another shape.

    The first for a prompt stands. An interval keeps its ends and one truth; a curve, placement, ticks or mark keeps its
    values by name beside the engine's. Both are absent where the learner chose to be shown.
    """

    class Shape(models.TextChoices):
        INTERVAL = "interval"
        CURVE = "curve"
        PLACEMENT = "placement"
        TICKS = "ticks"
        MARK = "mark"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="predictions")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, blank=True, related_name="predictions")
    model = models.CharField(max_length=60)
    prompt = models.CharField(max_length=60)
    shape = models.CharField(max_length=10, choices=Shape.choices, default=Shape.INTERVAL, db_default=Shape.INTERVAL)
    engine_version = models.CharField(max_length=20)
    low = models.FloatField(null=True, blank=True, help_text="Absent when the learner chose to be shown.")
    high = models.FloatField(null=True, blank=True)
    truth = models.FloatField(null=True, blank=True, help_text="An interval's figure.")
    held = models.BooleanField(null=True, blank=True)
    guess = models.JSONField(null=True, blank=True, help_text="Values by name, of every shape but an interval.")
    guess_truth = models.JSONField(null=True, blank=True, help_text="The engine's values by the same names.")
    score = models.FloatField(
        null=True, blank=True, help_text="In decades or widths of the axis; 0 is perfect, lower is better."
    )
    cause = models.CharField(max_length=60, blank=True)
    explanation = models.CharField(max_length=500, blank=True)
    locked_at = models.DateTimeField()
    explained_at = models.DateTimeField(null=True, blank=True)

    objects = EnrolmentWork.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("enrolment", "model", "prompt"), name="prediction_first_only"),
            models.CheckConstraint(
                condition=Q(low__isnull=True, high__isnull=True, held__isnull=True)
                | Q(low__isnull=False, high__isnull=False, high__gte=models.F("low")),
                name="prediction_interval_or_shown",
            ),
            models.CheckConstraint(
                condition=Q(shape="interval", guess__isnull=True, guess_truth__isnull=True, truth__isnull=False)
                | Q(~Q(shape="interval"), low__isnull=True, guess_truth__isnull=False, truth__isnull=True),
                name="prediction_has_the_truth_of_its_shape",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True)
                | Q(shape="interval", low__isnull=False)
                | Q(~Q(shape="interval"), guess__isnull=False),
                name="prediction_scored_only_where_committed",
            ),
        )

    def __str__(self) -> str:
        return f"{self.model}/{self.prompt}: {self.shape}"


class Discovery(models.Model):
    """An experiment whose predicate a learner's parameters met, verified on the server."""

    id = models.BigAutoField(primary_key=True)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="discoveries")
    model = models.CharField(max_length=60)
    experiment = models.CharField(max_length=60)
    parameters = models.JSONField()
    engine_version = models.CharField(max_length=20)
    at = models.DateTimeField()

    objects = EnrolmentWork.as_manager()

    class Meta:
        verbose_name_plural = "discoveries"
        constraints = (models.UniqueConstraint(fields=("enrolment", "model", "experiment"), name="discovery_unique"),)

    def __str__(self) -> str:
        return f"{self.model}/{self.experiment}"
