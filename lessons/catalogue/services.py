"""Everything that writes courses, offerings, enrolments and events.

Loading locks the course's row, so that two loads at once make one revision.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db import IntegrityError, connection, transaction
from django.utils.text import slugify

from accounts.models import Cohort, Organisation, Person
from accounts.services import create_cohort
from lessons.catalogue import policy
from lessons.catalogue.errors import (
    ItemKindChanged,
    ItemsCollide,
    NotAllowed,
    NothingToOffer,
    RevisionOvertaken,
    SlugTaken,
    WrongCourse,
)
from lessons.catalogue.models import Course, Enrolment, Event, Item, ItemVersion, Offering, Revision
from lessons.catalogue.signals import event_recorded, revision_published
from lessons.content import LoadedCourse, LoadedItem
from lessons.content.identity import identities, with_identities

BATCH: Final = 500
LONGEST_ADDRESS: Final = 120
LONGEST_COHORT_SLUG: Final = 60

INSERT_EVENT: Final = """
    INSERT INTO catalogue_event (enrolment_id, item_id, verb, at, data, idempotency_key)
    VALUES (%s, %s, %s, %s, %s::jsonb, %s)
    ON CONFLICT (enrolment_id, idempotency_key) DO NOTHING RETURNING id
"""
"""One statement where get_or_create takes four: every answer and grade records events."""


@transaction.atomic
def load_course(
    *, source: LoadedCourse, organisation: Organisation | None, now: datetime, uploaded_by: Person | None = None
) -> Revision:
    """Store a checked course as a revision and return it; the same content again returns the revision there is.

    Items keep their identity by key or by `was:`, those that are absent retire, and those that come back return.
    Raises ItemKindChanged and ItemsCollide; then nothing is stored.
    """
    course, _ = Course.objects.get_or_create(organisation=organisation, slug=source.slug, defaults={"created_at": now})
    course = Course.objects.select_for_update().get(pk=course.pk)
    revision = course.revisions.filter(digest=source.digest).first()
    if revision is None:
        revision = _store_revision(course, source, now, uploaded_by=uploaded_by)
    _retire_all_but(revision, now)
    return revision


@transaction.atomic
def publish_course(*, source: LoadedCourse, organisation: Organisation | None, now: datetime) -> Revision:
    """Load a course and, where it has no owner, make it what everybody reads in its open offering.

    An organisation's course is read once it is offered to a cohort. Raises what `load_course` and `offer_course` do.
    """
    revision = load_course(source=source, organisation=organisation, now=now)
    if organisation is None:
        offering = offer_course(course=revision.course, cohort=None, slug=source.slug, now=now)
        adopt_revision(offering=offering, revision=revision, actor=None, now=now)
    return revision


@transaction.atomic
def revoke_previews(*, revision: Revision, actor: Person, now: datetime) -> None:
    """Let the private links to a revision that were made until now open nothing; a link made later opens it again.

    Raises NotAllowed unless the actor is staff of the organisation whose course it is.
    """
    organisation = revision.course.organisation
    if organisation is None:
        raise NotAllowed("An open course has nothing private to revoke.")
    policy.require_may_upload(actor, organisation)
    Revision.objects.filter(pk=revision.pk).update(previews_revoked_at=now)


@transaction.atomic
def begin_cohort(
    *,
    organisation: Organisation,
    name: str,
    starts_on: date,
    ends_on: date,
    time_zone: str,
    revision: Revision | None,
    actor: Person,
    now: datetime,
) -> tuple[Cohort, Offering | None]:
    """Make a cohort whose short name comes from its name and, where a revision is named, give it that to read.

    The same once more returns what there is. Raises what accounts' `create_cohort` and `give_course` do; then nothing
    is made.
    """
    cohort = create_cohort(
        organisation=organisation,
        slug=_cohort_slug(name, starts_on),
        name=name,
        starts_on=starts_on,
        ends_on=ends_on,
        time_zone=time_zone,
        actor=actor,
        now=now,
    )
    if revision is None:
        return cohort, None
    return cohort, give_course(course=revision.course, cohort=cohort, actor=actor, now=now, revision=revision)


def _cohort_slug(name: str, starts_on: date) -> str:
    """Return what stands for a cohort in addresses: its first day where its name has no Latin letter and no digit."""
    return slugify(name)[:LONGEST_COHORT_SLUG].strip("-_") or f"from-{starts_on.isoformat()}"


@transaction.atomic
def give_course(
    *, course: Course, cohort: Cohort, actor: Person, now: datetime, revision: Revision | None = None
) -> Offering:
    """Offer a course to a cohort at an address of its own; a course that it has already is returned as it is.

    Raises NotAllowed unless the actor is staff of the cohort, and what `offer_course` does.
    """
    policy.require_may_offer(actor, cohort)
    slug = f"{cohort.organisation.slug}-{cohort.slug}"
    if Offering.objects.filter(slug=slug).exists():
        slug = f"{slug}-{course.slug}"
    return offer_course(course=course, cohort=cohort, slug=slug[:LONGEST_ADDRESS], now=now, revision=revision)


@transaction.atomic
def offer_course(
    *, course: Course, cohort: Cohort | None, slug: str, now: datetime, revision: Revision | None = None
) -> Offering:
    """Return the course's offering to a cohort, or to everybody without one.

    A new one reads the revision that is named, or else the newest. Raises WrongCourse for a course that belongs to
    another organisation than the cohort or, without a cohort, to any, and for another course's revision; NothingToOffer
    before the first load; SlugTaken.
    """
    if course.organisation_id is not None and (cohort is None or cohort.organisation_id != course.organisation_id):
        raise WrongCourse(f"The course {course} belongs to a school and can be offered to that school's cohorts only.")
    offering = Offering.objects.filter(course=course, cohort=cohort).first()
    if offering is not None:
        return offering
    revision = revision or course.revisions.order_by("-number").first()
    if revision is None:
        raise NothingToOffer(course.slug)
    if revision.course_id != course.pk:
        raise WrongCourse(f"Revision {revision.number} is of another course than {course.slug!r}.")
    try:
        with transaction.atomic():
            offering = Offering.objects.create(
                course=course, revision=revision, cohort=cohort, slug=slug, adopted_at=now, created_at=now
            )
    except IntegrityError:
        # Somebody else may have offered it meanwhile; otherwise it is the address that is taken.
        existing = Offering.objects.filter(course=course, cohort=cohort).first()
        if existing is None:
            raise SlugTaken(slug) from None
        return existing
    revision_published.send(sender=Revision, revision=revision)
    return offering


@transaction.atomic
def adopt_revision(
    *,
    offering: Offering,
    revision: Revision,
    actor: Person | None,
    now: datetime,
    compared_with: int | None = None,
) -> Offering:
    """Let an offering read another revision of its course; without an actor it is the site's operator who asks.

    `compared_with` is the number of the revision whose difference the actor looked at. Raises NotAllowed unless the
    actor is staff of its cohort, WrongCourse for another course's revision, RevisionOvertaken where the offering reads
    another one than was compared, and not the wanted one either.
    """
    policy.require_may_adopt(actor, offering)
    if revision.course_id != offering.course_id:
        raise WrongCourse(f"Revision {revision.number} is of another course than {offering.slug!r} offers.")
    locked = Offering.objects.select_for_update(of=("self",)).select_related("revision").get(pk=offering.pk)
    if locked.revision_id != revision.pk:
        if compared_with not in {None, locked.revision.number}:
            raise RevisionOvertaken(locked.slug, locked.revision.number)
        locked.revision = revision
        locked.adopted_at = now
        locked.save(update_fields=["revision", "adopted_at"])
        revision_published.send(sender=Revision, revision=revision)
    return locked


@transaction.atomic
def enrol(*, person: Person, offering: Offering, now: datetime, time_zone: str = "UTC") -> Enrolment:
    """Return the person's enrolment in an offering, made if there is none.

    Whether they may take it is the caller's question; `enrolment_for_write` asks it.
    """
    enrolment, _ = Enrolment.objects.get_or_create(
        offering=offering, person=person, defaults={"time_zone": time_zone, "created_at": now}
    )
    return enrolment


@transaction.atomic
def enrolment_for_write(*, person: Person, offering: Offering, now: datetime) -> Enrolment:
    """Return the enrolment that new work hangs on: made on demand in the open offering and for a cohort's members.

    A cohort's member is enrolled since they joined it, however late they begin: what is due when goes by that. Raises
    NotEnrolled for anybody else.
    """
    since = policy.require_may_work_in(person, offering, now=now)
    return enrol(person=person, offering=offering, now=since, time_zone=person.time_zone)


@transaction.atomic
def set_extra_time(*, enrolment: Enrolment, percent: int) -> Enrolment:
    """Set how much more time an enrolment has in what is timed, in percent; who may is the caller's question."""
    enrolment.extra_time_percent = percent
    enrolment.save(update_fields=["extra_time_percent"])
    return enrolment


@transaction.atomic(savepoint=False)
def record_event(
    *,
    enrolment: Enrolment,
    verb: str,
    item: Item | None,
    now: datetime,
    idempotency_key: str,
    data: Mapping[str, Any] | None = None,
) -> bool:
    """Record that something happened and tell `event_recorded`; return False if the key was known already.

    Called in the transaction of what it reports, so that both are kept or neither.
    """
    event = Event(
        enrolment=enrolment, verb=verb, item=item, at=now, data=dict(data or {}), idempotency_key=idempotency_key
    )
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT_EVENT,
            [enrolment.pk, item.pk if item else None, verb, now, json.dumps(event.data), idempotency_key],
        )
        inserted = cursor.fetchone()
    if inserted is None:
        return False
    (event.pk,) = inserted
    event_recorded.send(sender=Event, event=event)
    return True


@transaction.atomic
def move_enrolments(*, guest_person: Person, person: Person) -> int:
    """Give a guest's enrolments to a person and return how many; where the person has one, the guest keeps theirs."""
    taken = Enrolment.objects.filter(person=person).values("offering")
    return Enrolment.objects.filter(person=guest_person).exclude(offering__in=taken).update(person=person)


def _store_revision(course: Course, source: LoadedCourse, now: datetime, *, uploaded_by: Person | None) -> Revision:
    last = course.revisions.order_by("-number").values_list("number", flat=True).first() or 0
    revision = Revision.objects.create(
        course=course,
        number=last + 1,
        digest=source.digest,
        engine_version=source.engine_version,
        renderer_version=source.renderer_version,
        title=source.title,
        summary=source.summary,
        language=source.language,
        licence=source.licence,
        coming=[{"number": chapter.number, "title": chapter.title} for chapter in source.coming],
        created_at=now,
        uploaded_by=uploaded_by,
    )
    items = _identify(course, source.items)
    stable_keys = {key: item.key for key, item in items.items()}
    versions: dict[str, ItemVersion] = {}
    for position, loaded in enumerate(source.items):
        versions[loaded.key] = ItemVersion(
            revision=revision,
            item=items[loaded.key],
            parent=versions[loaded.parent] if loaded.parent else None,
            position=position,
            title=loaded.title,
            payload=with_identities(loaded.payload, stable_keys),
        )
    ItemVersion.objects.bulk_create(versions.values(), batch_size=BATCH)
    return revision


def _identify(course: Course, loaded_items: Sequence[LoadedItem]) -> dict[str, Item]:
    """Return the item that each loaded key stands for: one there is, by key or an earlier key, or a new one."""
    existing = {item.key: item for item in course.items.all()}
    stable_keys = identities(loaded_items, existing)
    items: dict[str, Item] = {}
    continued: dict[str, str] = {}
    new: list[Item] = []
    for loaded in loaded_items:
        item = existing.get(stable_keys[loaded.key])
        if item is None:
            item = Item(course=course, kind=loaded.kind, key=loaded.key)
            new.append(item)
        if item.kind != loaded.kind:
            raise ItemKindChanged(loaded.key, item.kind, loaded.kind)
        if item.key in continued:
            raise ItemsCollide(loaded.key, continued[item.key], item.key)
        continued[item.key] = loaded.key
        items[loaded.key] = item
    Item.objects.bulk_create(new, batch_size=BATCH)
    return items


def _retire_all_but(revision: Revision, now: datetime) -> None:
    present = revision.versions.values("item")
    items = Item.objects.filter(course=revision.course_id)
    items.filter(retired_at__isnull=True).exclude(pk__in=present).update(retired_at=now)
    items.filter(retired_at__isnull=False, pk__in=present).update(retired_at=None)
