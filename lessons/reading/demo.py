"""Make the demo: two bootcamps whose people signed up, predicted and answered through the services of every room.

Everybody's history follows from their address alone, so that every site shows the same; only its dates move with `now`.
Making it again changes nothing but the course's revision, which the demo's cohorts always take over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from django.db import transaction

from accounts.models import Login, Organisation, Person, Role
from accounts.policy import DEMO_DOMAIN, OPERATOR
from accounts.services import add_member, attach_login, create_cohort, create_organisation, create_person_with_login
from lessons.catalogue.errors import NothingToOffer
from lessons.catalogue.models import Course, Enrolment, Offering
from lessons.catalogue.selectors import OutlineChapter, outline_of
from lessons.catalogue.services import adopt_revision, enrol, offer_course
from lessons.reading.demo_work import answer_to, set_demo_work
from lessons.reading.services import note_opened
from quizzes.services import open_attempt, submit_step
from simulations.engine.models import trade_off_mapper
from simulations.engine.models.trade_off_cards import CARDS
from simulations.services import commit_prediction, explain_prediction

COURSE: Final = "tradeoffs"
CHAPTER: Final = "describing-performance"
MAPPER: Final = "real-world-trade-offs/place-and-price"
"""Where a cohort placed twelve cards in its first hour together, before it read any chapter."""

PASSWORD: Final = "headroom-demo"  # noqa: S105 - shown to everybody, and good on this machine alone
BEGAN: Final = timedelta(days=21)
LASTS: Final = timedelta(weeks=10, days=-1)
LATELY: Final = timedelta(days=8)
"""How long ago the week began in which the demo's learner, whom one can log in as, started the chapter."""

HARD: Final = {
    "slow-inventory": 0.35,
    "which-graph-to-watch": 0.3,
    "two-stragglers": 0.25,
    "half-the-traffic": 0.2,
    "the-tool-that-waits": 0.2,
}
"""Questions that more learners get wrong, by how much."""

SENTENCES: Final = {
    "slowest-call": "The page is done when its last call is, so the slowest one decides.",
    "rare-adds-up": "One in a hundred, twenty times over, is nearly one page in five.",
    "long-tail": "I looked at the median and forgot how far out the slow path lies.",
}

LEARNERS: Final = (
    "Amara Okafor",
    "Anders Holm",
    "Beatriz Moura",
    "Chen Wei",
    "Chiara Conti",
    "Daniel Novak",
    "Deepa Raman",
    "Elif Kaya",
    "Emeka Obi",
    "Farah Haddad",
    "Felix Brandt",
    "Grace Mensah",
    "Hana Suzuki",
    "Hugo Laurent",
    "Ines Duarte",
    "Ivan Petrov",
    "Jonas Weber",
    "Kavya Nair",
    "Lena Fischer",
    "Liam Byrne",
    "Lucia Romero",
    "Mateo Vargas",
    "Mei Tanaka",
    "Nadia Rahimi",
    "Noah Lindqvist",
    "Omar Farouk",
    "Priya Shah",
    "Sofia Rossi",
    "Tomasz Zielinski",
    "Yusuf Demir",
)


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """A login of the demo and whom it shows the site as."""

    address: str
    name: str
    shows: str
    role: Role

    @property
    def email(self) -> str:
        """The address in full."""
        return f"{self.address}@{DEMO_DOMAIN}"


@dataclass(frozen=True, slots=True)
class DemoSchool:
    """A bootcamp of the demo: its logins, the first of whom owns it, and the learners who fill its cohort."""

    slug: str
    name: str
    cohort_slug: str
    cohort: str
    logins: tuple[DemoLogin, ...]
    learners: tuple[str, ...]
    is_set_work: bool = False

    @property
    def offering_slug(self) -> str:
        """Where its cohort reads the course."""
        return f"{self.slug}-{self.cohort_slug}"


SCHOOLS: Final = (
    DemoSchool(
        slug="harbour",
        name="Harbour Bootcamp",
        cohort_slug="autumn-2026",
        cohort="Autumn 2026",
        logins=(
            DemoLogin("admin", "Ada Marsh", "runs Harbour Bootcamp", Role.OWNER),
            DemoLogin("instructor", "Ingrid Solberg", "teaches its cohort Autumn 2026", Role.INSTRUCTOR),
            DemoLogin("learner", "Leo Castell", "learns in that cohort", Role.LEARNER),
        ),
        learners=LEARNERS,
        is_set_work=True,
    ),
    DemoSchool(
        slug="ridgeway",
        name="Ridgeway School",
        cohort_slug="evening-2026",
        cohort="Evening 2026",
        logins=(
            DemoLogin("ridgeway-admin", "Ruth Calder", "runs Ridgeway School", Role.OWNER),
            DemoLogin("ridgeway-instructor", "Rafael Stone", "teaches its cohort Evening 2026", Role.INSTRUCTOR),
        ),
        learners=("Agnes Keller", "Bruno Sato", "Clara Dunn"),
    ),
)


@transaction.atomic
def make_demo(*, now: datetime) -> int:
    """Make both bootcamps with their people and histories, and return how many people are new.

    All or nothing. Raises NothingToOffer before the course is loaded.
    """
    course = Course.objects.filter(organisation=None, slug=COURSE).first()
    revision = course.revisions.order_by("-number").first() if course else None
    if course is None or revision is None:
        raise NothingToOffer(COURSE)
    made = 0
    for school in SCHOOLS:
        if not Organisation.objects.filter(slug=school.slug).exists():
            made += _make_school(school, course, now=now)
        offering = Offering.objects.get(slug=school.offering_slug)
        adopt_revision(offering=offering, revision=revision, actor=None, now=now)
        if school.is_set_work and not offering.assignments.exists():
            _set_work(school, offering, now=now)
    return made


def _set_work(school: DemoSchool, offering: Offering, *, now: datetime) -> None:
    """Set the assignments of a school's cohort, as its instructor does."""
    (instructor,) = [login.email for login in school.logins if login.role == Role.INSTRUCTOR]
    chapter = _chapter(offering)
    keys = [item.key for section in chapter.sections for item in section.items if item.kind == "question"]
    person = Login.objects.select_related("person").get(email=instructor).person
    set_demo_work(offering=Offering.objects.get(pk=offering.pk), instructor=person, keys=keys, now=now)


def _chapter(offering: Offering) -> OutlineChapter:
    (chapter,) = [chapter for chapter in outline_of(offering.revision).chapters if chapter.key == CHAPTER]
    return chapter


def _make_school(school: DemoSchool, course: Course, *, now: datetime) -> int:
    began = now - BEGAN
    people = {login: _sign_up(login, now=began) for login in school.logins}
    organisation = create_organisation(slug=school.slug, name=school.name, owner=people[school.logins[0]], now=began)
    cohort = create_cohort(
        organisation=organisation,
        slug=school.cohort_slug,
        name=school.cohort,
        starts_on=began.date(),
        ends_on=(began + LASTS).date(),
        actor=OPERATOR,
        now=began,
    )
    offering = offer_course(course=course, cohort=cohort, slug=school.offering_slug, now=began)
    chapter = _chapter(offering)
    for login in school.logins:
        if login.role != Role.OWNER:
            add_member(
                person=people[login],
                organisation=organisation,
                cohort=cohort,
                role=login.role,
                actor=OPERATOR,
                now=began,
            )
        if login.role == Role.LEARNER:
            enrolment = enrol(person=people[login], offering=offering, now=began)
            _Learner(enrolment, login.email, now - LATELY).begin(chapter)
    for name in school.learners:
        email = f"{name.lower().replace(' ', '.')}@{DEMO_DOMAIN}"
        person = _sign_up_without_password(email, name, now=began)
        add_member(
            person=person, organisation=organisation, cohort=cohort, role=Role.LEARNER, actor=OPERATOR, now=began
        )
        _Learner(enrol(person=person, offering=offering, now=began), email, began).study(chapter, until=now)
    return len(school.logins) + len(school.learners)


def _sign_up(login: DemoLogin, *, now: datetime) -> Person:
    known = Login.objects.select_related("person").filter(email=login.email).first()
    if known is not None:
        return known.person
    return create_person_with_login(email=login.email, password=PASSWORD, name=login.name, now=now)


def _sign_up_without_password(email: str, name: str, *, now: datetime) -> Person:
    """Return somebody who fills the cohort and whom nobody can log in as."""
    login = Login(email=email, name=name)
    login.set_unusable_password()
    return attach_login(login=login, guest=None, now=now)


class _Learner:
    """Somebody's weeks with the chapter, decided by their address."""

    def __init__(self, enrolment: Enrolment, email: str, began: datetime) -> None:
        self._enrolment = enrolment
        self._chance = Random(f"demo/{email}")  # noqa: S311 - decides a story, guards nothing
        self._skill = self._chance.uniform(0.45, 0.95)
        self._now = began + timedelta(days=self._chance.uniform(0, 6), hours=self._chance.uniform(7, 20))

    def begin(self, chapter: OutlineChapter) -> None:
        """Do the first two sections and leave the rest, predictions included, to whoever logs in."""
        self._open(chapter)
        for section in chapter.sections[:2]:
            for item in section.items:
                if item.kind == "question":
                    self._answer(item.key)

    def study(self, chapter: OutlineChapter, *, until: datetime) -> None:
        """Go through the chapter a section at a time until time or patience ends; one in ten never begins."""
        if self._chance.random() < 0.1:
            return
        self._place_cards()
        self._open(chapter)
        sections = chapter.sections[: self._chance.randint(1, len(chapter.sections))]
        for section in sections:
            if self._now >= until - timedelta(hours=1):
                return
            for item in section.items:
                if item.key == f"{CHAPTER}/straggler":
                    self._predict(item.key)
                elif item.kind == "question" and self._chance.random() < 0.8:
                    self._answer(item.key)
            self._rest(until)

    def _open(self, chapter: OutlineChapter) -> None:
        note_opened(person=self._enrolment.person, slug=self._enrolment.offering.slug, key=chapter.key, now=self._now)

    def _place_cards(self) -> None:
        """Place twelve operations between consistency and availability, the surer the more able they are."""
        chance = Random(f"demo/{self._enrolment.person.login.email}/cards")  # noqa: S311 - as above
        asked = trade_off_mapper.GUESS
        ours = {card.name: card.place for card in CARDS}
        pull = 0.4 + 0.6 * self._skill
        places = {name: 0.5 + pull * (ours[name] - 0.5) + chance.gauss(0.0, 0.16) for name in asked.names}
        commit_prediction(
            enrolment=self._enrolment,
            model=trade_off_mapper.MODEL.name,
            prompt=asked.name,
            guess={name: round(round(min(max(place, 0.0), 1.0) / 0.05) * 0.05, 2) for name, place in places.items()},
            item_key=MAPPER,
            now=self._now,
        )

    def _predict(self, item_key: str) -> None:
        """Commit an interval, wide and far enough the likelier the more able they are, and say why."""
        middle = 1_500 * self._chance.lognormvariate(-0.9 * (1 - self._skill), 0.5)
        half = self._chance.uniform(1.3, 2.2)
        prediction = commit_prediction(
            enrolment=self._enrolment,
            model="tail_latency",
            prompt="p99_at_20_calls",
            low=max(10.0, round(middle / half, -1)),
            high=min(5_000.0, round(middle * half, -1)),
            item_key=item_key,
            now=self._pass(1, 4),
        )
        cause = self._chance.choice(list(SENTENCES))
        explain_prediction(
            prediction_id=prediction.pk,
            actor=self._enrolment.person,
            cause=cause,
            explanation=SENTENCES[cause],
            now=self._pass(1, 3),
        )

    def _answer(self, item_key: str) -> None:
        """Try a question until it is right or its tries are used; now and then leave it half done."""
        attempt = open_attempt(
            enrolment=self._enrolment, item_key=item_key, actor=self._enrolment.person, now=self._pass(1, 3)
        )
        name = item_key.partition("/")[2]
        ability = self._skill - HARD.get(name, 0.0)
        for number in range(1, attempt.tries_allowed + 1):
            variant = attempt.variants.order_by("number").last()
            assert variant is not None, "an open attempt has a variant"
            is_right = self._chance.random() < ability + 0.2 * (number - 1)
            step = submit_step(
                attempt_id=attempt.pk,
                actor=self._enrolment.person,
                variant_id=variant.pk,
                idempotency_key=f"demo-{number}",
                answer=self._say(variant.rendered, variant.key, right=is_right),
                confidence=self._confidence(is_right=is_right),
                now=self._pass(1, 6),
            )
            if step.outcome == "correct" or self._chance.random() < 0.06:
                return
            ability += 0.1

    def _say(self, rendered: dict[str, object], key: dict[str, object], *, right: bool) -> dict[str, object]:
        """Return a right answer, or one that a misconception leads to, the first stated the likeliest."""
        return answer_to(rendered, key, right=right, chance=self._chance)

    def _confidence(self, *, is_right: bool) -> str:
        weights = (5, 4, 1) if is_right else (2, 4, 4)
        return self._chance.choices(("sure", "fairly", "guess"), weights=weights)[0]

    def _pass(self, least: float, most: float) -> datetime:
        """Let some minutes pass and return the time that it is then."""
        self._now += timedelta(minutes=self._chance.uniform(least, most))
        return self._now

    def _rest(self, until: datetime) -> None:
        """Come back after hours or days, if there is time left."""
        self._now = min(self._now + timedelta(hours=self._chance.uniform(12, 90)), until - timedelta(minutes=30))


def demo_logins() -> Iterator[DemoLogin]:
    """Yield the logins that are worth showing, if they were made."""
    made = set(Login.objects.filter(email__endswith=f"@{DEMO_DOMAIN}").values_list("email", flat=True))
    for school in SCHOOLS:
        for login in school.logins:
            if login.email in made:
                yield login
