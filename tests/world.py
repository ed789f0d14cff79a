"""Two bootcamps with everybody who can ask for anything, and one learner's work: what routes and attacks are tried on.

The world is built once a module, inside a transaction that is never committed, and every request is undone. So each
request meets the same world, whatever came before it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, Cohort, Invitation, Login, Person, Role
from accounts.services import invite_to_cohort, issue_token
from accounts.services.invitations import link_token
from accounts.session_store import SessionStore
from accounts.sessions import GUEST_KEY
from lessons.catalogue.models import Enrolment, Item, ItemKind, Offering, Revision, Upload
from lessons.catalogue.services import enrol, offer_course, publish_course
from lessons.catalogue.uploads import send_course
from lessons.content import LoadedCourse, check_course
from lessons.reading.models import Note
from lessons.reading.services import Passage, keep_note
from lessons.review import services as reviews
from lessons.review.models import Asked, Round
from quizzes import services as quizzes
from quizzes.models import Assignment, Attempt, Comeback, Correction, GradeFile, Variant
from quizzes.selectors.questions import as_stored, question_of
from quizzes.services.grade_files import keep_grade_file
from simulations import services as simulations
from simulations.engine.registry import MODELS
from simulations.models import Prediction, Run
from tests.factories.accounts import CohortFactory, LoginFactory, MembershipFactory, PersonFactory

TRADEOFFS = Path(__file__).parents[1] / "lessons" / "courses" / "tradeoffs"
MINIMAL = Path(__file__).parent / "unit" / "content" / "courses" / "minimal"
CHAPTER = "describing-performance"
SECTION = f"{CHAPTER}/one-slow-call"
MODEL = "tail_latency"
PROMPT = MODELS[MODEL].predictions[0]

VISITOR, GUEST = "visitor", "guest"
LEARNER, PEER, OBSERVER, INSTRUCTOR, OWNER = "learner", "peer", "observer", "instructor", "owner"
SIBLING, LEARNER_B, INSTRUCTOR_B = "sibling", "learner-b", "instructor-b"
LOGINS = (LEARNER, PEER, OBSERVER, INSTRUCTOR, OWNER, SIBLING, LEARNER_B, INSTRUCTOR_B)
ACTORS = (VISITOR, GUEST, *LOGINS)
"""All but the guest and visitor have a login. The learner is whose work it is, in cohort A; peer, observer and
instructor are of the same cohort, the owner runs its bootcamp, the sibling teaches another cohort of it; those of B
belong to another bootcamp."""


@dataclass(frozen=True)
class Browser:
    """Somebody's browser or program: every request carries the same cookie or token, and is undone afterwards."""

    cookies: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def client(self, *, strict: bool = False) -> Client:
        """Return a client that answers a crash with 500; `strict` holds it to CSRF."""
        client = Client(raise_request_exception=False, enforce_csrf_checks=strict, headers=dict(self.headers))
        for name, value in self.cookies.items():
            client.cookies[name] = value
        return client

    def request(self, method: str, address: str, *, strict: bool = False, **given: Any) -> HttpResponse:
        """Return the answer to a request."""
        with transaction.atomic():
            answer = self.client(strict=strict).generic(method, address, **given)
            if answer.streaming:
                # What is written while it is read must be read before it is undone.
                answer = HttpResponse(answer.getvalue(), status=answer.status_code, headers=dict(answer.headers))
            transaction.set_rollback(True)
        return answer

    def get(self, address: str, **given: Any) -> HttpResponse:
        """Return the answer to a look."""
        return self.request("GET", address, **given)

    def form(self, address: str, fields: Mapping[str, Any], **given: Any) -> HttpResponse:
        """Return the answer to a form as a browser sends it."""
        body = urlencode(fields, doseq=True)
        return self.request("POST", address, data=body, content_type="application/x-www-form-urlencoded", **given)

    def json(self, method: str, address: str, document: object, **given: Any) -> HttpResponse:
        """Return the answer to a document; text and bytes are sent as they are."""
        body = document if isinstance(document, str | bytes) else json.dumps(document)
        return self.request(method, address, data=body, content_type="application/json", **given)


@dataclass(frozen=True)
class World:
    """Who there is, and the learner's work in cohort A's offering; questions answered by a number come first."""

    people: Mapping[str, Person]
    browsers: Mapping[str, Browser]
    programs: Mapping[str, Browser]
    cohort: Cohort
    offerings: Mapping[str, Offering]
    own_revision: Revision
    upload: Upload
    enrolment: Enrolment
    questions: tuple[str, ...]
    attempt: Attempt
    variant: Variant
    correction: Correction
    comeback: Comeback
    asked: Asked
    placement: Round
    interview: Round
    assignment: Assignment
    grade_file: GradeFile
    run: Run
    prediction: Prediction
    note: Note
    token: ApiToken
    invitation: Invitation
    invitation_link: str


@contextmanager
def built_world() -> Iterator[World]:
    """Build the world, and leave nothing of it behind."""
    with transaction.atomic():
        yield _world()
        transaction.set_rollback(True)
    cache.clear()


def _world() -> World:
    now = timezone.now()
    cohort = CohortFactory(name="Autumn A")
    people = _people(cohort)
    revision = publish_course(source=_sound(TRADEOFFS), organisation=None, now=now)
    openly = Offering.objects.get(revision=revision, cohort=None)
    offering = offer_course(course=revision.course, cohort=cohort, slug="autumn-a", now=now)
    learner = people[LEARNER]
    enrolment = enrol(person=learner, offering=offering, now=now)
    versions = revision.versions.filter(item__kind=ItemKind.QUESTION).order_by("position")
    questions = tuple(
        version.item.key
        for version in sorted(versions.select_related("item"), key=lambda version: version.payload["kind"] != "numeric")
    )
    attempt = quizzes.open_attempt(enrolment=enrolment, item_key=questions[0], actor=learner, now=now)
    variant = attempt.variants.get()
    quizzes.save_draft(
        attempt_id=attempt.pk, actor=learner, variant_id=variant.pk, sequence=1, answer={"text": "4"}, now=now
    )
    (invitation,) = invite_to_cohort(
        cohort=cohort,
        emails=[people[LEARNER_B].login.email],
        role=Role.LEARNER,
        origin="http://testserver",
        actor=people[INSTRUCTOR],
        now=now,
    )
    secrets = {name: issue_token(person=people[name], name=name, actor=people[name], now=now) for name in LOGINS}
    return World(
        people=people,
        browsers={VISITOR: Browser()} | {name: browser_of(person) for name, person in people.items()},
        programs={
            name: Browser(headers={"Authorization": f"Bearer {secret}"}) for name, (_, secret) in secrets.items()
        },
        cohort=cohort,
        offerings={"open": openly, "cohort": offering},
        own_revision=publish_course(source=_sound(MINIMAL), organisation=cohort.organisation, now=now),
        upload=send_course(
            organisation=cohort.organisation, name="course.zip", content=b"PK", actor=people[INSTRUCTOR], now=now
        ),
        enrolment=enrolment,
        questions=questions,
        attempt=attempt,
        variant=variant,
        correction=Correction.objects.create(
            offering=offering,
            item=variant.version.item,
            version=variant.version,
            number=1,
            definition=variant.version.payload,
            reason="Its key was wrong.",
            actor=people[INSTRUCTOR],
            created_at=now,
            forecast_at=now,
        ),
        comeback=_begun_review(enrolment, questions[2], now=now),
        asked=_asked(enrolment, questions[2], now=now),
        placement=reviews.start_placement(enrolment=enrolment, actor=learner, now=now),
        interview=_begun_interview(enrolment, now=now),
        assignment=(assignment := _started_assignment(offering, people, questions[:2], now=now)),
        grade_file=keep_grade_file(
            offering=offering,
            name="grades.csv",
            content=f"ID,{assignment.title}\nh{learner.pk.hex},1\n".encode(),
            actor=people[INSTRUCTOR],
            now=now,
        ),
        run=simulations.request_run(
            enrolment=enrolment,
            model=MODEL,
            parameters={},
            requests=1_000_000,
            item_key=None,
            seed=7,
            idempotency_key="first",
            now=now,
        ),
        prediction=simulations.commit_prediction(
            enrolment=enrolment,
            model=MODEL,
            prompt=PROMPT.name,
            low=PROMPT.minimum,
            high=PROMPT.maximum,
            now=now,
        ),
        note=keep_note(
            actor=learner,
            slug=offering.slug,
            section=SECTION,
            passage=Passage(),
            text="A note of the learner's.",
            idempotency_key="first",
            now=now,
        ),
        token=secrets[LEARNER][0],
        invitation=invitation,
        invitation_link=link_token(invitation),
    )


def _sound(folder: Path) -> LoadedCourse:
    """Return the course in a folder, which has no fault."""
    report = check_course(folder)
    assert report.course is not None, report.faults
    return report.course


def _begun_review(enrolment: Enrolment, item_key: str, *, now: datetime) -> Comeback:
    """Let the learner be sure and wrong, and begin to meet the question again two days later."""
    learner, then = enrolment.person, now - timedelta(days=2)
    attempt = quizzes.open_attempt(enrolment=enrolment, item_key=item_key, actor=learner, now=then)
    quizzes.submit_step(
        attempt_id=attempt.pk,
        actor=learner,
        variant_id=attempt.variants.get().pk,
        idempotency_key="missed",
        answer={"text": "-987654321"},
        confidence="sure",
        now=then,
    )
    comeback = Comeback.objects.get(enrolment=enrolment)
    return quizzes.start_review(offering=enrolment.offering, comeback_id=comeback.pk, actor=learner, now=now)


def _asked(enrolment: Enrolment, item_key: str, *, now: datetime) -> Asked:
    """Let the deck ask the learner the question that came back."""
    item = Item.objects.get(course=enrolment.offering.course_id, key=item_key)
    return reviews.ask(offering=enrolment.offering, item_id=item.pk, number=1, actor=enrolment.person, now=now)


def _begun_interview(enrolment: Enrolment, *, now: datetime) -> Round:
    """Let the learner begin an interview and answer its first question, whatever kind it is of, with the key `r`."""
    interview = reviews.start_interview(enrolment=enrolment, minutes="20", actor=enrolment.person, now=now)
    variant = interview.questions.get(position=1).attempt.variants.get()
    reviews.answer_interview(
        offering=enrolment.offering,
        interview_id=interview.pk,
        variant_id=variant.pk,
        idempotency_key="r",
        answer=question_of(variant.version).examples(as_stored(variant)).correct[0],
        confidence="sure",
        actor=enrolment.person,
        now=now,
    )
    return interview


def _started_assignment(
    offering: Offering, people: Mapping[str, Person], keys: Sequence[str], *, now: datetime
) -> Assignment:
    """Return an assignment that the learner has started and answered nothing of."""
    assignment = quizzes.create_assignment(
        offering=offering,
        terms=quizzes.AssignmentTerms(
            title="Week 1",
            category=quizzes.CategoryTerms("Homework", Decimal(100)),
            opens_at=now - timedelta(days=1),
            due_at=now + timedelta(days=3),
            cut_off_at=now + timedelta(days=5),
            questions=tuple(quizzes.SetQuestion(key) for key in keys),
        ),
        actor=people[INSTRUCTOR],
        now=now,
    )
    quizzes.start_sitting(assignment_id=assignment.pk, actor=people[LEARNER], now=now)
    return assignment


def _people(cohort: Cohort) -> dict[str, Person]:
    people = {name: LoginFactory(name=name.title(), email=f"{name}@school.example").person for name in LOGINS}
    people[GUEST] = PersonFactory()
    for name in (LEARNER, PEER):
        MembershipFactory(person=people[name], cohort=cohort)
    MembershipFactory(person=people[OBSERVER], cohort=cohort, observer=True)
    MembershipFactory(person=people[INSTRUCTOR], cohort=cohort, instructor=True)
    MembershipFactory(person=people[OWNER], organisation=cohort.organisation, owner=True)
    MembershipFactory(person=people[SIBLING], cohort=CohortFactory(organisation=cohort.organisation), instructor=True)
    other = CohortFactory(name="Autumn B")
    MembershipFactory(person=people[LEARNER_B], cohort=other)
    MembershipFactory(person=people[INSTRUCTOR_B], cohort=other, instructor=True)
    return people


def browser_of(person: Person) -> Browser:
    """Return the browser of a person: logged in where they have a login, else with a guest's session."""
    login = Login.objects.filter(person=person).first()
    if login is not None:
        client = Client()
        client.force_login(login)
        return Browser({settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value})
    session = SessionStore()
    session[GUEST_KEY] = str(person.pk)
    session.create()
    return Browser({settings.SESSION_COOKIE_NAME: session.session_key})
