"""Marks regraded per second and how that grows, and a million answers analysed: how long, and in how much memory.

Fixtures are written by SQL: people, attempts, variants, steps and grades that the services would have left.
"""

from __future__ import annotations

import datetime
import os
import resource
import time

import pytest
from django.db import connection

from lessons.catalogue.models import Offering
from quizzes.models import Correction, GradeEntry, Regrade
from quizzes.selectors import differing_grades
from quizzes.services import corrections, regrading
from quizzes.services.analysis import analyse_questions, order_analysis
from tests.benchmarks.table import show
from tests.factories.answers import answers, drawn_variants, people
from tests.factories.quizzes import QuestionFactory
from tests.integration.quizzes.correcting import UNION_IS_RIGHT, School

SIZES = tuple(int(size) for size in os.environ.get("HEADROOM_REGRADE_SIZES", "500,2000,8000").split(","))
ANSWERS = int(os.environ.get("HEADROOM_ANALYSED_ANSWERS", "1000000"))
QUESTIONS = 40
TARGET = 100_000
NOW = datetime.datetime(2026, 11, 2, 9, 30, tzinfo=datetime.UTC)


def peak_mb() -> float:
    """Return the process's largest resident memory so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.mark.django_db
class TestRegrade:
    def test_attempts_a_second(self):
        rows = []
        rates = {}
        for size in SIZES:
            school = School(NOW)
            people(school.offering, size)
            drawn_variants(school.version)
            answers(school.offering, school.version)
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE drawn; ANALYZE")
            started = time.perf_counter()
            draft = school.draft(UNION_IS_RIGHT)
            while regrading.advance_correction(correction_id=draft.pk, now=NOW):
                pass
            forecast = time.perf_counter() - started
            corrections.apply_correction(correction_id=draft.pk, chosen="new", actor=school.instructor, now=NOW)
            started = time.perf_counter()
            batches = 0
            while regrading.advance_correction(correction_id=draft.pk, now=NOW):
                batches += 1
                if batches == size // regrading.BATCH // 2:
                    # A worker dies here: the next call is another's, which knows nothing but the cursor.
                    assert Correction.objects.get(pk=draft.pk).state == "applying"
            seconds = time.perf_counter() - started
            rates[size] = size / seconds
            assert Regrade.objects.filter(correction=draft).count() == size
            assert GradeEntry.objects.filter(correction=draft).count() == size
            rows.append(
                (
                    f"{size:,} attempts",
                    f"{size / seconds:,.0f} regraded a second; {size / forecast:,.0f} forecast a second",
                )
            )
        rows.append(
            ("growth", f"{rates[SIZES[0]] / rates[SIZES[-1]]:.2f} × the time an attempt from first to last size")
        )
        rows.append((f"{TARGET:,} attempts", f"{TARGET / rates[SIZES[-1]]:.0f} s at the last rate (extrapolated)"))
        started = time.perf_counter()
        assert not list(differing_grades())
        checked = time.perf_counter() - started
        rows.append(("verify_grades", f"{sum(SIZES) / checked:,.0f} attempts a second"))
        rows.append(("peak memory", f"{peak_mb():.0f} MB resident"))
        show("Regrading", rows)


@pytest.mark.django_db
class TestAnalysis:
    def test_a_million_answers(self):
        rows = []
        for count in (ANSWERS // 10, ANSWERS):
            school = School(NOW)
            versions = [school.version]
            versions += [QuestionFactory(revision=school.offering.revision) for _ in range(QUESTIONS - 1)]
            started = time.perf_counter()
            people(school.offering, count // QUESTIONS)
            drawn_variants(school.version)
            with connection.cursor() as cursor:
                # Nothing is measured of constraints that the analysis does not meet.
                cursor.execute("SET LOCAL session_replication_role = replica")
            for version in versions:
                answers(school.offering, version)
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = origin")
                cursor.execute("DROP TABLE drawn; ANALYZE")
            made, before = time.perf_counter() - started, peak_mb()
            order_analysis(offering=Offering.objects.get(pk=school.offering.pk), actor=school.instructor, now=NOW)
            started = time.perf_counter()
            assert analyse_questions(offering_id=school.offering.pk, now=NOW)
            seconds = time.perf_counter() - started
            rows.append(
                (
                    f"{count:,} answers to {QUESTIONS} questions",
                    (
                        f"{seconds:.1f} s, {count / seconds:,.0f} a second, {peak_mb() - before:+.1f} MB on "
                        f"{before:.0f} MB resident (fixtures took {made:.0f} s)"
                    ),
                )
            )
        show("Item analysis", rows)
