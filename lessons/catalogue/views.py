"""The pages of this room, for staff of a bootcamp: its cohorts and courses, and which revision a cohort reads."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import InvalidDates, SlugTaken
from accounts.models import Cohort, Organisation, Person
from accounts.policy import require_manager
from accounts.selectors import staffed_cohort, staffed_organisation
from accounts.sessions import person_of
from lessons.catalogue import revisions, services, uploads
from lessons.catalogue.errors import CatalogueError, RevisionOvertaken, UploadsWait, UploadTooLarge
from lessons.catalogue.forms import CohortForm
from lessons.catalogue.models import Offering
from lessons.content.archive import LARGEST_ARCHIVE

NUMBER: Final = re.compile(r"[0-9]{1,9}")


@require_safe
@never_cache
def bootcamp(request: HttpRequest, school: str) -> HttpResponse:
    """Show a bootcamp to its staff: cohorts with the way to invitations, and its own courses."""
    return render(
        request, "catalogue/bootcamp.html", {"page": revisions.bootcamp_page(person=person_of(request), slug=school)}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def new_cohort(request: HttpRequest, school: str) -> HttpResponse:
    """Make a cohort of a bootcamp that one runs, and go where its people are invited."""
    person = person_of(request)
    organisation = staffed_organisation(person=person, slug=school)
    require_manager(_known(person), organisation)
    form = CohortForm(
        request.POST if request.method == "POST" else None,
        revisions=revisions.revisions_to_begin_with(organisation),
        initial={"time_zone": _known(person).time_zone},
    )
    made = _made(form, organisation, actor=_known(person)) if form.is_valid() else None
    if made is None:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return render(request, "catalogue/new_cohort.html", {"organisation": organisation, "form": form}, status=status)
    cohort, offering = made
    invitations = reverse("accounts:invitations", args=[cohort.pk])
    reads = f" and reads {offering.revision.title} at /learn/{offering.slug}/" if offering is not None else ""
    messages.success(
        request,
        f"{cohort} is made{reads}. Invite its people here, now or later: this page stays at "
        f"{request.build_absolute_uri(invitations)}",
    )
    return _see(invitations)


def _made(form: CohortForm, organisation: Organisation, *, actor: Person) -> tuple[Cohort, Offering | None] | None:
    """Return the cohort that a valid form asks for, with what it reads; None where the form then says why not."""
    asked = form.cleaned_data
    try:
        return services.begin_cohort(
            organisation=organisation,
            name=asked["name"],
            starts_on=asked["starts_on"],
            ends_on=asked["ends_on"],
            time_zone=asked["time_zone"],
            revision=form.chosen,
            actor=actor,
            now=timezone.now(),
        )
    except InvalidDates as refusal:
        form.add_error("ends_on", str(refusal))
    except SlugTaken:
        name = asked["name"]
        form.add_error(
            "name", f"{organisation} has another cohort at the address that “{name}” makes. Give this one another name."
        )
    except CatalogueError as refusal:
        form.add_error(None, f"{refusal} No cohort was made.")
    return None


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def upload(request: HttpRequest, school: str) -> HttpResponse:
    """Take a course in as an archive, and go where it is said what became of it."""
    person = person_of(request)
    organisation = staffed_organisation(person=person, slug=school)
    if request.method != "POST":
        return _upload(request, organisation)
    sent = request.FILES.get("archive")
    if sent is None:
        messages.error(request, "No file was chosen. Choose the archive of your course.")
        return _see(request.path)
    try:
        upload = uploads.send_course(
            organisation=organisation,
            name=sent.name or "archive",
            content=sent.read(LARGEST_ARCHIVE + 1),
            actor=_known(person),
            now=timezone.now(),
        )
    except UploadTooLarge as refusal:
        return _upload(request, organisation, refusal=str(refusal), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except UploadsWait as refusal:
        return _upload(request, organisation, refusal=str(refusal), status=HTTPStatus.CONFLICT)
    return _see(reverse("catalogue:sent", args=[school, upload.pk]))


def _upload(
    request: HttpRequest, organisation: Organisation, *, refusal: str = "", status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    context = {
        "organisation": organisation,
        "largest_mb": LARGEST_ARCHIVE // 1_000_000,
        "refusal": refusal,
        "uploads": revisions.uploads_of(organisation),
    }
    return render(request, "catalogue/upload.html", context, status=status)


@require_safe
@never_cache
def sent(request: HttpRequest, school: str, upload_id: UUID) -> HttpResponse:
    """Show what became of a course that was sent: still being checked, a revision, or every fault."""
    upload = revisions.own_upload(person=person_of(request), organisation=school, upload_id=upload_id)
    return render(request, "catalogue/sent.html", {"upload": upload, "largest_mb": LARGEST_ARCHIVE // 1_000_000})


@require_safe
@never_cache
def course(request: HttpRequest, school: str, course: str) -> HttpResponse:
    """Show a bootcamp's own course with its revisions and private links to them."""
    page = revisions.course_page(person=person_of(request), organisation=school, slug=course, now=timezone.now())
    return render(request, "catalogue/course.html", {"page": page})


@require_POST
def revoke_previews(request: HttpRequest, school: str, course: str, number: int) -> HttpResponse:
    """Take back every private link to a revision; the course's page makes a new one."""
    person = person_of(request)
    revision = revisions.own_revision(person=person, organisation=school, slug=course, number=number)
    services.revoke_previews(revision=revision, actor=_known(person), now=timezone.now())
    messages.success(
        request,
        f"The private links to revision {number} that were made until now open nothing any more. "
        "The link on this page is new: send that to whoever may still look.",
    )
    return _see(reverse("catalogue:course", args=[school, course]))


@require_safe
@never_cache
def compare(request: HttpRequest, school: str, course: str) -> HttpResponse:
    """Show what differs between two revisions of a bootcamp's own course."""
    page = revisions.compare_page(
        person=person_of(request),
        organisation=school,
        slug=course,
        before=_number(request.GET.get("before", "")),
        after=_number(request.GET.get("after", "")),
    )
    return render(request, "catalogue/compare.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def give(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Give a cohort a course: its bootcamp's own, or an open one."""
    person = person_of(request)
    cohort = staffed_cohort(person=person, cohort_id=cohort_id)
    if request.method != "POST":
        return render(request, "catalogue/give.html", {"page": revisions.give_page(cohort)})
    owner, _, slug = request.POST.get("course", "").partition("/")
    if not slug:
        context = {"page": revisions.give_page(cohort), "refusal": "No course was chosen. Choose one of these."}
        return render(request, "catalogue/give.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    offering = services.give_course(
        course=revisions.course_to_give(cohort, slug=slug, is_open=owner == "open"),
        cohort=cohort,
        actor=_known(person),
        now=timezone.now(),
    )
    messages.success(request, f"{cohort} has the course, at /learn/{offering.slug}/.")
    return _see(reverse("reading:outline", args=[offering.slug]))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def adopt(request: HttpRequest, offering: str) -> HttpResponse:
    """Show what another revision would change for a cohort, and let the cohort read it."""
    person = person_of(request)
    if request.method != "POST":
        return _adoption(request, offering, _number(request.GET.get("revision", "")))
    number = _number(request.POST.get("revision", ""))
    if number is None:
        raise Http404
    found, revision = revisions.revision_to_adopt(person=person, slug=offering, number=number)
    try:
        services.adopt_revision(
            offering=found,
            revision=revision,
            actor=_known(person),
            now=timezone.now(),
            compared_with=_number(request.POST.get("compared_with", "")),
        )
    except RevisionOvertaken as refusal:
        return _adoption(request, offering, number, refusal=str(refusal), status=HTTPStatus.CONFLICT)
    messages.success(request, f"Revision {number} is read from now on. What learners did is kept.")
    return _see(reverse("catalogue:adopt", args=[offering]))


def _adoption(
    request: HttpRequest, offering: str, number: int | None, *, refusal: str = "", status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    page = revisions.adoption_page(person=person_of(request), slug=offering, number=number, now=timezone.now())
    return render(request, "catalogue/adopt.html", {"page": page, "refusal": refusal}, status=status)


def _known(person: Person | None) -> Person:
    """Return whoever asks, who was found to be staff of something before."""
    assert person is not None, "a visitor is staff of nothing"
    return person


def _number(given: str) -> int | None:
    """Return a revision's number as an address or form states it; None where it states none."""
    return int(given) if NUMBER.fullmatch(given) else None


def _see(address: str) -> HttpResponse:
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)
