"""The gradebook for a cohort's staff, a learner's marks and their history, and one's own grades."""

from __future__ import annotations

from decimal import Decimal
from http import HTTPStatus
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Person
from accounts.sessions import person_of
from quizzes.errors import InvalidGrade, InvalidIdempotencyKey, NotFound
from quizzes.files import read_mark
from quizzes.forms import page_number
from quizzes.selectors.gradebook import STATUS_LETTERS, Asked, gradebook_page
from quizzes.selectors.roster import Flag, Listing
from quizzes.selectors.sheets import CellPage, cell_page, learner_sheet, own_sheet
from quizzes.selectors.staff import staffed_offering
from quizzes.services.gradebook import decide_mark
from quizzes.views.asking import is_fragment, known_person

MOST_SEARCHED = 80


@require_safe
@never_cache
def gradebook(request: HttpRequest, offering: str) -> HttpResponse:
    """Show a page of the cohort's gradebook."""
    asked = _asked(request.GET)
    page = gradebook_page(person=person_of(request), slug=offering, asked=asked, now=timezone.now())
    context = {"page": page, "flags": tuple(Flag), "kept": _kept(request.GET), "statuses": STATUS_LETTERS}
    return render(request, "quizzes/gradebook/gradebook.html", context)


@require_safe
@never_cache
def learner(request: HttpRequest, offering: str, person_id: UUID) -> HttpResponse:
    """Show staff how a learner's total is computed: as a page, or as a fragment for the gradebook's popover."""
    sheet = learner_sheet(person=person_of(request), slug=offering, learner_id=person_id, now=timezone.now())
    template = "sheet" if is_fragment(request) else "learner"
    return render(request, f"quizzes/gradebook/{template}.html", {"sheet": sheet, "for_staff": True})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def cell(request: HttpRequest, offering: str, person_id: UUID, assignment_id: UUID) -> HttpResponse:
    """Show the history of a learner's assignment, and set a mark by hand or excuse from it."""
    if request.method == "POST":
        return _decide(request, offering, person_id, assignment_id)
    page = _cell_page(request, offering, person_id, assignment_id)
    if is_fragment(request):
        return render(request, "quizzes/gradebook/history.html", {"page": page, "is_popover": True})
    return _cell(request, page)


@require_safe
@never_cache
def own_grades(request: HttpRequest, offering: str) -> HttpResponse:
    """Show a learner their own posted grades, how the total is computed, and the history of each mark."""
    sheet = own_sheet(person=person_of(request), slug=offering, now=timezone.now())
    return render(request, "quizzes/gradebook/grades.html", {"sheet": sheet, "for_staff": False})


def _asked(given: QueryDict) -> Asked:
    """Return what an address asks of the gradebook; what makes no sense is as if it were not there."""
    sort = given.get("sort", "")
    name = sort.removeprefix("-")
    column = _uuid(name)
    flag = given.get("show", "")
    return Asked(
        listing=Listing(
            search=given.get("q", "")[:MOST_SEARCHED],
            flag=Flag(flag) if flag in set(Flag) else None,
            assignment_id=_uuid(given.get("in", "")),
            sort=column or (name if name == "total" else "name"),
            descending=sort.startswith("-"),
        ),
        page=page_number(given.get("page", "")),
        expanded=_uuid(given.get("open", "")),
    )


def _kept(given: QueryDict) -> dict[str, str]:
    """Return the parts of the address that every link of the page keeps, unless it is about them."""
    kept = {name: given.get(name, "")[:MOST_SEARCHED] for name in ("q", "show", "in", "sort", "open")}
    return {name: value for name, value in kept.items() if value}


def _decide(request: HttpRequest, offering: str, person_id: UUID, assignment_id: UUID) -> HttpResponse:
    page = _cell_page(request, offering, person_id, assignment_id)
    sent = request.POST
    key = sent.get("question", "")
    try:
        count = decide_mark(
            offering=staffed_offering(person_of(request), offering),
            learner=Person(pk=page.person_id),
            assignment_id=assignment_id,
            item_key=key or None,
            fraction=_fraction(sent.get("mark", ""), page, key) if sent.get("do") != "excuse" else None,
            reason=sent.get("reason", ""),
            actor=known_person(request),
            now=timezone.now(),
            idempotency_key=sent.get("idempotency_key", ""),
        )
    except (InvalidGrade, InvalidIdempotencyKey) as refusal:
        return _cell(request, page, refusal=str(refusal), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    done = "excused from" if sent.get("do") == "excuse" else "set by hand for"
    what = "the question" if key else f"{count} question{'' if count == 1 else 's'}"
    messages.success(request, f"{page.name}: {done} {what}. The history keeps what stood before.")
    return HttpResponseRedirect(request.path, status=HTTPStatus.SEE_OTHER)


def _fraction(text: str, page: CellPage, key: str) -> Decimal:
    """Return the share that a typed mark comes to: points of what it is for, or percent; raises InvalidGrade."""
    worth = {question.key: question.worth for question in page.questions}
    points = worth.get(key) if key else sum(worth.values(), Decimal(0))
    if points is None:
        raise NotFound
    share = read_mark(text, points=points, decimal_comma="," in text)
    if not isinstance(share, Decimal):
        raise InvalidGrade(f"“{text[:20]}” is no mark. Write points from 0 to {points:f}, or percent such as 85%.")
    return share


def _cell_page(request: HttpRequest, offering: str, person_id: UUID, assignment_id: UUID) -> CellPage:
    return cell_page(
        person=person_of(request),
        slug=offering,
        learner_id=person_id,
        assignment_id=assignment_id,
        now=timezone.now(),
    )


def _cell(
    request: HttpRequest, page: CellPage, *, refusal: str = "", status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    """Show a cell as a page, with what was sent in its form where that was refused."""
    sent = request.POST if refusal else QueryDict()
    context = {
        "page": page,
        "refusal": refusal,
        "sent": sent,
        "idempotency_key": sent.get("idempotency_key") or uuid4().hex,
        "address": reverse("quizzes:gradebook", args=[page.slug]),
    }
    return render(request, "quizzes/gradebook/cell.html", context, status=status)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
