"""Many answers at once, written by SQL as the services would have left them, where those would take too long."""

from __future__ import annotations

import datetime
import json
from typing import Any

from django.db import connection

from lessons.catalogue.models import ItemVersion, Offering
from quizzes.selectors import question_of

NOW = datetime.datetime(2026, 11, 2, 9, 30, tzinfo=datetime.UTC)

_PEOPLE = """
    WITH people AS (
        INSERT INTO accounts_person (id, alias, time_zone, created_at)
        SELECT gen_random_uuid(), 'Learner ' || n, 'UTC', %(now)s FROM generate_series(1, %(count)s) AS n
        RETURNING id
    )
    INSERT INTO catalogue_enrolment (id, offering_id, person_id, time_zone, extra_time_percent, created_at)
    SELECT gen_random_uuid(), %(offering)s, id, 'UTC', 0, %(now)s FROM people
"""
_ATTEMPTS = """
    CREATE TEMPORARY TABLE made AS
    SELECT gen_random_uuid() AS attempt, gen_random_uuid() AS variant, enrolment.id AS enrolment,
        enrolment.person_id AS person, 1 + floor(random() * 64)::int AS seed, random() AS luck
    FROM catalogue_enrolment AS enrolment WHERE enrolment.offering_id = %(offering)s;
    INSERT INTO quizzes_attempt
        (id, enrolment_id, item_id, number, purpose, state, ending, tries_allowed, penalty, started_at, finished_at)
    SELECT attempt, enrolment, %(item)s, 1, 'practice', 'finished', 'answered', 1, 0.25, %(now)s, %(now)s FROM made;
    INSERT INTO quizzes_variant (id, attempt_id, version_id, number, seed, parameters, rendered, key, created_at)
    SELECT made.variant, attempt, %(version)s, 1, made.seed, drawn.parameters, drawn.rendered, drawn.key,
        %(now)s::timestamptz - interval '40 seconds' * (1 + made.luck)
    FROM made JOIN drawn USING (seed);
    INSERT INTO quizzes_step (id, attempt_id, variant_id, number, idempotency_key, actor_id, answer, confidence,
        outcome, fraction, misconception, feedback, submitted_at)
    SELECT gen_random_uuid(), attempt, made.variant, 1, 'k', person,
        CASE WHEN luck < 0.6 THEN drawn.answer_right ELSE drawn.answer_wrong END, 'sure',
        CASE WHEN luck < 0.6 THEN 'correct' ELSE 'wrong' END, CASE WHEN luck < 0.6 THEN 1 ELSE 0 END,
        CASE WHEN luck < 0.6 THEN '' ELSE 'union-bound' END, '{"html": "", "options": {}, "parts": {}}', %(now)s
    FROM made JOIN drawn USING (seed);
    INSERT INTO quizzes_gradeentry
        (enrolment_id, item_id, attempt_id, revision_id, kind, fraction, reason, at, idempotency_key)
    SELECT enrolment, %(item)s, attempt, %(revision)s, 'graded', CASE WHEN luck < 0.6 THEN 1 ELSE 0 END, '',
        %(now)s, 'attempt:' || attempt FROM made;
    DROP TABLE made
"""


def people(offering: Offering, count: int) -> None:
    """Put so many learners into the cohort's offering."""
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, {"now": NOW, "count": count, "offering": offering.pk})


def answers(offering: Offering, version: ItemVersion) -> None:
    """Have everybody answer a question once, six in ten of them right."""
    with connection.cursor() as cursor:
        cursor.execute(
            _ATTEMPTS,
            {
                "offering": offering.pk,
                "item": version.item_id,
                "version": version.pk,
                "revision": version.revision_id,
                "now": NOW,
            },
        )


def drawn_variants(version: ItemVersion) -> None:
    """Keep the question's first variants with a right and a wrong answer to each, for the fixtures to take."""
    question = question_of(version)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE drawn (seed int, parameters jsonb, rendered jsonb, key jsonb, answer_right jsonb, "
            "answer_wrong jsonb)"
        )
        for seed in range(1, 65):
            drawn = question.draw(seed)
            examples = question.examples(drawn)
            cursor.execute(
                "INSERT INTO drawn VALUES (%s, %s, %s, %s, %s, %s)",
                [
                    seed,
                    *(_json(each) for each in (drawn.parameters, drawn.rendered, drawn.key)),
                    _json(examples.correct[0]),
                    _json(examples.wrong[0][1]),
                ],
            )


def _json(value: Any) -> str:
    return json.dumps(value)
