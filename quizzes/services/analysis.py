"""What orders an offering's item analysis, computes it on a worker and keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import DatabaseError, transaction
from django.db.models import Q

from accounts.models import Person
from lessons.catalogue.models import Offering
from lessons.catalogue.queue import publish, publish_on_commit
from quizzes import policy
from quizzes.errors import NotFound
from quizzes.models import AnalysisOrder, ItemAnalysis
from quizzes.policy.item_findings import ItemFigures, figures_of, with_slow_ones
from quizzes.selectors.first_tries import count_first_tries, first_tries

logger = structlog.get_logger(__name__)

ANALYSE_TASK: Final = "quizzes.analyse_questions"
QUIET: Final = timedelta(minutes=5)
"""An order that no worker has ended for this long is handed out again."""

MOST_STARTS: Final = 3
"""How often a worker may begin without ending before the order counts as failed."""

GREW_BY: Final = 0.05
GREW_AT_LEAST: Final = 20
"""More first tries, as a share and in number, that make an analysis stale enough to be computed anew by itself."""

LOOK_AGAIN_AFTER: Final = timedelta(hours=1)


@transaction.atomic
def order_analysis(*, offering: Offering, actor: Person, now: datetime) -> AnalysisOrder:
    """Have an offering's questions analysed; one that is under way is not begun again.

    Raises NotFound where the actor does not teach the cohort.
    """
    if not policy.may_teach(actor, offering):
        raise NotFound
    order, is_new = AnalysisOrder.objects.select_for_update(no_key=True).get_or_create(
        offering=offering, defaults={"asked_by": actor, "asked_at": now, "touched_at": now}
    )
    if is_new:
        publish_on_commit(ANALYSE_TASK, str(offering.pk))
    elif order.state != AnalysisOrder.State.ASKED:
        _ask(order, actor=actor, now=now)
    return order


def analyse_questions(*, offering_id: UUID, now: datetime) -> bool:
    """Compute what was ordered, and return whether it was; an order that was answered meanwhile is left.

    A failure is kept in words, so that the page can say it; what was computed before stays.
    """
    order = _begin(offering_id, now=now)
    if order is None:
        return False
    try:
        _compute(offering_id, now=now)
    except (DatabaseError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        logger.exception("analysis failed", offering=str(offering_id))
        _fail(offering_id, f"The figures could not be computed: {error}".strip()[:500])
        return False
    return True


def sweep_analyses(*, now: datetime) -> int:
    """Hand out again the orders that went quiet, and order anew where answers grew; return how many were handed out."""
    quiet = AnalysisOrder.objects.filter(state=AnalysisOrder.State.ASKED, touched_at__lte=now - QUIET)
    waiting = list(quiet.values_list("offering", flat=True))
    for offering_id in waiting:
        publish(ANALYSE_TASK, str(offering_id))
    aged = AnalysisOrder.objects.filter(
        Q(state=AnalysisOrder.State.COMPUTED), touched_at__lte=now - LOOK_AGAIN_AFTER
    ).select_related("offering")
    return len(waiting) + sum(_ask_where_grown(order, now=now) for order in aged)


def has_grown(order: AnalysisOrder, answers: int) -> bool:
    """Return whether so many first tries are enough more than were counted to count them again."""
    grown = answers - order.answers
    return grown >= GREW_AT_LEAST and grown >= GREW_BY * order.answers


@transaction.atomic
def _begin(offering_id: UUID, *, now: datetime) -> AnalysisOrder | None:
    orders = AnalysisOrder.objects.select_for_update(no_key=True)
    order = orders.filter(offering=offering_id, state=AnalysisOrder.State.ASKED).first()
    if order is None:
        return None
    if order.starts >= MOST_STARTS:
        order.state = AnalysisOrder.State.FAILED
        order.failure = (
            f"A worker began {order.starts} times and did not come to the end; there may be more answers than it has "
            "time for. What was computed before is kept."
        )
        order.save(update_fields=["state", "failure"])
        return None
    order.starts += 1
    order.touched_at = now
    order.save(update_fields=["starts", "touched_at"])
    return order


@transaction.atomic
def _compute(offering_id: UUID, *, now: datetime) -> None:
    """Count, infer and keep, in one transaction: readers see the analysis before it or after it."""
    offering = Offering.objects.get(pk=offering_id)
    figures = with_slow_ones(
        {str(item_id): figures_of(counted) for item_id, counted in count_first_tries(offering).items()}
    )
    _keep(offering, figures, now=now)
    AnalysisOrder.objects.filter(offering=offering).update(
        state=AnalysisOrder.State.COMPUTED,
        failure="",
        starts=0,
        computed_at=now,
        touched_at=now,
        answers=sum(each.answers for each in figures.values()),
    )


def _keep(offering: Offering, figures: Mapping[str, ItemFigures], *, now: datetime) -> None:
    ItemAnalysis.objects.filter(offering=offering).exclude(item__in=[UUID(item_id) for item_id in figures]).delete()
    ItemAnalysis.objects.bulk_create(
        [
            ItemAnalysis(
                offering=offering, item_id=UUID(item_id), answers=each.answers, result=asdict(each), computed_at=now
            )
            for item_id, each in figures.items()
        ],
        update_conflicts=True,
        unique_fields=["offering", "item"],
        update_fields=["answers", "result", "computed_at"],
    )


@transaction.atomic
def _fail(offering_id: UUID, reason: str) -> None:
    AnalysisOrder.objects.filter(offering=offering_id, state=AnalysisOrder.State.ASKED).update(
        state=AnalysisOrder.State.FAILED, failure=reason
    )


@transaction.atomic
def _ask_where_grown(order: AnalysisOrder, *, now: datetime) -> bool:
    if not has_grown(order, first_tries(order.offering)):
        order.touched_at = now
        order.save(update_fields=["touched_at"])
        return False
    _ask(order, actor=None, now=now)
    return True


def _ask(order: AnalysisOrder, *, actor: Person | None, now: datetime) -> None:
    order.state, order.failure, order.starts = AnalysisOrder.State.ASKED, "", 0
    order.asked_by, order.asked_at, order.touched_at = actor, now, now
    order.save()
    publish_on_commit(ANALYSE_TASK, str(order.offering_id))
