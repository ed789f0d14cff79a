"""What a learner meets again: cards, the log of their reviews, and the questions that cards asked.

The log is the truth; a card is its fold, kept in the transaction of each review so that a deck is one query.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from lessons.catalogue.models import Enrolment, Item
from quizzes.models import Attempt, Step


class Card(models.Model):
    """How well one learner remembers one thing: a term, a section's idea, or a question that they missed.

    A row exists from the first review on; what could be met and was not yet has none. Derived from reviews alone.
    """

    id = models.BigAutoField(primary_key=True)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="cards")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="cards")
    reviews = models.PositiveIntegerField()
    stability = models.FloatField(help_text="Days until predicted recall has fallen to 0.9.")
    difficulty = models.FloatField()
    reviewed_on = models.DateField(help_text="In the learner's time zone, as it was then.")
    due_on = models.DateField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("enrolment", "item"), name="card_unique"),
            models.CheckConstraint(condition=Q(reviews__gte=1), name="card_was_reviewed"),
            models.CheckConstraint(condition=Q(stability__gt=0), name="card_stability_positive"),
            models.CheckConstraint(condition=Q(difficulty__gte=1, difficulty__lte=10), name="card_difficulty_on_scale"),
            models.CheckConstraint(condition=Q(due_on__gt=F("reviewed_on")), name="card_due_after_review"),
        )

    def __str__(self) -> str:
        return f"{self.item_id} of {self.enrolment_id}, due {self.due_on}"


class Review(models.Model):
    """One meeting with a card: what recall was predicted, and how it went. Append-only by a trigger.

    The number makes it idempotent: a card is met for the n-th time once, however often that is sent.
    """

    id = models.BigAutoField(primary_key=True)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="reviews")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="reviews")
    number = models.PositiveIntegerField()
    rating = models.PositiveSmallIntegerField()
    is_recalled = models.BooleanField()
    predicted = models.FloatField(null=True, blank=True, help_text="Recall predicted for that day; absent at first.")
    step = models.ForeignKey(
        Step, on_delete=models.PROTECT, null=True, blank=True, related_name="reviews", help_text="Absent: self-rated."
    )
    day = models.DateField(help_text="In the learner's time zone, as it was then.")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("enrolment", "item", "number"), name="review_number_unique"),
            models.CheckConstraint(condition=Q(rating__gte=1, rating__lte=4), name="review_rating_known"),
            models.CheckConstraint(
                condition=Q(rating=1, is_recalled=False) | Q(rating__gt=1, is_recalled=True),
                name="review_outcome_fits_rating",
            ),
            models.CheckConstraint(
                condition=Q(number=1, predicted__isnull=True)
                | Q(number__gt=1, predicted__gte=0, predicted__lte=1, predicted__isnull=False),
                name="review_predicted_after_the_first",
            ),
        )
        indexes = (models.Index(fields=("enrolment", "at"), name="review_of_enrolment_in_order"),)

    def __str__(self) -> str:
        return f"review {self.number} of {self.item_id} by {self.enrolment_id}"


class Asked(models.Model):
    """A question that a card asked: the attempt whose answer is the card's review.

    Composite foreign keys, added by migration, keep it to an attempt of its own enrolment.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="asked")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="asked", help_text="What the card is of.")
    number = models.PositiveIntegerField(help_text="Which review of the card it is.")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="asked_by")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "asked"
        constraints = (
            models.UniqueConstraint(fields=("enrolment", "item", "number"), name="asked_once_a_review"),
            models.CheckConstraint(condition=Q(number__gte=1), name="asked_number_positive"),
        )

    def __str__(self) -> str:
        return f"{self.item_id} asked of {self.enrolment_id}"


class Round(models.Model):
    """A few questions asked in a row: a placement check, or an interview against the clock. Never graded."""

    class Kind(models.TextChoices):
        PLACEMENT = "placement"
        INTERVIEW = "interview"

    class Ending(models.TextChoices):
        FINISHED = "finished"
        DEADLINE = "deadline"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="rounds")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True, help_text="An interview's, extra time left out.")
    moves = models.JSONField(default=list, help_text="The opening moves that were ticked, by name.")
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True, help_text="When an interview ends by itself.")
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=8, choices=Ending.choices, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("enrolment", "kind"), condition=Q(ended_at__isnull=True), name="round_one_running_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(kind="placement", minutes__isnull=True, ends_at__isnull=True)
                | Q(kind="interview", minutes__isnull=False, ends_at__gt=F("started_at")),
                name="round_interview_has_a_clock",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ending="") | (Q(ended_at__isnull=False) & ~Q(ending="")),
                name="round_ended_has_ending",
            ),
        )
        indexes = (models.Index(fields=("ends_at",), condition=Q(ended_at__isnull=True), name="round_still_running"),)

    def __str__(self) -> str:
        return f"{self.kind} of {self.enrolment_id}"


class RoundQuestion(models.Model):
    """A question of a round: the attempt in which it is answered, ungraded as every review is."""

    id = models.BigAutoField(primary_key=True)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="questions")
    position = models.PositiveSmallIntegerField()
    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="in_round")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("round", "position"), name="round_position_unique"),
            models.CheckConstraint(condition=Q(position__gte=1), name="round_position_from_one"),
        )

    def __str__(self) -> str:
        return f"question {self.position} of {self.round_id}"


HELD_BACK = Q(in_round__round__kind=Round.Kind.INTERVIEW, in_round__round__ended_at__isnull=True)
"""The attempts of which nothing is told yet: those of an interview that still runs."""
