"""How far a learner is and what can be searched, projections rebuilt by commands; and what learners note down."""

from __future__ import annotations

import uuid

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from lessons.catalogue.models import Enrolment, Item, Revision


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


class SearchEntry(models.Model):
    """Something of a revision that a search can find, in plain words; written once, when the revision is published.

    It belongs to its revision, so that whoever reads an offering finds what that offering reads and nothing else. Of a
    question it holds the prompt alone. `anchor` is an identifier on the `page`; a term's stands in the glossary, and a
    simulation has its name for a key and an address of its own.
    """

    class Kind(models.TextChoices):
        SECTION = "section"
        TERM = "term"
        QUESTION = "question"
        SIMULATION = "simulation"

    id = models.BigAutoField(primary_key=True)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="search_entries")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=120)
    position = models.PositiveIntegerField(help_text="Order within the whole revision; what comes first wins a tie.")
    title = models.CharField(max_length=200)
    place = models.CharField(max_length=220, blank=True, help_text="The chapter that it stands in, in words.")
    page = models.CharField(max_length=120, blank=True, help_text="Key of the chapter or appendix.")
    anchor = models.CharField(max_length=140, blank=True)
    body = models.TextField(blank=True)
    vector = SearchVectorField()

    class Meta:
        verbose_name_plural = "search entries"
        constraints = (
            models.UniqueConstraint(fields=("revision", "kind", "key"), name="search_entry_unique_in_revision"),
            models.CheckConstraint(
                condition=models.Q(kind__in=("section", "term", "question", "simulation")),
                name="search_entry_kind_known",
            ),
        )
        indexes = (
            # Rows come by the hundred and are read ever after, so the index keeps no list of entries to sort in later.
            GinIndex(fields=("revision", "vector"), name="search_entry_vector", fastupdate=False),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class SearchWord(models.Model):
    """A word that occurs in a revision: what a misspelt one may have been meant for.

    `letters` are its own in the order of the alphabet. Two that changed places leave short words with too few trigrams
    in common to be found by them, and with the same letters.
    """

    id = models.BigAutoField(primary_key=True)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="search_words")
    word = models.CharField(max_length=40)
    letters = models.CharField(max_length=40)
    uses = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("revision", "word"), name="search_word_unique_in_revision"),)
        indexes = (
            models.Index(fields=("revision", "letters"), name="search_word_letters"),
            GinIndex(
                fields=("revision", "word"),
                opclasses=("uuid_ops", "gin_trgm_ops"),
                name="search_word_trigrams",
                fastupdate=False,
            ),
        )

    def __str__(self) -> str:
        return self.word


class Note(models.Model):
    """What a learner noted beside a passage, or beside a section where `quote` is empty; nobody else ever reads it.

    The passage is kept as a quote with what stands before and after it, so that it is found in the text as a later
    revision has it, and can be read where it is gone. `place` says in words where it stood.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="notes")
    item = models.ForeignKey(
        Item, on_delete=models.PROTECT, related_name="notes", help_text="The section, or the page for its opening."
    )
    place = models.CharField(max_length=430)
    quote = models.CharField(max_length=600, blank=True)
    prefix = models.CharField(max_length=60, blank=True)
    suffix = models.CharField(max_length=60, blank=True)
    text = models.TextField()
    idempotency_key = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("enrolment", "idempotency_key"), name="note_idempotent"),
            models.CheckConstraint(condition=~models.Q(text=""), name="note_says_something"),
        )
        indexes = (models.Index(fields=("enrolment", "item"), name="note_enrolment_item"),)

    def __str__(self) -> str:
        return f"note {self.pk}"
