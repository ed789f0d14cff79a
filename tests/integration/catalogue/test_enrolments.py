"""Offerings, enrolments and events: who sees them, who may write, and that nothing is written twice."""

from __future__ import annotations

import datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import Role
from accounts.signals import guest_claimed
from lessons.catalogue.errors import NotAllowed, NotEnrolled, NotFound, NothingToOffer, SlugTaken, WrongCourse
from lessons.catalogue.models import Enrolment, Event, Offering, Verb
from lessons.catalogue.selectors import (
    chapter_of,
    enrolments_visible_to,
    glossary_of,
    offering_visible_to,
    question_version,
)
from lessons.catalogue.services import (
    adopt_revision,
    enrol,
    enrolment_for_write,
    load_course,
    offer_course,
    record_event,
)
from lessons.catalogue.signals import event_recorded
from tests.factories.accounts import CohortFactory, MembershipFactory, OrganisationFactory, PersonFactory
from tests.factories.catalogue import (
    CourseFactory,
    EnrolmentFactory,
    EventFactory,
    ItemFactory,
    ItemVersionFactory,
    OfferingFactory,
    RevisionFactory,
)

pytestmark = pytest.mark.django_db


class School:
    """A cohort with an offering, a learner's enrolment, and somebody in every relation to it."""

    def __init__(self):
        self.offering = OfferingFactory(in_cohort=True)
        cohort = self.offering.cohort
        other = CohortFactory(organisation=cohort.organisation)
        learner = MembershipFactory(cohort=cohort).person
        self.enrolment = EnrolmentFactory(offering=self.offering, person=learner)
        self.people = {
            "a visitor": None,
            "a guest": PersonFactory(),
            "the learner": learner,
            "another learner": MembershipFactory(cohort=cohort).person,
            "an observer": MembershipFactory(cohort=cohort, observer=True).person,
            "the instructor": MembershipFactory(cohort=cohort, instructor=True).person,
            "an admin": MembershipFactory(organisation=cohort.organisation, cohort=None, role=Role.ADMIN).person,
            "an owner": MembershipFactory(organisation=cohort.organisation, cohort=None, role=Role.OWNER).person,
            "a learner of another cohort": MembershipFactory(cohort=other).person,
            "an instructor of another cohort": MembershipFactory(cohort=other, instructor=True).person,
            "an instructor of another school": MembershipFactory(instructor=True).person,
            "an admin of another school": MembershipFactory(admin=True).person,
        }


STAFF = {"the instructor", "an admin", "an owner"}
MEMBERS = {"the learner", "another learner", "an observer", "the instructor"}


class TestVisibleTo:
    def test_shows_a_cohort_s_offering_to_its_members_and_staff_alone(self):
        school = School()
        seen = {
            name
            for name, person in school.people.items()
            if Offering.objects.visible_to(person).filter(pk=school.offering.pk).exists()
        }
        assert seen == STAFF | MEMBERS

    def test_shows_an_open_offering_to_everybody(self):
        school, offering = School(), OfferingFactory()
        for person in school.people.values():
            assert offering_visible_to(person, offering.slug) == offering

    def test_shows_an_enrolment_to_its_person_and_staff_alone(self):
        school = School()
        seen = {name for name, person in school.people.items() if school.enrolment in enrolments_visible_to(person)}
        assert seen == STAFF | {"the learner"}

    def test_shows_enrolments_in_the_open_offering_to_nobody_else(self):
        school, own = School(), EnrolmentFactory()
        assert [name for name, person in school.people.items() if own in enrolments_visible_to(person)] == []
        assert list(enrolments_visible_to(own.person)) == [own]

    def test_hides_an_offering_as_if_it_did_not_exist(self):
        offering = OfferingFactory(in_cohort=True)
        with pytest.raises(NotFound) as hidden:
            offering_visible_to(PersonFactory(), offering.slug)
        with pytest.raises(NotFound) as absent:
            offering_visible_to(None, "absent")
        assert str(hidden.value).replace(offering.slug, "absent") == str(absent.value)

    @pytest.mark.parametrize("others", [1, 15])
    def test_finds_an_offering_with_all_that_its_page_needs_in_one_query(self, others, django_assert_num_queries):
        membership = MembershipFactory()
        offering = OfferingFactory(cohort=membership.cohort)
        OfferingFactory.create_batch(others)
        with django_assert_num_queries(1):
            found = offering_visible_to(membership.person, offering.slug)
            names = (found.revision.title, found.cohort.organisation.name, found.course.slug)
        assert all(names)

    @pytest.mark.parametrize("learners", [1, 15])
    def test_lists_enrolments_in_one_query(self, learners, django_assert_num_queries):
        instructor = MembershipFactory(instructor=True)
        offering = OfferingFactory(cohort=instructor.cohort)
        EnrolmentFactory.create_batch(learners, offering=offering)
        with django_assert_num_queries(1):
            rows = [(row.person.alias, row.offering.slug) for row in enrolments_visible_to(instructor.person)]
        assert len(rows) == learners


class TestEnrolmentForWrite:
    def test_enrols_a_guest_in_the_open_offering_on_demand(self, now):
        offering, guest = OfferingFactory(), PersonFactory(time_zone="Europe/Vienna")
        enrolment = enrolment_for_write(person=guest, offering=offering, now=now)
        assert (enrolment.person, enrolment.offering, enrolment.time_zone) == (guest, offering, "Europe/Vienna")
        assert enrolment_for_write(person=guest, offering=offering, now=now) == enrolment
        assert Enrolment.objects.count() == 1

    def test_takes_members_of_the_cohort_alone(self, now):
        school = School()
        taken = set()
        for name, person in school.people.items():
            if person is None:
                continue
            try:
                enrolment_for_write(person=person, offering=school.offering, now=now)
            except NotEnrolled:
                continue
            taken.add(name)
        assert taken == MEMBERS

    def test_refuses_a_learner_who_has_left_the_cohort(self, now):
        membership = MembershipFactory()
        offering = OfferingFactory(cohort=membership.cohort)
        enrol(person=membership.person, offering=offering, now=now)
        membership.delete()
        with pytest.raises(NotEnrolled):
            enrolment_for_write(person=membership.person, offering=offering, now=now)


class TestRecordEvent:
    def test_records_and_tells_within_the_transaction(self, now):
        enrolment, heard = EnrolmentFactory(), []

        def hear(event, **_):
            heard.append((event.verb, event.enrolment, transaction.get_connection().in_atomic_block))

        event_recorded.connect(hear)
        try:
            assert record_event(
                enrolment=enrolment, verb=Verb.RAN, item=None, now=now, idempotency_key="run:1", data={"requests": 5}
            )
        finally:
            event_recorded.disconnect(hear)
        assert heard == [(Verb.RAN, enrolment, True)]
        event = Event.objects.get()
        assert (event.at, event.data, event.item) == (now, {"requests": 5}, None)

    def test_passes_over_a_key_that_it_knows_without_telling(self, now):
        enrolment, heard = EnrolmentFactory(), []
        arguments = {"enrolment": enrolment, "verb": Verb.RAN, "item": None, "idempotency_key": "run:1"}
        record_event(**arguments, now=now)

        def hear(event, **_):
            heard.append(event)

        event_recorded.connect(hear)
        try:
            assert not record_event(**arguments, now=now + datetime.timedelta(hours=1))
        finally:
            event_recorded.disconnect(hear)
        assert not heard
        assert Event.objects.get().at == now

    def test_lets_two_enrolments_use_one_key(self, now):
        for enrolment in EnrolmentFactory.create_batch(2):
            assert record_event(enrolment=enrolment, verb=Verb.RAN, item=None, now=now, idempotency_key="run:1")


class TestEventRows:
    @pytest.mark.parametrize("change", ["UPDATE catalogue_event SET verb = 'ran'", "DELETE FROM catalogue_event"])
    def test_refuse_to_be_changed_or_deleted(self, change):
        EventFactory()
        with pytest.raises(IntegrityError, match="Events are append-only"), transaction.atomic():
            connection.cursor().execute(change)
        assert Event.objects.get().verb == Verb.OPENED

    def test_refuse_a_verb_that_is_unknown(self):
        with pytest.raises(IntegrityError, match="event_verb_known"):
            EventFactory(verb="sneezed")


class TestConstraints:
    def test_pin_a_revision_of_the_offering_s_own_course(self):
        OfferingFactory(course=CourseFactory())
        with pytest.raises(IntegrityError, match="offering_revision_of_course"):
            connection.check_constraints()

    def test_know_the_kinds_of_items(self):
        with pytest.raises(IntegrityError, match="item_kind_known"):
            ItemFactory(kind="riddle")

    def test_allow_one_open_offering_a_course(self):
        revision = OfferingFactory().revision
        with pytest.raises(DatabaseError, match="offering_unique_in_cohort"):
            OfferingFactory(revision=revision)


class TestOfferCourse:
    def test_gives_a_cohort_the_newest_revision_once(self, now):
        cohort = CohortFactory()
        old = RevisionFactory(number=1)
        new = RevisionFactory(course=old.course, number=2)
        offering = offer_course(course=old.course, cohort=cohort, slug="autumn", now=now)
        assert (offering.revision, offering.cohort, offering.slug) == (new, cohort, "autumn")
        assert offer_course(course=old.course, cohort=cohort, slug="winter", now=now) == offering

    def test_keeps_a_school_s_course_within_the_school(self, now):
        course = RevisionFactory(course__organisation=OrganisationFactory()).course
        for cohort in (None, CohortFactory()):
            with pytest.raises(WrongCourse):
                offer_course(course=course, cohort=cohort, slug="autumn", now=now)
        own = CohortFactory(organisation=course.organisation)
        assert offer_course(course=course, cohort=own, slug="autumn", now=now).cohort == own

    def test_refuses_a_course_without_a_revision(self, now):
        with pytest.raises(NothingToOffer, match="no revision yet"):
            offer_course(course=CourseFactory(), cohort=None, slug="autumn", now=now)

    def test_refuses_an_address_that_is_taken(self, now):
        taken = OfferingFactory()
        with pytest.raises(SlugTaken, match=taken.slug):
            offer_course(course=RevisionFactory().course, cohort=None, slug=taken.slug, now=now)


class TestAdoptRevision:
    def test_is_for_the_cohort_s_staff_and_the_operator(self, now):
        school = School()
        newer = RevisionFactory(course=school.offering.course)
        allowed = set()
        for name, person in school.people.items():
            if person is None:
                continue
            try:
                adopt_revision(offering=school.offering, revision=newer, actor=person, now=now)
            except NotAllowed:
                continue
            allowed.add(name)
        assert allowed == STAFF
        assert adopt_revision(offering=school.offering, revision=newer, actor=None, now=now).revision == newer

    def test_of_the_open_offering_is_for_the_operator_alone(self, now):
        offering = OfferingFactory()
        with pytest.raises(NotAllowed):
            adopt_revision(offering=offering, revision=offering.revision, actor=PersonFactory(), now=now)

    def test_refuses_another_course_s_revision(self, now):
        with pytest.raises(WrongCourse):
            adopt_revision(offering=OfferingFactory(), revision=RevisionFactory(), actor=None, now=now)

    def test_notes_since_when_a_revision_is_read(self, now):
        offering = OfferingFactory()
        same = adopt_revision(offering=offering, revision=offering.revision, actor=None, now=now)
        assert same.adopted_at == offering.adopted_at
        newer = RevisionFactory(course=offering.course)
        assert adopt_revision(offering=offering, revision=newer, actor=None, now=now).adopted_at == now


class TestGuestClaimed:
    def test_moves_the_guest_s_enrolments_and_what_hangs_on_them(self):
        event = EventFactory()
        guest, person = event.enrolment.person, PersonFactory()
        guest_claimed.send(sender=type(guest), guest_person=guest, person=person)
        assert Event.objects.get(enrolment__person=person) == event

    def test_leaves_with_the_guest_what_the_person_has(self):
        own = EnrolmentFactory()
        of_guest = EnrolmentFactory(offering=own.offering)
        elsewhere = EnrolmentFactory(person=of_guest.person)
        guest_claimed.send(sender=type(own.person), guest_person=of_guest.person, person=own.person)
        assert set(own.person.enrolments.all()) == {own, elsewhere}
        assert list(of_guest.person.enrolments.all()) == [of_guest]


class TestContent:
    def test_finds_nothing_by_a_wrong_key_or_kind(self):
        version = ItemVersionFactory()
        with pytest.raises(NotFound, match="no chapter 'absent'"):
            chapter_of(version.revision, "absent")
        with pytest.raises(NotFound):
            question_version(version.revision, version.item.key)

    @pytest.mark.parametrize("sections", [1, 12])
    def test_gives_a_chapter_in_one_query(self, sections, django_assert_num_queries):
        chapter = ItemVersionFactory(item__chapter=True)
        items = [
            ItemVersionFactory(revision=chapter.revision, parent=chapter, item__key=f"{chapter.item.key}/{number}")
            for number in range(sections)
        ]
        ItemVersionFactory(revision=chapter.revision, parent=items[0], item__question=True)
        with django_assert_num_queries(1):
            content = chapter_of(chapter.revision, chapter.item.key)
        assert [section.item_id for section in content.sections] == [item.item_id for item in items]

    def test_lists_the_glossary_by_title_in_one_query(self, loaded, now, django_assert_num_queries):
        revision = load_course(source=loaded, organisation=None, now=now)
        with django_assert_num_queries(1):
            terms = glossary_of(revision)
        assert [(term.key, term.title) for term in terms] == [
            ("terms/fan-out", "Fan-out"),
            ("terms/straggler", "Straggler"),
        ]
        assert "mean" in terms[1].misuse_html
