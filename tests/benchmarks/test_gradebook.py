"""The gradebook of 1,000 and of 10,000 learners with 200 questions: a page by name and by total, and the file."""

from __future__ import annotations

import resource
import time
from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lessons.catalogue.models import Offering
from quizzes.services import rebuild_marks
from tests.benchmarks.table import show
from tests.factories.accounts import LoginFactory, MembershipFactory
from tests.factories.catalogue import OfferingFactory
from tests.factories.quizzes import AssignmentFactory, AssignmentQuestionFactory, GradeCategoryFactory

SIZES = (1_000, 10_000)
ASSIGNMENTS, QUESTIONS = 20, 10
MEGABYTE = 1_000_000
ASKED: Mapping[str, Mapping[str, str]] = {
    "by name": {},
    "by total": {"sort": "-total"},
    "with missing work": {"show": "missing"},
}

LEARNERS = """
    WITH person AS (
        INSERT INTO accounts_person (id, alias, time_zone, created_at)
        SELECT gen_random_uuid(), 'Learner ' || number, 'UTC', %(at)s
        FROM generate_series(%(first)s, %(last)s) AS number
        RETURNING id
    ), member AS (
        INSERT INTO accounts_membership (id, person_id, organisation_id, cohort_id, role, created_at)
        SELECT gen_random_uuid(), id, %(organisation)s, %(cohort)s, 'learner', %(at)s FROM person
    )
    INSERT INTO catalogue_enrolment (id, offering_id, person_id, time_zone, extra_time_percent, created_at)
    SELECT gen_random_uuid(), %(offering)s, id, 'UTC', 0, %(at)s FROM person RETURNING id
"""
INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE tablename = 'quizzes_gradeentry' AND indexdef LIKE 'CREATE INDEX%'
"""
LEDGER = """
    INSERT INTO quizzes_gradeentry
        (enrolment_id, item_id, assignment_id, revision_id, kind, fraction, reason, at, idempotency_key)
    SELECT enrolment.id, question.item_id, question.assignment_id, %(revision)s, 'graded',
        round(random()::numeric, 4), '', %(at)s, 'q' || question.id
    FROM unnest(%(enrolments)s::uuid[]) AS enrolment (id)
    CROSS JOIN quizzes_assignmentquestion AS question
    JOIN quizzes_assignment AS assignment ON assignment.id = question.assignment_id
    WHERE assignment.offering_id = %(offering)s AND random() < 0.95
"""


def set_work(offering: Offering) -> None:
    """Set 20 assignments of 10 questions in two categories, one of which drops the lowest."""
    categories = [GradeCategoryFactory(offering=offering, drop_lowest=drop) for drop in (1, 0)]
    for number in range(ASSIGNMENTS):
        assignment = AssignmentFactory(category=categories[number % 2])
        for place in range(QUESTIONS):
            AssignmentQuestionFactory(assignment=assignment, position=place)


def fill(offering: Offering, first: int, last: int) -> None:
    """Let learners join and be graded, without the checks and triggers that a service's write passes."""
    given = {
        "offering": offering.pk,
        "revision": offering.revision_id,
        "cohort": offering.cohort_id,
        "organisation": offering.cohort.organisation_id,
        "at": timezone.now() - timedelta(days=60),
        "first": first,
        "last": last,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(INDEXES)
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute(LEARNERS, given)
        enrolments = [row[0] for row in cursor.fetchall()]
        cursor.execute(LEDGER, given | {"enrolments": enrolments})
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("ANALYZE")
    rebuild_marks()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE quizzes_assignmentmark")


@pytest.mark.django_db
class TestGradebook:
    def test_cost(self):
        offering = OfferingFactory(in_cohort=True)
        teacher = LoginFactory()
        MembershipFactory(person=teacher.person, cohort=offering.cohort, instructor=True)
        browser = Client()
        browser.force_login(teacher)
        set_work(offering)
        address, rows, there = f"/learn/{offering.slug}/gradebook/", [], 0
        for size in SIZES:
            fill(offering, there + 1, size)
            there = size
            rows += [
                (f"{size:>6,} learners, {name}", self._page(browser, address, asked)) for name, asked in ASKED.items()
            ]
            rows.append((f"{size:>6,} learners, file of assignments", self._file(browser, address, {})))
        show(f"Gradebook of {ASSIGNMENTS * QUESTIONS} questions in {ASSIGNMENTS} assignments", rows)

    @staticmethod
    def _page(browser: Client, address: str, asked: Mapping[str, str]) -> str:
        browser.get(address, asked)
        with CaptureQueriesContext(connection) as queries:
            started = time.perf_counter()
            answer = browser.get(address, asked)
            seconds = time.perf_counter() - started
        assert answer.status_code == 200
        return f"{len(queries)} queries, {seconds:.2f} s"

    @staticmethod
    def _file(browser: Client, address: str, asked: Mapping[str, str]) -> str:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.perf_counter()
        size = sum(len(chunk) for chunk in browser.get(f"{address}export/", asked).streaming_content)
        seconds = time.perf_counter() - started
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1_000
        return f"{size / MEGABYTE:.1f} MB in {seconds:.1f} s, the process's peak memory grew by {grown:.0f} MB"
