"""A cohort with an offering of three questions, who teaches it, who learns in it, and a week's assignment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from lessons.catalogue.models import Enrolment, Offering
from quizzes import services
from quizzes.models import Allowance, Assignment, Attempt, GradeEntry, Sitting, Step
from quizzes.services import AllowanceTerms, AssignmentTerms, CategoryTerms, SetQuestion
from tests.factories.accounts import CohortFactory, LoginFactory, MembershipFactory
from tests.factories.catalogue import EnrolmentFactory, OfferingFactory
from tests.integration.quizzes.conftest import Questions, current, questions_in, right, wrong

OPENS = datetime(2026, 11, 2, 8, tzinfo=UTC)
DUE = OPENS + timedelta(days=4)
CUT_OFF = DUE + timedelta(days=3)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Classroom:
    """Everybody and everything that an assignment's tests need."""

    offering: Offering
    questions: Questions
    instructor: Person
    enrolment: Enrolment

    @property
    def learner(self) -> Person:
        """Who learns in it."""
        return self.enrolment.person

    @property
    def keys(self) -> list[str]:
        """The questions' keys."""
        return [self.questions.numeric.item.key, self.questions.choice.item.key, self.questions.multiple.item.key]

    def terms(self, **changes: Any) -> AssignmentTerms:
        """A week's assignment of two questions, taken for three days more at a tenth off a day."""
        given: dict[str, Any] = {
            "title": "Week 1",
            "category": CategoryTerms("Homework", Decimal(60)),
            "opens_at": OPENS,
            "due_at": DUE,
            "cut_off_at": CUT_OFF,
            "late_deduction": Decimal("0.1"),
            "questions": (SetQuestion(self.keys[0], Decimal(2)), SetQuestion(self.keys[1])),
        }
        return AssignmentTerms(**given | changes)

    def set(self, **changes: Any) -> Assignment:
        """Set it."""
        return services.create_assignment(
            offering=self.offering, terms=self.terms(**changes), actor=self.instructor, now=OPENS - DAY
        )

    def change(self, assignment: Assignment, *, now: datetime = OPENS, **changes: Any) -> Assignment:
        """Change it, everything else as it was set."""
        given = {"category": assignment.category_id, "title": assignment.title} | changes
        return services.update_assignment(
            assignment_id=assignment.pk, terms=self.terms(**given), actor=self.instructor, now=now
        )

    def allow(self, assignment: Assignment, *, now: datetime = OPENS, key: str = "a", **terms: Any) -> Allowance:
        """Allow the learner something."""
        return services.grant_allowance(
            assignment_id=assignment.pk,
            person_id=self.learner.pk,
            terms=AllowanceTerms(**{"reason": "Ill."} | terms),
            actor=self.instructor,
            now=now,
            idempotency_key=key,
        )

    def join(self, *, at: datetime = OPENS - DAY) -> Enrolment:
        """A further learner."""
        login = LoginFactory()
        MembershipFactory(person=login.person, cohort=self.offering.cohort, created_at=at)
        return EnrolmentFactory(offering=self.offering, person=login.person, created_at=at)

    def start(self, assignment: Assignment, *, now: datetime = OPENS, enrolment: Enrolment | None = None) -> Sitting:
        """Start the clock of the learner, or of another."""
        person = (enrolment or self.enrolment).person
        return services.start_sitting(assignment_id=assignment.pk, actor=person, now=now)

    def answer(self, sitting: Sitting, place: int, *, now: datetime, is_right: bool = True) -> Step:
        """Submit a try at a question of a sitting."""
        attempt = sitting.attempts.get(item__key=self.keys[place])
        variant = current(attempt)
        return services.submit_step(
            attempt_id=attempt.pk,
            actor=attempt.enrolment.person,
            variant_id=variant.pk,
            idempotency_key=f"key-{variant.number}",
            answer=right(variant) if is_right else wrong(variant),
            confidence="fairly",
            now=now,
        )

    def draft(self, sitting: Sitting, place: int, *, now: datetime, answer: dict[str, Any] | None = None) -> Attempt:
        """Save a right answer, or another, without submitting it."""
        attempt = sitting.attempts.get(item__key=self.keys[place])
        variant = current(attempt)
        services.save_draft(
            attempt_id=attempt.pk,
            actor=attempt.enrolment.person,
            variant_id=variant.pk,
            sequence=1,
            answer=right(variant) if answer is None else answer,
            confidence="sure",
            now=now,
        )
        return attempt

    def mark(self, assignment: Assignment, place: int, enrolment: Enrolment | None = None) -> Decimal | None:
        """The mark that stands for a question."""
        entries = GradeEntry.objects.filter(
            assignment=assignment, enrolment=enrolment or self.enrolment, item__key=self.keys[place]
        )
        return entries.current().get().fraction


def classroom() -> Classroom:
    """Make one."""
    cohort = CohortFactory(name="Autumn", time_zone="Europe/Berlin")
    offering = OfferingFactory(cohort=cohort)
    instructor = LoginFactory(name="Ines Instructor").person
    MembershipFactory(person=instructor, cohort=cohort, instructor=True)
    learner = LoginFactory(name="Ada Learner").person
    MembershipFactory(person=learner, cohort=cohort)
    enrolment = EnrolmentFactory(offering=offering, person=learner, time_zone="Europe/Berlin")
    return Classroom(offering, questions_in(offering), instructor, enrolment)


def set_now(room: Classroom, *, due: timedelta = DAY, **changes: Any) -> Assignment:
    """Set an assignment that opened yesterday and is due so long from now."""
    now = timezone.now()
    times = {"opens_at": now - 3 * DAY, "due_at": now + due, "cut_off_at": now + due + DAY}
    return room.set(**times | changes)


def browser(person: Person) -> Client:
    """Return a client in which the person is logged in."""
    client = Client()
    client.force_login(person.login)
    return client


def address(name: str, assignment: Assignment, *more: object) -> str:
    """Return the address of a page of an assignment."""
    return reverse(f"quizzes:{name}", args=[assignment.offering.slug, assignment.pk, *more])


def text(client: Client, where: str, status: int = 200) -> str:
    """Return what a page says, once it answers as expected."""
    answer = client.get(where)
    assert answer.status_code == status, where
    return answer.content.decode()
