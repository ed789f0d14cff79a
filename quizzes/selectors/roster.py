"""A cohort's learners as a gradebook lists them: searched, filtered by what their work stands at, sorted and paged.

One statement does it, whatever is asked, over the kept marks of assignments: what depends on the time or on an
allowance is worked out there as `policy.times_of` does, and totals as `policy.total_of` does. Tests hold them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db import connection

from lessons.catalogue.models import Offering


class Flag(StrEnum):
    """What learners can be filtered by: that some work of theirs is so."""

    LATE = "late"
    MISSING = "missing"
    EXCUSED = "excused"
    UNGRADED = "ungraded"


@dataclass(frozen=True, slots=True)
class Listing:
    """What is asked of the list: words of a name or address, a flag, and an order.

    `sort` is "name", "total" or the id of an assignment; `assignment_id` narrows the flag to one assignment.
    """

    search: str = ""
    flag: Flag | None = None
    assignment_id: UUID | None = None
    sort: str | UUID = "name"
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody who learns in the cohort; without an enrolment they have not begun anything."""

    person_id: UUID
    name: str
    email: str
    enrolment_id: UUID | None
    joined_at: datetime


_LEARNERS: Final = """
    learner AS (
        SELECT member.person_id, coalesce(nullif(login.name, ''), person.alias) AS name,
            coalesce(login.email, '') AS email, enrolment.id AS enrolment_id,
            coalesce(enrolment.created_at, greatest(member.created_at, %(offered_at)s)) AS joined_at
        FROM accounts_membership AS member
        JOIN accounts_person AS person ON person.id = member.person_id
        LEFT JOIN accounts_login AS login ON login.person_id = person.id
        LEFT JOIN catalogue_enrolment AS enrolment
            ON enrolment.person_id = person.id AND enrolment.offering_id = %(offering)s
        WHERE member.cohort_id = %(cohort)s AND member.role = 'learner'
        AND (%(search)s = '' OR login.name ILIKE %(search)s OR login.email ILIKE %(search)s
             OR (coalesce(login.name, '') = '' AND person.alias ILIKE %(search)s))
    )"""

_WORKS: Final = """
    assignment AS MATERIALIZED (
        SELECT assignment.*,
            coalesce((SELECT sum(points) FROM quizzes_assignmentquestion AS question
                      WHERE question.assignment_id = assignment.id), 0) AS points
        FROM quizzes_assignment AS assignment WHERE assignment.offering_id = %(offering)s
    ), allowance AS (
        SELECT DISTINCT ON (assignment_id, enrolment_id) assignment_id, enrolment_id, due_at, cut_off_at, is_excused
        FROM quizzes_allowance WHERE assignment_id IN (SELECT id FROM assignment)
        ORDER BY assignment_id, enrolment_id, id DESC
    ), work AS (
        SELECT learner.person_id, assignment.id AS assignment_id, assignment.category_id, assignment.weight,
            coalesce(mark.earned, 0)::float8 AS earned, coalesce(mark.marked, 0)::float8 AS marked,
            (assignment.points - coalesce(mark.excused, 0))::float8 AS countable, coalesce(mark.excused, 0) AS excused,
            coalesce(allowance.is_excused, false) OR assignment.points <= coalesce(mark.excused, 0) AS is_left_out,
            coalesce(allowance.is_excused, false) AS is_excused,
            assignment.opens_at <= %(now)s AS is_open, mark.submitted_at > due.at AS is_late,
            %(now)s > greatest(due.at, coalesce(
                allowance.cut_off_at, assignment.cut_off_at + shift.missed)) AS is_over
        FROM learner
        CROSS JOIN assignment
        LEFT JOIN quizzes_assignmentmark AS mark
            ON mark.enrolment_id = learner.enrolment_id AND mark.assignment_id = assignment.id
        LEFT JOIN allowance
            ON allowance.enrolment_id = learner.enrolment_id AND allowance.assignment_id = assignment.id
        CROSS JOIN LATERAL (
            SELECT greatest(interval '0', learner.joined_at - assignment.opens_at) AS missed
        ) AS shift
        CROSS JOIN LATERAL (SELECT coalesce(allowance.due_at, assignment.due_at + shift.missed) AS at) AS due
    ), score AS (
        SELECT work.*, CASE
            WHEN is_left_out THEN NULL WHEN is_over THEN earned / countable WHEN marked > 0 THEN earned / marked
        END AS share
        FROM work
    )"""

_TOTALS: Final = """
    ranked AS (
        SELECT person_id, category_id, weight::float8 AS weight, share,
            row_number() OVER (PARTITION BY person_id, category_id ORDER BY share, weight DESC, assignment_id) AS place,
            count(*) OVER (PARTITION BY person_id, category_id) AS many
        FROM score WHERE share IS NOT NULL AND weight > 0
    ), part AS (
        SELECT ranked.person_id, category.weight::float8 AS weight,
            sum(ranked.weight * share) / sum(ranked.weight) AS share
        FROM ranked JOIN quizzes_gradecategory AS category ON category.id = ranked.category_id
        WHERE place > least(category.drop_lowest, many - 1) AND category.weight > 0
        GROUP BY ranked.person_id, category.id
    ), total AS (
        SELECT person_id, sum(weight * share) / sum(weight) AS share FROM part GROUP BY person_id
    )"""

_FLAGS: Final = {
    Flag.LATE: "is_late",
    Flag.MISSING: "is_over AND NOT is_left_out AND marked < countable",
    Flag.EXCUSED: "is_excused OR excused > 0",
    Flag.UNGRADED: "is_open AND NOT is_over AND NOT is_left_out AND marked < countable",
}


def learners_listed(
    offering: Offering, listing: Listing, *, now: datetime, limit: int | None, offset: int = 0
) -> tuple[tuple[Learner, ...], int]:
    """Return a stretch of the learners asked for, and how many there are in all; one query.

    Without a limit all are returned. Past the end nobody is, and nobody counted. Of equals the name decides, whatever
    the direction.
    """
    tables, joins, conditions = [_LEARNERS], "", "true"
    order = "lower(name)"
    if listing.flag is not None or listing.sort != "name":
        tables.append(_WORKS)
    if listing.flag is not None:
        flagged = f"SELECT person_id FROM score WHERE ({_FLAGS[listing.flag]})"  # noqa: S608 - ours alone
        narrowed = " AND assignment_id = %(assignment)s" if listing.assignment_id else ""
        conditions = f"person_id IN ({flagged}{narrowed})"
    if listing.sort == "total":
        tables.append(_TOTALS)
        joins, order = "LEFT JOIN total USING (person_id)", "share"
    elif listing.sort != "name":
        joins, order = (
            "LEFT JOIN (SELECT * FROM score WHERE assignment_id = %(sort)s) AS sorted USING (person_id)",
            "share",
        )
    direction = "DESC" if listing.descending else "ASC"
    statement = (
        f"WITH {', '.join(tables)} "  # noqa: S608 - put together from constants; what was asked is passed apart
        "SELECT person_id, name, email, enrolment_id, joined_at, count(*) OVER () "
        f"FROM learner {joins} WHERE {conditions} "
        f"ORDER BY {order} {direction} NULLS LAST, lower(name), person_id LIMIT %(limit)s OFFSET %(offset)s"
    )
    given: dict[str, Any] = {
        "offering": offering.pk,
        "cohort": offering.cohort_id,
        "offered_at": offering.created_at,
        "search": _pattern(listing.search),
        "assignment": listing.assignment_id,
        "sort": listing.sort,
        "now": now,
        "limit": limit,
        "offset": offset,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        rows = cursor.fetchall()
    return tuple(Learner(*row[:-1]) for row in rows), rows[0][-1] if rows else 0


def _pattern(search: str) -> str:
    """Return what matches text that holds the words as they stand; empty for none."""
    words = search.strip().replace("\0", "")
    escaped = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%" if words else ""
