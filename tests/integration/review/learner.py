"""A tiny course and somebody who learns in it: what the tests of this room are about."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.test import Client

from accounts.models import Person
from lessons.catalogue.models import Enrolment, ItemVersion, Offering
from lessons.review import services
from lessons.review.models import Asked, Review
from lessons.review.selectors import Deck, deck_of
from quizzes.models import Attempt, Step
from quizzes.services import open_attempt, submit_step
from tests.factories.accounts import LoginFactory
from tests.factories.catalogue import EnrolmentFactory, ItemFactory, ItemVersionFactory, OfferingFactory
from tests.factories.quizzes import QuestionFactory
from tests.integration.quizzes.conftest import current, right, wrong
from tests.unit.kinds import definitions

DAY = datetime.timedelta(days=1)
DIMENSIONS = ("concepts", "estimation", "design", "coding", "debugging")


@dataclass
class Chapter:
    """A chapter with one section a list of dimensions, a question each, and the terms that it links to."""

    version: ItemVersion
    sections: list[ItemVersion]
    questions: list[ItemVersion]
    terms: list[ItemVersion]


@dataclass
class Learner:
    """A course with as many chapters as are asked for, and an enrolment in its open offering."""

    now: datetime.datetime
    offering: Offering = field(default_factory=OfferingFactory)
    positions: Any = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.login = LoginFactory(name="Ada")
        self.enrolment: Enrolment = EnrolmentFactory(offering=self.offering, person=self.login.person)
        self.client = Client()
        self.client.force_login(self.login)

    @property
    def person(self) -> Person:
        return self.login.person

    @property
    def address(self) -> str:
        return f"/learn/{self.offering.slug}/"

    def chapter(self, number: int, *sections: tuple[str, ...], terms: int = 2) -> Chapter:
        """Add a chapter whose sections ask questions of the dimensions given."""
        made = [
            self._version("term", f"terms/term-{number}-{index}", f"Term {number}.{index}") for index in range(terms)
        ]
        chapter = self._version("chapter", f"chapter-{number}", f"Chapter {number}")
        chapter.payload |= {"number": number, "terms": [{"key": term.item.key} for term in made]}
        chapter.save()
        added = Chapter(chapter, [], [], made)
        for index, dimensions in enumerate(sections):
            key = f"{chapter.item.key}/section-{index}"
            section = self._version("section", key, f"Section {number}.{index}", parent=chapter)
            added.sections.append(section)
            for place, dimension in enumerate(dimensions):
                added.questions.append(
                    QuestionFactory(
                        revision=self.offering.revision,
                        item__key=f"{chapter.item.key}/question-{index}-{place}",
                        title=f"Question {number}.{index}.{place}",
                        parent=section,
                        position=next(self.positions),
                        payload=definitions.numeric() | {"dimension": dimension},
                    )
                )
        return added

    def answer(
        self,
        question: ItemVersion,
        *,
        at: datetime.datetime | None = None,
        is_right: bool = True,
        confidence: str = "fairly",
        purpose: Attempt.Purpose = Attempt.Purpose.PRACTICE,
        to_the_end: bool = True,
    ) -> Step:
        """Answer a question once, or until its tries are used."""
        at = at or self.now
        attempt = open_attempt(
            enrolment=self.enrolment, item_key=question.item.key, actor=self.person, now=at, purpose=purpose
        )
        return self.finish(attempt, at=at, is_right=is_right, confidence=confidence, to_the_end=to_the_end)

    def finish(
        self,
        attempt: Attempt,
        *,
        at: datetime.datetime,
        is_right: bool = True,
        confidence: str = "fairly",
        to_the_end: bool = True,
    ) -> Step:
        """Answer an attempt."""
        for number in itertools.count():
            variant = current(attempt)
            step = submit_step(
                attempt_id=attempt.pk,
                actor=self.person,
                variant_id=variant.pk,
                idempotency_key=f"{attempt.pk}-{number}",
                answer=right(variant) if is_right else wrong(variant),
                confidence=confidence,
                now=at,
            )
            attempt.refresh_from_db()
            if attempt.state == Attempt.State.FINISHED or not to_the_end:
                return step
        raise AssertionError

    def deck(self, at: datetime.datetime) -> Deck:
        return deck_of(self.enrolment, now=at)

    def titles(self, at: datetime.datetime) -> list[str]:
        """What is dealt at a moment, in its order."""
        return [card.subject.title for card in self.deck(at).due]

    def rate(self, item_id: UUID, at: datetime.datetime, *, rating: str = "3", number: int = 1) -> Review:
        return services.rate(
            offering=self.offering, item_id=item_id, number=number, rating=rating, actor=self.person, now=at
        )

    def ask(self, item_id: UUID, at: datetime.datetime, *, number: int = 1) -> Asked:
        return services.ask(offering=self.offering, item_id=item_id, number=number, actor=self.person, now=at)

    def post(self, path: str, fields: Mapping[str, object], client: Client | None = None) -> Any:
        return (client or self.client).post(f"{self.address}{path}", fields)

    def _version(self, kind: str, key: str, title: str, parent: ItemVersion | None = None) -> ItemVersion:
        revision = self.offering.revision
        return ItemVersionFactory(
            revision=revision,
            item=ItemFactory(course=revision.course, kind=kind, key=key),
            title=title,
            parent=parent,
            position=next(self.positions),
        )
