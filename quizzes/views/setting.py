"""Where staff set work, see how far everybody is, extend, excuse, and post grades."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Person
from accounts.sessions import person_of
from lessons.catalogue.models import Offering
from lessons.catalogue.selectors import offering_visible_to
from quizzes import policy, services
from quizzes.assignment_forms import (
    AllowanceForm,
    AssignmentForm,
    CategoryForm,
    ExtraTimeForm,
    QuestionPicker,
    initial_of,
)
from quizzes.errors import AssignmentNotFound, InvalidAssignment
from quizzes.forms import page_number
from quizzes.models import Assignment
from quizzes.selectors import questions_on_page, set_work
from quizzes.selectors.rules import rules_of
from quizzes.selectors.staff import staffed_offering
from quizzes.selectors.words import plain
from quizzes.services import AssignmentTerms
from quizzes.views.asking import known_person

READ_OR_SEND = ["GET", "HEAD", "POST"]


def offering_of_staff(person: Person | None, slug: str) -> Offering | None:
    """Return an offering to staff of its cohort, None to anybody else who can see it; raises catalogue's NotFound."""
    offering = offering_visible_to(person, slug)
    return offering if policy.may_teach(person, offering) else None


@require_http_methods(READ_OR_SEND)
@never_cache
def new_assignment(request: HttpRequest, offering: str) -> HttpResponse:
    """Set a new assignment."""
    person = known_person(request)
    where = staffed_offering(person, offering)

    def save(terms: AssignmentTerms) -> Assignment:
        return services.create_assignment(offering=where, terms=terms, actor=person, now=timezone.now())

    return _form_page(request, where, None, save)


@require_http_methods(READ_OR_SEND)
@never_cache
def edit_assignment(request: HttpRequest, offering: str, assignment_id: UUID) -> HttpResponse:
    """Change an assignment, as far as learners who have started it were not promised otherwise."""
    person = known_person(request)
    assignment = set_work.staffed_assignment(person, offering, assignment_id)

    def save(terms: AssignmentTerms) -> Assignment:
        return services.update_assignment(assignment_id=assignment_id, terms=terms, actor=person, now=timezone.now())

    return _form_page(request, assignment.offering, assignment, save)


@require_safe
@never_cache
def overview(request: HttpRequest, offering: str, assignment_id: UUID) -> HttpResponse:
    """Show who has started, handed in, is late or missing."""
    now = timezone.now()
    assignment = set_work.staffed_assignment(person_of(request), offering, assignment_id)
    services.end_sittings(now=now, assignment_id=assignment_id)
    page = set_work.assignment_overview(assignment, page=page_number(request.GET.get("page", "")), now=now)
    return render(request, "quizzes/assignments/overview.html", {"page": page, "now": now})


@require_safe
@never_cache
def preview(request: HttpRequest, offering: str, assignment_id: UUID) -> HttpResponse:
    """Show an assignment as its learners see it, with variants that nobody is given; nothing can be sent."""
    assignment = set_work.staffed_assignment(person_of(request), offering, assignment_id)
    keys = list(assignment.questions.order_by("position").values_list("item__key", flat=True))
    cards = questions_on_page(
        enrolment=None, revision=assignment.offering.revision, item_keys=keys, offering=assignment.offering
    )
    context = {
        "assignment": assignment,
        "slug": offering,
        "cohort": assignment.offering.cohort,
        "rules": rules_of(assignment, extra_time_percent=0, questions=len(keys)),
        "cards": cards.values(),
    }
    return render(request, "quizzes/assignments/preview.html", context)


@require_POST
@never_cache
def post_grades(request: HttpRequest, offering: str, assignment_id: UUID) -> HttpResponse:
    """Show an assignment's grades to its learners, or hold them back again."""
    person = known_person(request)
    assignment = set_work.staffed_assignment(person, offering, assignment_id)
    if request.POST.get("posted") == "yes":
        services.post_grades(assignment_id=assignment_id, actor=person, now=timezone.now())
        messages.success(request, f"The grades of “{assignment.title}” are posted: its learners see them now.")
    else:
        services.withdraw_grades(assignment_id=assignment_id, actor=person)
        messages.success(request, f"The grades of “{assignment.title}” are held again: its learners do not see them.")
    return redirect("quizzes:assignment-overview", offering, assignment_id)


@require_http_methods(READ_OR_SEND)
@never_cache
def allowance(request: HttpRequest, offering: str, assignment_id: UUID, person_id: UUID) -> HttpResponse:
    """Show one learner's times, and give them an extension or an excuse."""
    person, now = known_person(request), timezone.now()
    assignment = set_work.staffed_assignment(person, offering, assignment_id)
    page = set_work.learner_allowances(assignment, person_id=person_id, now=now)
    form = AllowanceForm(request.POST if request.method == "POST" else None, zone=page.time_zone)
    if form.is_valid():
        try:
            services.grant_allowance(
                assignment_id=assignment_id,
                person_id=person_id,
                terms=form.terms(),
                actor=person,
                now=now,
                idempotency_key=request.POST.get("idempotency_key", ""),
            )
        except InvalidAssignment as refused:
            for fault in refused.faults:
                form.add_error(fault.field, fault.message)
        else:
            messages.success(request, f"{page.line.name}'s times for “{assignment.title}” are changed.")
            return redirect("quizzes:assignment-overview", offering, assignment_id)
    extra = ExtraTimeForm(initial={"extra_time_percent": page.line.extra_time_percent})
    return _learner_page(request, page, form, extra)


@require_POST
@never_cache
def extra_time(request: HttpRequest, offering: str, assignment_id: UUID, person_id: UUID) -> HttpResponse:
    """Give a learner more time in everything that is timed."""
    person, now = known_person(request), timezone.now()
    assignment = set_work.staffed_assignment(person, offering, assignment_id)
    page = set_work.learner_allowances(assignment, person_id=person_id, now=now)
    form = ExtraTimeForm(request.POST)
    if form.is_valid():
        percent = form.cleaned_data["extra_time_percent"] or 0
        try:
            services.set_extra_time(
                offering=assignment.offering, person_id=person_id, percent=percent, actor=person, now=now
            )
        except InvalidAssignment as refused:
            form.add_error("extra_time_percent", str(refused))
        else:
            messages.success(request, f"{page.line.name} has {percent}% extra time from now on.")
            return redirect("quizzes:allowance", offering, assignment_id, person_id)
    return _learner_page(request, page, AllowanceForm(zone=page.time_zone), form)


@require_http_methods(READ_OR_SEND)
@never_cache
def category(request: HttpRequest, offering: str, category_id: UUID) -> HttpResponse:
    """Change a category's title, weight and drops."""
    person = known_person(request)
    where = staffed_offering(person, offering)
    found = where.grade_categories.filter(pk=category_id).first()
    if found is None:
        raise AssignmentNotFound
    initial = {
        "category_title": found.title,
        "category_weight": plain(found.weight),
        "category_drop_lowest": found.drop_lowest,
    }
    form = CategoryForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            services.update_category(category_id=category_id, terms=form.terms(), actor=person)
        except InvalidAssignment as refused:
            for fault in refused.faults:
                form.add_error(fault.field, fault.message)
        else:
            messages.success(request, f"“{form.cleaned_data['category_title']}” is changed; totals follow.")
            return redirect("quizzes:assignments", offering)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"form": form, "category": found, "slug": offering}
    return render(request, "quizzes/assignments/category.html", context, status=status)


def _form_page(
    request: HttpRequest,
    offering: Offering,
    assignment: Assignment | None,
    save: Callable[[AssignmentTerms], Assignment],
) -> HttpResponse:
    """Show the form, take in ticked questions without judging the rest, or save."""
    if request.method != "POST":
        form = AssignmentForm(initial=initial_of(assignment, offering, now=timezone.now()), offering=offering)
        return _show_form(request, offering, assignment, form, QuestionPicker.of(offering, assignment))
    picker = QuestionPicker.from_post(offering, request.POST)
    if request.POST.get("action") == "arrange":
        form = AssignmentForm(initial=request.POST.dict(), offering=offering)
        return _show_form(request, offering, assignment, form, picker)
    form = AssignmentForm(request.POST, offering=offering)
    try:
        questions = picker.questions()
    except forms.ValidationError as refused:
        form.add_error(None, refused)
        questions = ()
    if form.is_valid():
        try:
            saved = save(form.terms(questions))
        except InvalidAssignment as refused:
            form.add_faults(refused)
        else:
            messages.success(request, f"“{saved.title}” is saved.")
            for note in form.notes:
                messages.info(request, note)
            return redirect("quizzes:assignment-overview", offering.slug, saved.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return _show_form(request, offering, assignment, form, picker, status=status)


def _show_form(
    request: HttpRequest,
    offering: Offering,
    assignment: Assignment | None,
    form: AssignmentForm,
    picker: QuestionPicker,
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    context = {
        "slug": offering.slug,
        "cohort": offering.cohort,
        "assignment": assignment,
        "started": set_work.started_count(assignment) if assignment else 0,
        "form": form,
        "picker": picker,
    }
    return render(request, "quizzes/assignments/form.html", context, status=status)


def _learner_page(
    request: HttpRequest, page: set_work.LearnerAllowances, form: AllowanceForm, extra: ExtraTimeForm
) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound or extra.is_bound else HTTPStatus.OK
    context = {"page": page, "form": form, "extra": extra, "idempotency_key": uuid.uuid4().hex}
    return render(request, "quizzes/assignments/learner.html", context, status=status)
