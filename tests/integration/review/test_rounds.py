"""Placement checks and interviews: begun once, gone on with once, ended by themselves, and nobody else's."""

from __future__ import annotations

import datetime
from datetime import timedelta

import pytest
from django.test import Client

from lessons.review import services
from lessons.review.errors import InterviewRuns, InvalidLength, NotFound, NothingToAsk, RoundOver
from lessons.review.models import Review, Round
from lessons.review.selectors import interview_page, placement_page, readiness_page
from quizzes.models import Attempt, GradeEntry, Step
from quizzes.services import save_draft
from tests.factories.accounts import LoginFactory
from tests.integration.quizzes.conftest import current, right, wrong
from tests.integration.review.learner import DAY, DIMENSIONS, Learner

pytestmark = pytest.mark.django_db

Now = datetime.datetime
MINUTE = timedelta(minutes=1)


@pytest.fixture
def course(learner: Learner) -> Learner:
    """Six chapters that ask every dimension."""
    for number in range(6):
        learner.chapter(number, DIMENSIONS)
    return learner


def placement(course: Learner, at: Now) -> Round:
    return services.start_placement(enrolment=course.enrolment, actor=course.person, now=at)


def go_on(course: Learner, began: Round, position: int, at: Now) -> Round:
    return services.go_on(
        offering=course.offering, placement_id=began.pk, position=position, actor=course.person, now=at
    )


def interview(course: Learner, at: Now, minutes: str = "20") -> Round:
    return services.start_interview(enrolment=course.enrolment, minutes=minutes, actor=course.person, now=at)


def answer(course: Learner, began: Round, place: int, at: Now, *, is_right: bool = True) -> Step:
    variant = current(began.questions.order_by("position")[place].attempt)
    return services.answer_interview(
        offering=course.offering,
        interview_id=began.pk,
        variant_id=variant.pk,
        idempotency_key=f"{place}",
        answer=right(variant) if is_right else wrong(variant),
        confidence="fairly",
        actor=course.person,
        now=at,
    )


class TestPlacement:
    def test_asks_five_chapters_and_says_where_to_begin(self, course: Learner, now: Now) -> None:
        began = placement(course, now)
        assert placement(course, now) == began
        asked = []
        for position in range(1, 6):
            page = placement_page(person=course.person, slug=course.offering.slug)
            assert (page.position, page.is_answered) == (position, False)
            attempt = began.questions.get(position=position).attempt
            chapter = int(attempt.item.key.split("/")[0].partition("-")[2])
            asked.append(chapter)
            course.finish(attempt, at=now, is_right=chapter < 3)
            go_on(course, began, position, now)
        page = placement_page(person=course.person, slug=course.offering.slug)
        assert page.result is not None
        assert len(set(asked)) == 5
        assert page.result.begin_key == "chapter-3"
        assert not GradeEntry.objects.exists()

    def test_makes_no_cards_of_what_was_never_read(self, course: Learner, now: Now) -> None:
        began = placement(course, now)
        course.finish(began.questions.get().attempt, at=now, is_right=False)
        assert not Review.objects.exists()
        assert course.deck(now + DAY).due == ()

    def test_goes_on_once_for_a_double_click(self, course: Learner, now: Now) -> None:
        began = placement(course, now)
        for _ in range(2):
            go_on(course, began, 1, now)
        assert began.questions.count() == 2

    def test_counts_what_is_left_out_as_not_known(self, course: Learner, now: Now) -> None:
        began = placement(course, now)
        for position in range(1, 6):
            go_on(course, began, position, now)
        result = placement_page(person=course.person, slug=course.offering.slug).result
        assert result is not None
        assert (result.begin_key, {sign.is_answered for sign in result.signs}) == ("chapter-0", {False})

    def test_refuses_a_course_without_questions(self, learner: Learner, now: Now) -> None:
        with pytest.raises(NothingToAsk):
            placement(learner, now)

    def test_makes_a_visitor_a_guest(self, course: Learner) -> None:
        visitor = Client()
        assert "Start the five" in visitor.get(f"{course.address}placement/").content.decode()
        assert course.post("placement/start", {}, visitor).status_code == 303
        assert "Question 1 of 5" in visitor.get(f"{course.address}placement/").content.decode()


class TestInterview:
    @pytest.mark.parametrize(("minutes", "questions"), [("20", 5), ("45", 10), ("60", 15)])
    def test_asks_every_dimension(self, course: Learner, now: Now, minutes: str, questions: int) -> None:
        began = interview(course, now, minutes)
        assert interview(course, now + MINUTE, "20") == began
        assert began.questions.count() == questions
        assert began.ends_at == now + int(minutes) * MINUTE

    @pytest.mark.parametrize("minutes", ["", "0", "21", "sixty"])
    def test_refuses_another_length(self, course: Learner, now: Now, minutes: str) -> None:
        with pytest.raises(InvalidLength, match="20, 45 and 60"):
            interview(course, now, minutes)

    def test_tells_nothing_before_the_end(self, course: Learner, now: Now) -> None:
        began = interview(course, now)
        answer(course, began, 0, now + MINUTE)
        page = interview_page(
            person=course.person, slug=course.offering.slug, interview_id=began.pk, now=now + 2 * MINUTE
        )
        assert (page.answered, page.dimensions) == (1, ())
        readiness = readiness_page(person=course.person, slug=course.offering.slug)
        assert readiness.answers == 0
        attempt = began.questions.get(position=1).attempt
        assert course.client.get(f"{course.address}review/questions/{attempt.pk}/").status_code == 404
        services.finish_interview(
            offering=course.offering, interview_id=began.pk, actor=course.person, now=now + 3 * MINUTE
        )
        assert readiness_page(person=course.person, slug=course.offering.slug).answers == 1
        assert course.client.get(f"{course.address}review/questions/{attempt.pk}/").status_code == 200

    def test_takes_an_answer_once(self, course: Learner, now: Now) -> None:
        began = interview(course, now)
        assert answer(course, began, 0, now) == answer(course, began, 0, now, is_right=False)
        assert Step.objects.count() == 1

    def test_ends_by_itself_with_what_was_typed(self, course: Learner, now: Now) -> None:
        began = interview(course, now)
        answer(course, began, 0, now + MINUTE)
        variant = current(began.questions.get(position=2).attempt)
        save_draft(
            attempt_id=variant.attempt_id,
            actor=course.person,
            variant_id=variant.pk,
            sequence=1,
            answer=right(variant),
            now=now + 2 * MINUTE,
        )
        assert services.end_interviews(now=now + 20 * MINUTE) == 0
        with pytest.raises(RoundOver):
            answer(course, began, 2, now + 21 * MINUTE)
        assert services.end_interviews(now=now + 25 * MINUTE) == 1
        assert services.end_interviews(now=now + 26 * MINUTE) == 0
        began.refresh_from_db()
        assert (began.ending, began.ended_at) == ("deadline", began.ends_at)
        page = interview_page(person=course.person, slug=course.offering.slug, interview_id=began.pk, now=now)
        assert [row.right.held for row in page.dimensions] == [1, 1, 0, 0, 0]
        assert not Attempt.objects.filter(state=Attempt.State.OPEN).exists()
        assert not GradeEntry.objects.exists()

    def test_keeps_the_deck_from_asking_meanwhile(self, course: Learner, now: Now) -> None:
        section = Learner.chapter(course, 9, ("concepts",)).sections[0]
        question = course.offering.revision.versions.get(item__key="chapter-9/question-0-0")
        course.answer(question)
        began = interview(course, now + DAY)
        with pytest.raises(InterviewRuns):
            course.ask(section.item_id, now + DAY)
        services.finish_interview(offering=course.offering, interview_id=began.pk, actor=course.person, now=now + DAY)
        assert course.ask(section.item_id, now + DAY).attempt.purpose == "review"

    def test_is_nobody_elses(self, course: Learner, now: Now) -> None:
        began = interview(course, now)
        place = f"{course.address}interview/{began.pk}/"
        other = Client()
        other.force_login(LoginFactory())
        for client in (Client(), other):
            assert client.get(place).status_code == 404
            assert client.post(f"{place}finish").status_code == 404
            assert client.post(f"{place}moves", {"move": "load"}).status_code == 404
        course.login = LoginFactory()
        with pytest.raises(NotFound):
            answer(course, began, 0, now)

    def test_takes_as_many_queries_for_many_questions(
        self, course: Learner, now: Now, django_assert_num_queries
    ) -> None:
        for minutes in ("20", "60"):
            began = interview(course, now, minutes)

            def look(interview_id=began.pk):
                return interview_page(
                    person=course.person, slug=course.offering.slug, interview_id=interview_id, now=now
                )

            look()
            with django_assert_num_queries(4):
                look()
            services.finish_interview(
                offering=course.offering, interview_id=began.pk, actor=course.person, now=now + MINUTE
            )


class TestInterviewPages:
    def test_lead_through_an_interview(self, course: Learner) -> None:
        there = course.post("interview/start", {"minutes": "20"}).headers["Location"]
        began = Round.objects.get()
        page = course.client.get(there).content.decode()
        assert page.count("<form") >= 7
        assert 'data-ends-at="' in page
        variant = current(began.questions.get(position=1).attempt)
        sent = {"variant": variant.pk, "idempotency_key": "k", "text": "not a number", "confidence": "sure"}
        refused = course.client.post(f"{there}answer", sent)
        assert refused.status_code == 422
        assert "not a number" in refused.content.decode()
        assert course.client.post(f"{there}answer", sent | right(variant)).status_code == 303
        course.client.post(f"{there}moves", {"move": ["state", "load", "nonsense"]})
        began.refresh_from_db()
        assert began.moves == ["load", "state"]
        page = course.client.get(there).content.decode()
        assert "1 of 5 questions answered" in page
        assert "Worked solution" not in page
        course.client.post(f"{there}finish")
        page = course.client.get(there).content.decode()
        assert "How the interview went" in page
        assert "Worked solution" in page
        assert "1 of 1" in page
        assert course.client.get(f"{course.address}interview/").content.decode().count("1 of 5 right") == 1
