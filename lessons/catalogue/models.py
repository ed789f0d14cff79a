"""What is taught, to whom, and what happened: course, revision, item, offering, enrolment, event."""

from __future__ import annotations

import uuid
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import Cohort, Organisation, Person
from accounts.selectors import staffed_cohort_ids


class Course(models.Model):
    """A course in the namespace of its owner; without an owner it is open to everybody."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="courses"
    )
    slug = models.SlugField(max_length=60)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "slug"), name="course_slug_unique_in_organisation", nulls_distinct=False
            ),
        )

    def __str__(self) -> str:
        return self.slug


class Revision(models.Model):
    """One immutable state of a course, rendered; its digest covers files, engine version and renderer version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    engine_version = models.CharField(max_length=20)
    renderer_version = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    language = models.CharField(max_length=20)
    licence = models.CharField(max_length=200)
    coming = models.JSONField(default=list, help_text="Chapters announced and not written: [{number, title}].")
    created_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who sent it through the page; nobody where the site's operator loaded it.",
    )
    previews_revoked_at = models.DateTimeField(
        null=True, blank=True, help_text="Private links to it that were made before open nothing."
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("course", "number"), name="revision_number_unique_in_course"),
            models.UniqueConstraint(fields=("course", "digest"), name="revision_digest_unique_in_course"),
            models.UniqueConstraint(fields=("id", "course"), name="revision_course_pair"),
        )

    def __str__(self) -> str:
        return f"{self.course} r{self.number}"


class Upload(models.Model):
    """An archive that somebody sent, from its arrival until a worker has checked it; then what became of it."""

    class State(models.TextChoices):
        """What became of it: a revision, one that there was already, or a list of faults."""

        WAITING = "waiting"
        KEPT = "kept"
        UNCHANGED = "unchanged"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="uploads")
    sent_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200, help_text="The file's name, as the browser sent it.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the archive.")
    content = models.BinaryField(null=True, help_text="The archive; nothing of it is kept once it is checked.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    refusal = models.TextField(blank=True)
    faults = models.JSONField(default=list, help_text="What is wrong with it: [{file, line, message}].")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, null=True, related_name="+")
    starts = models.PositiveSmallIntegerField(default=0, help_text="How often a worker began to check it.")
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField(help_text="When it was sent, or last handed to a worker.")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "kept", "unchanged", "refused")), name="upload_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", content__isnull=False, ended_at=None)
                | ~Q(state="waiting") & Q(content=None, ended_at__isnull=False),
                name="upload_content_only_while_it_waits",
            ),
            models.UniqueConstraint(
                fields=("organisation", "digest"), condition=Q(state="waiting"), name="upload_waits_once"
            ),
        )
        indexes = (models.Index(fields=("organisation", "-created_at"), name="upload_organisation_at"),)

    def __str__(self) -> str:
        return f"{self.name} for {self.organisation}"


class ItemKind(models.TextChoices):
    """What an item is; the chapter page asks the app that owns the kind to draw it."""

    CHAPTER = "chapter"
    APPENDIX = "appendix"
    SECTION = "section"
    QUESTION = "question"
    SIMULATION = "simulation"
    TERM = "term"


class Item(models.Model):
    """A part of a course whose identity never changes: attempts, events and grades point here.

    Its words are in `ItemVersion`, one a revision. The key is the path that the item had when it was first loaded: a
    rename in the files (`was:`) leaves it, so that addresses and revisions pinned by a cohort keep working. An item
    absent from the newest revision keeps its row and gets `retired_at`, since learners' work hangs on it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=12, choices=ItemKind.choices)
    key = models.CharField(
        max_length=120, help_text="Path within the course, such as describing-performance/slow-share."
    )
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("course", "key"), name="item_key_unique_in_course"),
            models.CheckConstraint(condition=Q(kind__in=ItemKind.values), name="item_kind_known"),
        )

    def __str__(self) -> str:
        return self.key


class ItemVersion(models.Model):
    """An item as one revision states it: title, place in the outline, and a payload whose shape its kind fixes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="versions")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="versions")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    position = models.PositiveIntegerField(help_text="Order within the whole revision, parents before children.")
    title = models.CharField(max_length=200)
    payload = models.JSONField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("revision", "item"), name="item_version_unique_in_revision"),
            models.UniqueConstraint(fields=("revision", "position"), name="item_version_position_unique"),
        )

    def __str__(self) -> str:
        return f"{self.item} in {self.revision}"


class OfferingQuerySet(models.QuerySet["Offering"]):
    """Offerings, filtered by who asks."""

    def open(self) -> Self:
        """Keep those given to everybody."""
        return self.filter(cohort__isnull=True)

    def visible_to(self, person: Person | None) -> Self:
        """Keep the open ones, and those of cohorts that the person is in or is staff of."""
        visible = Q(cohort__isnull=True)
        if person is not None:
            visible |= Q(cohort__in=Cohort.objects.visible_to(person))
        return self.filter(visible)


class Offering(models.Model):
    """A course given to a cohort, or openly to everybody (no cohort).

    It pins one revision. A second foreign key, (revision, course) to revision, is added by migration, so that it can
    never pin another course's.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="offerings")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="offerings")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, null=True, blank=True, related_name="offerings")
    slug = models.SlugField(max_length=120, unique=True)
    adopted_at = models.DateTimeField(help_text="Since when the pinned revision is read.")
    amended_at = models.DateTimeField(
        null=True, blank=True, help_text="When something in it was last corrected: what was kept of it is read anew."
    )
    created_at = models.DateTimeField()

    objects = OfferingQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("course", "cohort"), name="offering_unique_in_cohort", nulls_distinct=False
            ),
        )

    def __str__(self) -> str:
        return self.slug


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    """Enrolments, filtered by who asks."""

    def visible_to(self, person: Person | None) -> Self:
        """Keep the person's own, and those of cohorts that they are staff of."""
        if person is None:
            return self.none()
        return self.filter(Q(person=person) | Q(offering__cohort__in=staffed_cohort_ids(person)))


class Enrolment(models.Model):
    """A person in an offering: all work hangs here, so that one person in two bootcamps never mixes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    offering = models.ForeignKey(Offering, on_delete=models.PROTECT, related_name="enrolments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="enrolments")
    time_zone = models.CharField(max_length=64, default="UTC")
    extra_time_percent = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("offering", "person"), name="enrolment_unique"),
            models.CheckConstraint(condition=Q(extra_time_percent__lte=300), name="enrolment_extra_time_bounded"),
        )

    def __str__(self) -> str:
        return f"{self.person} in {self.offering}"


class Verb(models.TextChoices):
    """What can happen to an item; progress, mastery and activity are projections of these."""

    OPENED = "opened"
    PREDICTED = "predicted"
    EXPLAINED = "explained"
    DISCOVERED = "discovered"
    RAN = "ran"
    ANSWERED = "answered"
    GRADED = "graded"


class Event(models.Model):
    """Something that happened in an enrolment, written in the transaction of what it reports.

    Append-only: a trigger refuses updates and deletions.
    """

    id = models.BigAutoField(primary_key=True)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="events")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    verb = models.CharField(max_length=12, choices=Verb.choices)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    idempotency_key = models.CharField(max_length=120)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("enrolment", "idempotency_key"), name="event_idempotent"),
            models.CheckConstraint(condition=Q(verb__in=Verb.values), name="event_verb_known"),
        )
        indexes = (models.Index(fields=("enrolment", "at"), name="event_enrolment_at"),)

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.verb} {self.item_id}"
