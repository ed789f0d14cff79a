"""What staff of a bootcamp read of its cohorts, courses and revisions: frozen, in a number of queries that stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.core import signing
from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery

from accounts.models import Cohort, Organisation, Person
from accounts.policy import runs
from accounts.selectors import display_names, staffed_cohort_ids, staffed_organisation
from lessons.catalogue.errors import NotFound, PreviewEnded, PreviewRevoked
from lessons.catalogue.models import Course, Event, Offering, Revision, Upload
from lessons.catalogue.selectors import stated_items
from lessons.content.difference import Change, Difference, difference

PREVIEW_FOR: Final = timedelta(days=7)
MOST_REVISIONS: Final = 100
"""The newest that a page lists."""

MOST_UPLOADS: Final = 5
"""The newest that a page lists."""

_PREVIEW_SALT: Final = "lessons.catalogue.preview"


@dataclass(frozen=True, slots=True)
class OfferingRow:
    """A course as a cohort has it: which revision it reads, and which is the newest there is."""

    slug: str
    title: str
    cohort: str
    number: int
    newest: int


@dataclass(frozen=True, slots=True)
class CohortRow:
    """A cohort and the courses that it has."""

    id: UUID
    name: str
    starts_on: date
    ends_on: date
    offerings: tuple[OfferingRow, ...]


@dataclass(frozen=True, slots=True)
class CourseRow:
    """A bootcamp's own course by its newest revision."""

    slug: str
    title: str
    number: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class BootcampPage:
    """What staff of a bootcamp find there: the cohorts that they teach or run, and the bootcamp's own courses.

    Who runs it makes cohorts.
    """

    organisation: Organisation
    is_run_by_reader: bool
    cohorts: tuple[CohortRow, ...]
    courses: tuple[CourseRow, ...]


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """A revision with who sent it, which of the reader's cohorts read it, and a link to look at it privately.

    Links that were made before `revoked_at` open nothing.
    """

    number: int
    title: str
    created_at: datetime
    by: str
    items: int
    readers: tuple[OfferingRow, ...]
    preview: str
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class CoursePage:
    """A bootcamp's own course with its revisions, the newest first; links end at `preview_until`."""

    organisation: Organisation
    slug: str
    title: str
    revisions: tuple[RevisionRow, ...]
    preview_until: datetime


@dataclass(frozen=True, slots=True)
class Compared:
    """Two revisions of a course and what differs between them."""

    before: int
    after: int
    difference: Difference


@dataclass(frozen=True, slots=True)
class ComparePage:
    """Two revisions of a bootcamp's own course, with the numbers that there are to choose from."""

    organisation: Organisation
    slug: str
    title: str
    numbers: tuple[int, ...]
    compared: Compared


@dataclass(frozen=True, slots=True)
class AffectedChange:
    """A change with how many learners of a cohort have done something on the item."""

    change: Change
    learners: int


@dataclass(frozen=True, slots=True)
class AdoptionPage:
    """An offering, the revision that it reads, and what another one would change for its learners."""

    offering: Offering
    organisation: Organisation
    numbers: tuple[int, ...]
    compared: Compared | None
    changes: tuple[AffectedChange, ...]
    preview: str
    preview_until: datetime


@dataclass(frozen=True, slots=True)
class GivePage:
    """A cohort and the courses that it could be given: its bootcamp's own, and the open ones."""

    cohort: Cohort
    own: tuple[CourseRow, ...]
    open: tuple[CourseRow, ...]


def bootcamp_page(*, person: Person | None, slug: str) -> BootcampPage:
    """Return a bootcamp to its staff; five queries. Raises accounts' NotFound."""
    organisation = staffed_organisation(person=person, slug=slug)
    cohorts = Cohort.objects.staffed_by(person).filter(organisation=organisation).order_by("-starts_on", "name")
    offerings = _by_cohort(Offering.objects.filter(cohort__in=cohorts))
    return BootcampPage(
        organisation=organisation,
        is_run_by_reader=person is not None and runs(person, organisation),
        cohorts=tuple(
            CohortRow(cohort.pk, cohort.name, cohort.starts_on, cohort.ends_on, tuple(offerings.get(cohort.pk, ())))
            for cohort in cohorts
        ),
        courses=_courses(Course.objects.filter(organisation=organisation)),
    )


def course_page(*, person: Person | None, organisation: str, slug: str, now: datetime) -> CoursePage:
    """Return a bootcamp's own course to its staff; five queries. Raises NotFound, accounts' too."""
    school = staffed_organisation(person=person, slug=organisation)
    course = _own_course(school, slug)
    revisions = list(
        course.revisions.annotate(items=Count("versions")).order_by("-number")[:MOST_REVISIONS],
    )
    names = display_names({row.uploaded_by_id for row in revisions if row.uploaded_by_id is not None})
    readers: dict[int, list[OfferingRow]] = {}
    taught = course.offerings.filter(cohort__in=staffed_cohort_ids(person))
    for rows in _by_cohort(taught).values():
        for row in rows:
            readers.setdefault(row.number, []).append(row)
    return CoursePage(
        organisation=school,
        slug=course.slug,
        title=revisions[0].title if revisions else course.slug,
        revisions=tuple(
            RevisionRow(
                number=row.number,
                title=row.title,
                created_at=row.created_at,
                by=names.get(row.uploaded_by_id, "") if row.uploaded_by_id else "",
                items=row.items,
                readers=tuple(readers.get(row.number, ())),
                preview=preview_token(row, now=now),
                revoked_at=row.previews_revoked_at,
            )
            for row in revisions
        ),
        preview_until=now + PREVIEW_FOR,
    )


def uploads_of(organisation: Organisation) -> tuple[Upload, ...]:
    """Return what was sent to a bootcamp lately, the newest first, without archives; one query."""
    uploads = Upload.objects.filter(organisation=organisation).defer("content", "faults")
    return tuple(uploads.select_related("revision__course").order_by("-created_at")[:MOST_UPLOADS])


def own_upload(*, person: Person | None, organisation: str, upload_id: UUID) -> Upload:
    """Return what was sent to a bootcamp to its staff; two queries. Raises NotFound, accounts' too."""
    school = staffed_organisation(person=person, slug=organisation)
    uploads = Upload.objects.filter(organisation=school).defer("content")
    upload = uploads.select_related("organisation", "revision__course").filter(pk=upload_id).first()
    if upload is None:
        raise NotFound("upload", str(upload_id))
    return upload


def own_revision(*, person: Person | None, organisation: str, slug: str, number: int) -> Revision:
    """Return a revision of a bootcamp's own course to its staff; three queries. Raises NotFound, accounts' too."""
    course = _own_course(staffed_organisation(person=person, slug=organisation), slug)
    revision = course.revisions.select_related("course__organisation").filter(number=number).first()
    if revision is None:
        raise NotFound("revision", str(number))
    return revision


def compare_page(
    *, person: Person | None, organisation: str, slug: str, before: int | None, after: int | None
) -> ComparePage:
    """Return what differs between two revisions, without numbers the newest two; five queries.

    Raises NotFound, accounts' too.
    """
    school = staffed_organisation(person=person, slug=organisation)
    course = _own_course(school, slug)
    revisions = {row.number: row for row in course.revisions.order_by("-number")[:MOST_REVISIONS]}
    numbers = tuple(revisions)
    after = numbers[0] if after is None else after
    before = next((number for number in numbers if number < after), after) if before is None else before
    if before not in revisions or after not in revisions:
        raise NotFound("revision", str(after if before in revisions else before))
    return ComparePage(
        school, course.slug, revisions[after].title, numbers, _compared(revisions[before], revisions[after])
    )


def adoption_page(*, person: Person | None, slug: str, number: int | None, now: datetime) -> AdoptionPage:
    """Return what adopting a revision, the newest unless told, would change for an offering's learners; six queries.

    Raises NotFound for an offering that the person is not staff of, and for a revision that its course lacks.
    """
    offering = _staffed_offering(person, slug)
    assert offering.cohort is not None, "the open offering has no staff"
    revisions = {row.number: row for row in offering.course.revisions.order_by("-number")[:MOST_REVISIONS]}
    numbers = tuple(revisions)
    wanted = numbers[0] if number is None else number
    if wanted not in revisions:
        raise NotFound("revision", str(wanted))
    revision = revisions[wanted]
    compared: Compared | None = None
    changes: tuple[AffectedChange, ...] = ()
    if revision.pk != offering.revision_id:
        compared = _compared(offering.revision, revision)
        changes = _affected(offering, compared.difference.changes)
    return AdoptionPage(
        offering=offering,
        organisation=offering.cohort.organisation,
        numbers=numbers,
        compared=compared,
        changes=changes,
        preview=preview_token(revision, now=now),
        preview_until=now + PREVIEW_FOR,
    )


def revision_to_adopt(*, person: Person | None, slug: str, number: int) -> tuple[Offering, Revision]:
    """Return an offering that the person is staff of and a revision of its course; two queries. Raises NotFound."""
    offering = _staffed_offering(person, slug)
    revision = offering.course.revisions.filter(number=number).first()
    if revision is None:
        raise NotFound("revision", str(number))
    return offering, revision


def give_page(cohort: Cohort) -> GivePage:
    """Return the courses that a cohort can be given and does not have; two queries, for staff to see."""
    courses = Course.objects.exclude(offerings__cohort=cohort)
    return GivePage(
        cohort=cohort,
        own=_courses(courses.filter(organisation=cohort.organisation_id)),
        open=_courses(courses.filter(organisation__isnull=True)),
    )


def revisions_to_begin_with(organisation: Organisation) -> tuple[Revision, ...]:
    """Return what a new cohort can read, by title: every revision of the bootcamp's own, of open courses the newest.

    Each comes with its course, and with the number of the course's newest as `newest`; one query.
    """
    revisions = Revision.objects.annotate(newest=Max("course__revisions__number")).select_related("course")
    found = revisions.filter(Q(course__organisation=organisation) | Q(course__organisation=None, number=F("newest")))
    return tuple(found.order_by("title", "course", "-number")[:MOST_REVISIONS])


def course_to_give(cohort: Cohort, *, slug: str, is_open: bool) -> Course:
    """Return a course that a cohort can be given: its bootcamp's own, or an open one; one query. Raises NotFound."""
    owner = None if is_open else cohort.organisation
    course = Course.objects.filter(organisation=owner, slug=slug).first()
    if course is None:
        raise NotFound("course", slug)
    return course


def preview_token(revision: Revision, *, now: datetime) -> str:
    """Return what opens a revision to whoever holds it, for a week from now or until it is revoked."""
    return signing.dumps([revision.pk.hex, now.timestamp()], salt=_PREVIEW_SALT)


def previewed_revision(token: str) -> Revision:
    """Return the revision that a private link opens; one query.

    Raises PreviewEnded where the link is not ours or too old, PreviewRevoked where it was taken back.
    """
    try:
        key, made_at = signing.loads(token, salt=_PREVIEW_SALT, max_age=PREVIEW_FOR)
    except (signing.BadSignature, ValueError):
        raise PreviewEnded from None
    revision = Revision.objects.filter(pk=key).first()
    if revision is None:
        raise PreviewEnded
    if revision.previews_revoked_at is not None and made_at < revision.previews_revoked_at.timestamp():
        raise PreviewRevoked
    return revision


def _compared(before: Revision, after: Revision) -> Compared:
    return Compared(before.number, after.number, difference(stated_items(before), stated_items(after)))


def _affected(offering: Offering, changes: Iterable[Change]) -> tuple[AffectedChange, ...]:
    """Return each change with how many of an offering's learners did something on its item; one query."""
    changes = tuple(changes)
    counts = dict(
        Event.objects.filter(enrolment__offering=offering, item__key__in=[change.key for change in changes])
        .order_by()
        .values("item__key")
        .annotate(learners=Count("enrolment", distinct=True))
        .values_list("item__key", "learners")
    )
    return tuple(AffectedChange(change, counts.get(change.key, 0)) for change in changes)


def _staffed_offering(person: Person | None, slug: str) -> Offering:
    offerings = Offering.objects.filter(slug=slug, cohort__in=staffed_cohort_ids(person))
    offering = offerings.select_related("revision", "course", "cohort__organisation").first()
    if offering is None:
        raise NotFound("course", slug)
    return offering


def _own_course(organisation: Organisation, slug: str) -> Course:
    course = Course.objects.filter(organisation=organisation, slug=slug).first()
    if course is None:
        raise NotFound("course", slug)
    return course


def _courses(courses: QuerySet[Course]) -> tuple[CourseRow, ...]:
    """Return the courses that have a revision by title, each with its newest; one query."""
    newest = Revision.objects.filter(course=OuterRef("course")).order_by("-number").values("pk")[:1]
    rows = Revision.objects.filter(pk=Subquery(newest), course__in=courses).select_related("course")
    return tuple(
        CourseRow(row.course.slug, row.title, row.number, row.created_at) for row in rows.order_by("title", "pk")
    )


def _by_cohort(offerings: QuerySet[Offering]) -> Mapping[UUID, list[OfferingRow]]:
    """Return offerings by their cohort, by title; one query."""
    found: dict[UUID, list[OfferingRow]] = {}
    rows = offerings.filter(~Q(cohort=None)).select_related("revision", "cohort")
    for row in rows.annotate(newest=Max("course__revisions__number")).order_by("revision__title", "slug"):
        assert row.cohort is not None, "only cohorts' offerings are asked for"
        shown = OfferingRow(row.slug, row.revision.title, row.cohort.name, row.revision.number, row.newest)
        found.setdefault(row.cohort.pk, []).append(shown)
    return found
