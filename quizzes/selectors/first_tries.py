"""First tries counted in the database: what the statistics of an offering's questions are computed from.

A first try is the first answer that somebody gave to a question, in a chapter or an assignment, never in a review; it
is worth what the last correction of its key makes of it. Nothing is read into the process but counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from django.db import connection

from lessons.catalogue.models import ItemVersion, Offering
from quizzes.policy.item_findings import OTHER, RIGHT, Counted, Times
from quizzes.selectors.questions import definition_for

FEWEST_OTHERS: Final = 3
"""Other questions that somebody must have answered for their rest score to say something."""

MOST_VARIANTS: Final = 50
"""Draws of a question's numbers that are compared, those with the most answers."""

_FIRST_TRIES: Final = """
    SELECT DISTINCT ON (attempt.enrolment_id, attempt.item_id)
        attempt.enrolment_id,
        attempt.item_id,
        step.confidence,
        CASE WHEN coalesce(regrade.first_fraction, step.fraction) = 1 THEN ''
             ELSE coalesce(nullif(step.misconception, ''), %(other)s) END AS shown,
        coalesce(regrade.first_fraction, step.fraction)::float8 AS fraction,
        variant.parameters::text AS numbers,
        extract(epoch FROM step.submitted_at - variant.created_at)::float8 AS seconds
    FROM quizzes_step AS step
    JOIN quizzes_attempt AS attempt ON attempt.id = step.attempt_id
    JOIN catalogue_enrolment AS enrolment ON enrolment.id = attempt.enrolment_id
    JOIN quizzes_variant AS variant ON variant.id = step.variant_id
    LEFT JOIN (
        SELECT DISTINCT ON (made.attempt_id) made.attempt_id, made.first_fraction
        FROM quizzes_regrade AS made
        JOIN quizzes_correction AS correction ON correction.id = made.correction_id
        WHERE correction.offering_id = %(offering)s
        ORDER BY made.attempt_id, made.id DESC
    ) AS regrade ON regrade.attempt_id = attempt.id
    WHERE enrolment.offering_id = %(offering)s AND step.number = 1 AND attempt.purpose <> 'review'
    ORDER BY attempt.enrolment_id, attempt.item_id, attempt.number
"""
_MEASURED: Final = """
    WITH facility AS (
        SELECT item_id, avg(fraction) AS mean FROM first_tries GROUP BY item_id
    ), above AS (
        SELECT first_tries.*, fraction - mean AS above FROM first_tries JOIN facility USING (item_id)
    ), learner AS (
        SELECT enrolment_id, sum(above) AS total, count(*) - 1 AS others FROM above GROUP BY enrolment_id
    )
    SELECT item_id, confidence, shown, fraction, numbers, seconds,
        CASE WHEN others >= %(fewest)s THEN (total - above) / others END AS rest
    FROM above JOIN learner USING (enrolment_id)
"""
_ITEMS: Final = """
    SELECT item_id, count(*), sum(fraction), corr(fraction, rest), count(rest),
        percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE seconds >= 1),
        count(*) FILTER (WHERE seconds >= 1)
    FROM measured GROUP BY item_id
"""
_CHOICES: Final = "SELECT item_id, shown, count(*), avg(rest) FROM measured GROUP BY item_id, shown"
_CONFIDENCES: Final = """
    SELECT item_id, confidence, count(*), count(*) FILTER (WHERE fraction = 1)
    FROM measured WHERE confidence <> '' GROUP BY item_id, confidence
"""
_VARIANTS: Final = """
    SELECT item_id, numbers, answers, earned FROM (
        SELECT item_id, numbers, count(*) AS answers, count(*) FILTER (WHERE fraction = 1) AS earned,
            row_number() OVER (PARTITION BY item_id ORDER BY count(*) DESC, numbers) AS place
        FROM measured GROUP BY item_id, numbers
    ) AS variant WHERE place <= %(most)s
"""


def count_first_tries(offering: Offering) -> dict[UUID, Counted]:
    """Count an offering's first tries by question; within a transaction of the caller's.

    The database works them into two temporary tables, which spill to its disk; what comes back has a size that depends
    on the number of questions alone.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute(
            f"CREATE TEMPORARY TABLE first_tries ON COMMIT DROP AS {_FIRST_TRIES}",
            {"offering": offering.pk, "other": OTHER},
        )
        cursor.execute(
            f"CREATE TEMPORARY TABLE measured ON COMMIT DROP AS {_MEASURED}",
            {"fewest": FEWEST_OTHERS},
        )
        cursor.execute(_ITEMS)
        items = cursor.fetchall()
        choices = _by_item(cursor, _CHOICES)
        confidences = _by_item(cursor, _CONFIDENCES)
        variants = _by_item(cursor, _VARIANTS, {"most": MOST_VARIANTS})
        cursor.execute("DROP TABLE measured, first_tries")
    expected = _expected(offering, [row[0] for row in items])
    return {
        item_id: Counted(
            answers=answers,
            earned=float(earned),
            correlation=float("nan") if coefficient is None else float(coefficient),
            pairs=pairs,
            choices=[(str(name), int(count), rest) for name, count, rest in choices.get(item_id, ())],
            variants=[(str(numbers), int(count), float(right)) for numbers, count, right in variants.get(item_id, ())],
            confidences=[(str(name), int(count), int(right)) for name, count, right in confidences.get(item_id, ())],
            times=_times(quartiles, timed),
            expected=expected.get(item_id, ()),
        )
        for item_id, answers, earned, coefficient, pairs, quartiles, timed in items
    }


def first_tries(offering: Offering) -> int:
    """Return how many first tries there are in an offering, counting a question once a learner; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(DISTINCT (attempt.enrolment_id, attempt.item_id))
            FROM quizzes_attempt AS attempt
            JOIN catalogue_enrolment AS enrolment ON enrolment.id = attempt.enrolment_id
            WHERE enrolment.offering_id = %s AND attempt.purpose <> 'review'
                AND EXISTS (SELECT FROM quizzes_step AS step WHERE step.attempt_id = attempt.id AND step.number = 1)
            """,
            [offering.pk],
        )
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def _by_item(cursor: Any, query: str, given: Mapping[str, int] | None = None) -> dict[UUID, list[tuple[Any, ...]]]:
    cursor.execute(query, given)
    found: dict[UUID, list[tuple[Any, ...]]] = {}
    for item_id, *row in cursor.fetchall():
        found.setdefault(item_id, []).append(tuple(row))
    return found


def _times(quartiles: list[float] | None, count: int) -> Times | None:
    return None if quartiles is None else Times(quartiles[0], quartiles[1], quartiles[2], count)


def _expected(offering: Offering, item_ids: list[UUID]) -> dict[UUID, tuple[str, ...]]:
    """Return the wrong answers that each question foresees; one query."""
    versions = ItemVersion.objects.filter(revision=offering.revision_id, item__in=item_ids)
    return {version.item_id: tuple(_wrong(definition_for(offering, version))) for version in versions}


def _wrong(definition: Mapping[str, Any]) -> Iterator[str]:
    if definition.get("kind") == "choice":
        yield from (option["id"] for option in definition["options"] if not option.get("correct"))
    yield from (each["id"] for each in definition.get("misconceptions", ()) if each["id"] != RIGHT)
