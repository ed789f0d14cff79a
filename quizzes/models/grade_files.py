"""Files of grades that staff upload: kept until they are applied or a day has passed."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import Person
from lessons.catalogue.models import Offering


class GradeFile(models.Model):
    """A file that was uploaded to be looked over, then applied once; what it changed is in the ledger.

    Nothing read from it is stored but the file itself: what it would change is worked out against the marks of the
    moment, each time somebody looks. Its content goes once it is applied, since it names people.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    offering = models.ForeignKey(Offering, on_delete=models.PROTECT, related_name="grade_files")
    name = models.CharField(max_length=120)
    content = models.BinaryField()
    uploaded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    applied_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)
    marks = models.PositiveIntegerField(default=0, help_text="How many marks applying it set.")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True, applied_by__isnull=True, marks=0)
                | Q(applied_at__isnull=False, applied_by__isnull=False),
                name="grade_file_applied_by_somebody",
            ),
        )
        indexes = (models.Index(fields=("offering", "uploaded_at"), name="grade_file_of_offering"),)

    def __str__(self) -> str:
        return self.name
