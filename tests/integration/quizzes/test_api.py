"""Attempts over the API."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from lessons.catalogue.models import Enrolment
from quizzes.models import Attempt, Draft, Step
from tests.factories.accounts import LoginFactory, MembershipFactory
from tests.factories.catalogue import EnrolmentFactory, OfferingFactory
from tests.integration.quizzes.conftest import Questions, current, questions_in, right, wrong

pytestmark = pytest.mark.django_db


def _client(login: Any) -> APIClient:
    client = APIClient()
    client.force_login(login)
    return client


@pytest.fixture
def api(enrolment: Enrolment) -> APIClient:
    return _client(LoginFactory(person=enrolment.person))


def _submit(api: APIClient, attempt: Attempt, answer: dict[str, Any], *, key: str = "k", **changes: Any) -> Any:
    sent = {"variant": str(current(attempt).pk), "answer": answer, "confidence": "sure"} | changes
    headers = {"Idempotency-Key": key} if key else {}
    return api.post(reverse("api-attempt-submit", args=[attempt.pk]), sent, headers=headers)


class TestOpen:
    def test_opens_once(self, api: APIClient, questions: Questions) -> None:
        sent = {"offering": questions.offering.slug, "item": questions.key}

        first, second = api.post(reverse("api-attempts"), sent), api.post(reverse("api-attempts"), sent)

        assert first.status_code == 200
        assert first.json() == second.json()
        assert first.json()["question"]["unit"] == "%"
        assert first.json()["steps"] == []
        assert Attempt.objects.count() == 1

    def test_needs_somebody(self, questions: Questions) -> None:
        sent = {"offering": questions.offering.slug, "item": questions.key}

        assert APIClient().post(reverse("api-attempts"), sent).status_code in {401, 403}

    def test_of_a_cohort_that_one_is_not_in_is_a_404(self, api: APIClient) -> None:
        walled = questions_in(OfferingFactory(in_cohort=True))

        assert (
            api.post(reverse("api-attempts"), {"offering": walled.offering.slug, "item": walled.key}).status_code == 404
        )


class TestSubmit:
    def test_returns_the_judged_attempt(self, api: APIClient, open_attempt: Any) -> None:
        attempt = open_attempt()

        response = _submit(api, attempt, right(current(attempt)))

        body = response.json()
        assert response.status_code == 200
        assert (body["state"], body["grade"]["fraction"], body["steps"][0]["outcome"]) == (
            "finished",
            "1.0000",
            "correct",
        )
        assert body["solution_html"]
        assert response.headers["Cache-Control"] == "no-store"

    def test_again_with_the_same_key_returns_the_same(self, api: APIClient, open_attempt: Any) -> None:
        attempt = open_attempt()
        variant = str(current(attempt).pk)
        answer = wrong(current(attempt))

        first = _submit(api, attempt, answer, variant=variant)
        second = _submit(api, attempt, answer, variant=variant)

        assert first.json() == second.json()
        assert Step.objects.count() == 1

    @pytest.mark.parametrize(
        ("changes", "status"),
        [
            ({"answer": {"text": "1e400"}}, 400),
            ({"answer": {}}, 400),
            ({"answer": "5"}, 400),
            ({"confidence": "certain"}, 400),
            ({"variant": "7"}, 400),
            ({"variant": str(uuid4())}, 409),
            ({"key": ""}, 400),
            ({"key": "k" * 81}, 400),
        ],
    )
    def test_refuses_bad_input_as_a_problem_and_spends_no_try(
        self, changes: dict[str, Any], status: int, api: APIClient, open_attempt: Any
    ) -> None:
        attempt = open_attempt()

        response = _submit(api, attempt, **{"answer": {"text": "5"}} | changes)

        assert response.status_code == status
        assert response.headers["Content-Type"] == "application/problem+json"
        assert response.json()["detail"]
        assert not Step.objects.exists()


class TestDraft:
    def _put(self, api: APIClient, attempt: Attempt, sequence: int, **changes: Any) -> Any:
        sent = {"variant": str(current(attempt).pk), "sequence": sequence, "answer": {"text": "4,"}} | changes
        return api.put(reverse("api-attempt-draft", args=[attempt.pk]), sent)

    def test_is_kept(self, api: APIClient, open_attempt: Any) -> None:
        attempt = open_attempt()

        response = self._put(api, attempt, 1)

        assert response.status_code == 200
        assert response.json()["saved_at"]
        assert api.get(reverse("api-attempt", args=[attempt.pk])).json()["draft"]["answer"] == {"text": "4,"}

    def test_is_refused_where_a_newer_one_is_kept(self, api: APIClient, open_attempt: Any) -> None:
        attempt = open_attempt()
        self._put(api, attempt, 2)

        assert self._put(api, attempt, 2).status_code == 409
        assert Draft.objects.get().sequence == 2

    @pytest.mark.parametrize("sequence", [-1, 2**31, "x", None])
    def test_needs_a_sequence_number(self, sequence: Any, api: APIClient, open_attempt: Any) -> None:
        assert self._put(api, open_attempt(), sequence).status_code == 400


class TestScope:
    def test_somebody_elses_attempt_is_a_404(self, open_attempt: Any) -> None:
        attempt = open_attempt()
        stranger = _client(LoginFactory())

        answers = [
            stranger.get(reverse("api-attempt", args=[attempt.pk])),
            _submit(stranger, attempt, {"text": "5"}),
            stranger.put(
                reverse("api-attempt-draft", args=[attempt.pk]),
                {"variant": str(current(attempt).pk), "sequence": 1, "answer": {"text": "5"}},
            ),
            APIClient().get(reverse("api-attempt", args=[attempt.pk])),
        ]

        assert [answer.status_code for answer in answers] == [404, 404, 404, 404]

    def test_an_instructor_reads_and_does_not_write(self, now: Any) -> None:
        from quizzes import services

        questions = questions_in(OfferingFactory(in_cohort=True))
        learner = EnrolmentFactory(
            offering=questions.offering, person=MembershipFactory(cohort=questions.offering.cohort).person
        )
        attempt = services.open_attempt(enrolment=learner, item_key=questions.key, actor=learner.person, now=now)
        teacher = MembershipFactory(cohort=questions.offering.cohort, instructor=True).person
        api = _client(LoginFactory(person=teacher))

        assert api.get(reverse("api-attempt", args=[attempt.pk])).status_code == 200
        assert _submit(api, attempt, {"text": "5"}).status_code == 404
