"""What pages and other rooms read of courses: frozen, and in a number of queries that does not grow.

A revision never changes, so what is read of one is kept in the process: the first reader of a chapter costs the queries
that are stated here, whoever comes after them costs none. What is kept is shared, and must not be changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower

from accounts.models import Organisation, Person
from accounts.selectors import member_cohort_ids
from lessons.catalogue.errors import NotFound
from lessons.catalogue.models import Course, Enrolment, ItemKind, ItemVersion, Offering, Revision
from lessons.catalogue.prepared import Prepared
from lessons.content.difference import StatedItem

MOST_OUTLINES_KEPT: Final = 32
MOST_CHAPTERS_KEPT: Final = 128
"""A chapter as rendered takes about 100 kB: what a few cohorts read at a time, each its own revision of the course."""


@dataclass(frozen=True, slots=True)
class OutlineItem:
    """Something to do in a section: a question or a simulation."""

    item_id: UUID
    kind: ItemKind
    key: str
    title: str


@dataclass(frozen=True)
class OutlineSection:
    """A section of a chapter and what there is to do in it."""

    item_id: UUID
    key: str
    anchor: str
    title: str
    minutes: int
    items: tuple[OutlineItem, ...] = field(hash=False)  # it comes with its items: its own id tells it apart

    @cached_property
    def questions(self) -> tuple[UUID, ...]:
        """Its questions; an outline is kept, and asked for them at every page."""
        return _ids(self.items, ItemKind.QUESTION)

    @cached_property
    def simulations(self) -> tuple[UUID, ...]:
        """Its simulations."""
        return _ids(self.items, ItemKind.SIMULATION)


@dataclass(frozen=True)
class OutlineChapter:
    """A chapter, its sections in order, and what its opening holds beside prose."""

    item_id: UUID
    key: str
    number: int
    title: str
    minutes: int
    items: tuple[OutlineItem, ...]
    sections: tuple[OutlineSection, ...]

    @cached_property
    def opening_questions(self) -> tuple[UUID, ...]:
        """The questions before its first section."""
        return _ids(self.items, ItemKind.QUESTION)

    @cached_property
    def questions(self) -> tuple[UUID, ...]:
        """All its questions, those of its sections included."""
        return (*self.opening_questions, *(question for section in self.sections for question in section.questions))

    @cached_property
    def item_ids(self) -> frozenset[UUID]:
        """Everything in it that there is to do."""
        within = (item for section in self.sections for item in section.items)
        return frozenset(item.item_id for item in (*self.items, *within))


@dataclass(frozen=True, slots=True)
class OutlineAppendix:
    """A page beside the chapters, which is looked things up in and counts towards nothing."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class ComingChapter:
    """A chapter that is announced and not written."""

    number: int
    title: str


@dataclass(frozen=True, slots=True)
class Outline:
    """A revision's chapters in order, those still to come, and its appendices."""

    title: str
    summary: str
    chapters: tuple[OutlineChapter, ...]
    coming: tuple[ComingChapter, ...]
    appendices: tuple[OutlineAppendix, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionContent:
    """A section as rendered: its payload holds anchor, minutes and blocks."""

    item_id: UUID
    key: str
    title: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChapterContent:
    """A chapter or an appendix as rendered.

    The payload holds the lede and the opening's blocks, and a chapter's also number, minutes and outcomes.
    """

    item_id: UUID
    key: str
    title: str
    payload: Mapping[str, Any]
    sections: tuple[SectionContent, ...]


@dataclass(frozen=True, slots=True)
class TermPlace:
    """The section that teaches a term: the key of its page, its anchor there, and its title."""

    page: str
    anchor: str
    title: str


@dataclass(frozen=True, slots=True)
class TermContent:
    """A term of the glossary as rendered; `anchor` is its id on the glossary's page."""

    item_id: UUID
    key: str
    anchor: str
    title: str
    definition_html: str
    misuse_html: str
    taught: TermPlace | None


@dataclass(frozen=True, slots=True)
class CourseSummary:
    """A course with its newest revision, for those who run the site."""

    slug: str
    organisation: str
    title: str
    revision: int
    items: int


def offering_visible_to(person: Person | None, slug: str) -> Offering:
    """Return an offering with its revision, course and cohort; one query. Raises NotFound."""
    offerings = Offering.objects.visible_to(person).select_related("revision", "course", "cohort__organisation")
    offering = offerings.filter(slug=slug).first()
    if offering is None:
        raise NotFound("course", slug)
    return offering


def offering_and_enrolment(person: Person | None, slug: str) -> tuple[Offering, Enrolment | None]:
    """Return an offering with its revision and cohort, and the person's own enrolment in it; one query.

    Raises NotFound.
    """
    if person is None:
        return offering_visible_to(None, slug), None
    found = _VISIBLE_WITH_OWN.rows(person.pk, slug)
    if not found:
        raise NotFound("course", slug)
    (offering,) = found
    enrolment: Enrolment | None = getattr(offering, "own", None)
    if enrolment is not None:
        enrolment.offering, enrolment.person = offering, person
    return offering, enrolment


def _visible_with_own(person_id: UUID, slug: str) -> QuerySet[Offering]:
    person = Person(pk=person_id)
    own = FilteredRelation("enrolments", condition=Q(enrolments__person=person))
    offerings = Offering.objects.visible_to(person).annotate(own=own).filter(slug=slug)
    # The stubs do not know a filtered relation.
    return offerings.select_related("revision", "cohort", "own")  # type: ignore[misc]


_VISIBLE_WITH_OWN: Final = Prepared(_visible_with_own, UUID, str)


def enrolment_to_work_in(person: Person, slug: str) -> Enrolment | None:
    """Return the person's enrolment where they may work, with its offering and the revision; one query.

    None where they are not enrolled yet, or may not work there: `enrolment_for_write` tells which.
    """
    enrolment = enrolments_to_work_in(person, slug).select_related("offering__revision").first()
    if enrolment is not None:
        enrolment.person = person
    return enrolment


def enrolments_to_work_in(person: Person, slug: str) -> QuerySet[Enrolment]:
    """Return the person's enrolment in an offering if they may work there, as a query that others can hold."""
    may_work = Q(offering__cohort__isnull=True) | Q(offering__cohort__in=member_cohort_ids(person))
    return Enrolment.objects.filter(may_work, person=person, offering__slug=slug)


def enrolment_to_begin(
    *, person_id: UUID, offering: Offering, joined_at: datetime, time_zone: str = "UTC"
) -> Enrolment:
    """Return what stands for the enrolment of a cohort's member who has begun nothing; it is not saved.

    They are as good as enrolled since they joined, or since the cohort has the offering.
    """
    since = max(joined_at, offering.created_at)
    return Enrolment(offering=offering, person_id=person_id, time_zone=time_zone, created_at=since)


def enrolments_visible_to(person: Person | None) -> QuerySet[Enrolment]:
    """Return the enrolments that a person may see, each with its offering: their own, and those of whom they teach."""
    return Enrolment.objects.visible_to(person).select_related("offering", "person")


@lru_cache(maxsize=MOST_OUTLINES_KEPT)
def outline_of(revision: Revision) -> Outline:
    """Return a revision's outline; one query, which leaves the rendered text where it is, or none where it is kept."""
    rows = (
        ItemVersion.objects.filter(revision=revision)
        .exclude(item__kind=ItemKind.TERM)
        .order_by("position")
        .values(
            "pk",
            "parent_id",
            "title",
            "item_id",
            "payload__number",
            "payload__minutes",
            "payload__anchor",
            key=F("item__key"),
            kind=F("item__kind"),
        )
    )
    children: dict[UUID | None, list[Mapping[str, Any]]] = {}
    for row in rows:
        children.setdefault(row["parent_id"], []).append(row)
    return Outline(
        title=revision.title,
        summary=revision.summary,
        chapters=tuple(_outline_chapter(row, children) for row in _of_kind(ItemKind.CHAPTER, children.get(None, ()))),
        coming=tuple(ComingChapter(chapter["number"], chapter["title"]) for chapter in revision.coming),
        appendices=tuple(
            OutlineAppendix(row["key"], row["title"]) for row in _of_kind(ItemKind.APPENDIX, children.get(None, ()))
        ),
    )


@lru_cache(maxsize=MOST_CHAPTERS_KEPT)
def chapter_of(revision: Revision, chapter_key: str) -> ChapterContent:
    """Return a chapter or an appendix with its sections as rendered; one query, or none where it is kept.

    Raises NotFound.
    """
    wanted = Q(item__key=chapter_key, item__kind__in=(ItemKind.CHAPTER, ItemKind.APPENDIX))
    wanted |= Q(parent__item__key=chapter_key, item__kind=ItemKind.SECTION)
    versions = ItemVersion.objects.filter(wanted, revision=revision).select_related("item").order_by("position")
    if not versions:
        raise NotFound("chapter", chapter_key)
    chapter, *sections = versions
    return ChapterContent(
        item_id=chapter.item_id,
        key=chapter.item.key,
        title=chapter.title,
        payload=chapter.payload,
        sections=tuple(
            SectionContent(section.item_id, section.item.key, section.title, section.payload) for section in sections
        ),
    )


def question_version(revision: Revision, item_key: str) -> ItemVersion:
    """Return a question as a revision states it, with its item; one query. Raises NotFound."""
    versions = ItemVersion.objects.filter(revision=revision, item__kind=ItemKind.QUESTION).select_related("item")
    version = versions.filter(item__key=item_key).first()
    if version is None:
        raise NotFound("question", item_key)
    return version


@lru_cache(maxsize=MOST_OUTLINES_KEPT)
def glossary_of(revision: Revision) -> tuple[TermContent, ...]:
    """Return a revision's terms by title; one query, or none where they are kept."""
    versions = ItemVersion.objects.filter(revision=revision, item__kind=ItemKind.TERM).select_related("item")
    return tuple(_term(version) for version in versions.order_by(Lower("title"), "position"))


def _term(version: ItemVersion) -> TermContent:
    """Return a term; what was rendered before terms had a place lacks it, and has its first id for an anchor."""
    payload = version.payload
    taught = payload.get("taught")
    return TermContent(
        item_id=version.item_id,
        key=version.item.key,
        anchor=payload.get("anchor", version.item.key.rpartition("/")[2]),
        title=version.title,
        definition_html=payload["definition_html"],
        misuse_html=payload["misuse_html"],
        taught=TermPlace(**taught) if taught else None,
    )


def is_published(*, organisation: Organisation | None, digest: str) -> bool:
    """Return whether a course with this digest is what its readers have, so that loading it would change nothing.

    One query. An organisation's course is read where a cohort adopts it, so there the newest revision is meant.
    """
    newest = Revision.objects.filter(course=OuterRef("course")).order_by("-number").values("pk")[:1]
    revisions = Revision.objects.filter(course__organisation=organisation, digest=digest)
    if organisation is None:
        revisions = revisions.filter(Exists(Offering.objects.open().filter(revision=OuterRef("pk"))))
    return revisions.filter(pk=Subquery(newest)).exists()


def stated_items(revision: Revision) -> tuple[StatedItem, ...]:
    """Return what a revision states, in its order, ready to be compared with another; one query."""
    rows = revision.versions.order_by("position").values_list(
        "item__kind", "item__key", "parent__item__key", "title", "payload"
    )
    return tuple(StatedItem(kind, key, parent, title, payload) for kind, key, parent, title, payload in rows)


def known_keys(course: Course) -> frozenset[str]:
    """Return the keys of every item that a course has or had; one query."""
    return frozenset(course.items.values_list("key", flat=True))


def course_summaries() -> tuple[CourseSummary, ...]:
    """Return every course that has a revision, by owner and slug, with its newest revision; one query."""
    newest = Revision.objects.filter(course=OuterRef("course")).order_by("-number").values("pk")[:1]
    rows = (
        Revision.objects.filter(pk=Subquery(newest))
        .select_related("course__organisation")
        .annotate(items=Count("versions"))
        .order_by(F("course__organisation__slug").asc(nulls_first=True), "course__slug")
    )
    return tuple(
        CourseSummary(
            slug=row.course.slug,
            organisation=row.course.organisation.slug if row.course.organisation else "",
            title=row.title,
            revision=row.number,
            items=row.items,
        )
        for row in rows
    )


def _ids(items: Iterable[OutlineItem], kind: ItemKind) -> tuple[UUID, ...]:
    return tuple(item.item_id for item in items if item.kind == kind)


def _of_kind(kind: ItemKind, rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [row for row in rows if row["kind"] == kind]


def _outline_chapter(row: Mapping[str, Any], children: Mapping[UUID | None, list[Mapping[str, Any]]]) -> OutlineChapter:
    within = children.get(row["pk"], [])
    return OutlineChapter(
        item_id=row["item_id"],
        key=row["key"],
        number=row["payload__number"],
        title=row["title"],
        minutes=row["payload__minutes"],
        items=_outline_items(within),
        sections=tuple(
            OutlineSection(
                item_id=section["item_id"],
                key=section["key"],
                anchor=section["payload__anchor"],
                title=section["title"],
                minutes=section["payload__minutes"],
                items=_outline_items(children.get(section["pk"], [])),
            )
            for section in within
            if section["kind"] == ItemKind.SECTION
        ),
    )


def _outline_items(rows: Iterable[Mapping[str, Any]]) -> tuple[OutlineItem, ...]:
    return tuple(
        OutlineItem(row["item_id"], ItemKind(row["kind"]), row["key"], row["title"])
        for row in rows
        if row["kind"] != ItemKind.SECTION
    )
