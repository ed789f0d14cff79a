"""How far a learner is: a projection of events, rebuilt by a command and checked by another."""

from __future__ import annotations

from django.db import models

from lessons.catalogue.models import Enrolment, Item


class Progress(models.Model):
    """The state of one item for one enrolment, derived from events alone."""

    class State(models.TextChoices):
        STARTED = "started"
        DONE = "done"

    id = models.BigAutoField(primary_key=True)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="progress")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="progress")
    state = models.CharField(max_length=8, choices=State.choices)
    fraction = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "progress"
        constraints = (
            models.UniqueConstraint(fields=("enrolment", "item"), name="progress_unique"),
            models.CheckConstraint(
                condition=models.Q(fraction__isnull=True) | models.Q(fraction__gte=0, fraction__lte=1),
                name="progress_fraction_is_share",
            ),
        )

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.item_id}: {self.state}"
