"""What the ledger comes to a learner and assignment, kept so that a cohort can be sorted and filtered by it."""

from __future__ import annotations

from django.db import models

from lessons.catalogue.models import Enrolment
from quizzes.models.assignments import Assignment


class AssignmentMark(models.Model):
    """The ledger's entries of one learner in one assignment, folded and summed.

    Triggers keep it in the transaction of whatever changes it, a ledger entry or a question's points, and the view
    `quizzes_assignmentmarkfold` says what it should be: `check_marks` compares, `rebuild_marks` makes it so. What
    depends on the time, or on weights and allowances, is not in it.
    """

    id = models.BigAutoField(primary_key=True)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="assignment_marks")
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="marks")
    earned = models.DecimalField(max_digits=14, decimal_places=6, help_text="Points x fraction, of marked questions.")
    marked = models.DecimalField(max_digits=10, decimal_places=2, help_text="Points of the questions with a mark.")
    excused = models.DecimalField(max_digits=10, decimal_places=2, help_text="Points of the questions taken out.")
    is_overridden = models.BooleanField(help_text="Whether a mark that stands was set by hand.")
    is_regraded = models.BooleanField(help_text="Whether a mark that stands came from a correction.")
    submitted_at = models.DateTimeField(null=True, help_text="When the last try of it was submitted.")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("enrolment", "assignment"), name="assignment_mark_unique"),)

    def __str__(self) -> str:
        return f"{self.earned} of {self.marked} for {self.enrolment_id} in {self.assignment_id}"
