"""What keeping and submitting an answer costs, as a ratio to a view that reads session and person and nothing else."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lessons.catalogue.models import Offering
from quizzes import services
from tests.benchmarks.table import show
from tests.benchmarks.test_pages import BASELINE
from tests.factories.accounts import LoginFactory, MembershipFactory
from tests.factories.catalogue import EnrolmentFactory, OfferingFactory
from tests.factories.quizzes import QuestionFactory

ROUNDS, REQUESTS = 5, 40
GOALS = {"autosave": 2.5, "submit, wrong": 4.0, "submit, right": 4.0}


class Learner:
    """Somebody with a browser and an attempt at the question that everybody has."""

    def __init__(self, offering: Offering, item_key: str) -> None:
        enrolment = EnrolmentFactory(offering=offering)
        MembershipFactory(person=enrolment.person, cohort=offering.cohort)
        self.client = Client()
        self.client.force_login(LoginFactory(person=enrolment.person))
        self.address = f"/learn/{offering.slug}/questions/{item_key}"
        attempt = services.open_attempt(
            enrolment=enrolment, item_key=item_key, actor=enrolment.person, now=timezone.now()
        )
        self.variant = attempt.variants.get()

    def send(self, what: str, text: str, *, sequence: int = 1) -> None:
        """Post the form as the page's script does."""
        body: dict[str, Any] = {
            "variant": self.variant.pk,
            "sequence": sequence,
            "idempotency_key": uuid4().hex,
            "text": text,
            "confidence": "fairly",
        }
        answer = self.client.post(f"{self.address}/{what}", body, headers={"HX-Request": "true"})
        assert answer.status_code == 200


def cpu_of(calls: Sequence[Callable[[], object]]) -> float:
    """Return the mean CPU seconds of the calls."""
    started = time.process_time()
    for call in calls:
        call()
    return (time.process_time() - started) / len(calls)


@pytest.mark.django_db
@pytest.mark.urls("tests.benchmarks.test_pages")
class TestAnswers:
    def test_cost(self) -> None:
        offering = OfferingFactory(in_cohort=True)
        key = QuestionFactory(revision=offering.revision).item.key
        first = Learner(offering, key)
        sequence = count(1)
        rows = []
        for name, goal in GOALS.items():
            learners = [Learner(offering, key) for _ in range(ROUNDS * REQUESTS + 2)]
            calls = [self._call(name, learner, next(sequence)) for learner in learners]
            calls.pop()()
            with CaptureQueriesContext(connection) as captured:
                calls.pop()()
                queries = len(captured)
            ratios, costs = [], []
            for turn in range(ROUNDS):
                baseline = cpu_of([lambda: first.client.get(BASELINE)] * REQUESTS)
                cost = cpu_of(calls[turn * REQUESTS : (turn + 1) * REQUESTS])
                ratios.append(cost / baseline)
                costs.append(cost)
            ratio, cpu_ms = statistics.median(ratios), statistics.median(costs) * 1000
            said = f"{queries} queries, {cpu_ms:.1f} ms CPU, {ratio:.1f} × session and person alone (goal {goal})"
            rows.append((name, said))
        show(f"Answers, median of {ROUNDS} rounds of {REQUESTS} requests", rows)

    def _call(self, name: str, learner: Learner, sequence: int) -> Callable[[], object]:
        if name == "autosave":
            return lambda: learner.send("draft", "4", sequence=sequence)
        text = "-987654" if name.endswith("wrong") else str(learner.variant.key["value"])
        return lambda: learner.send("submit", text)
