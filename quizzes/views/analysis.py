"""The page of how each question measures, for staff of a cohort."""

from __future__ import annotations

import csv
import io
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.sessions import person_of
from quizzes.selectors.analysis import analysis_page, analysis_table
from quizzes.selectors.staff import staffed_offering
from quizzes.services.analysis import order_analysis
from quizzes.views.asking import known_person


@require_safe
@never_cache
def analysis(request: HttpRequest, offering: str) -> HttpResponse:
    """Show each question's figures, or that there are none yet, or why not."""
    page = analysis_page(person=person_of(request), slug=offering, sort=request.GET.get("sort", ""))
    return render(request, "quizzes/analysis/page.html", {"page": page})


@require_safe
@never_cache
def table(request: HttpRequest, offering: str) -> HttpResponse:
    """Send the figures as CSV."""
    page = analysis_page(person=person_of(request), slug=offering, sort=request.GET.get("sort", ""))
    text = io.StringIO()
    csv.writer(text).writerows(analysis_table(page))
    headers = {"Content-Disposition": f'attachment; filename="{page.offering.slug}-questions.csv"'}
    return HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


@require_POST
@never_cache
def order(request: HttpRequest, offering: str) -> HttpResponse:
    """Have the figures computed."""
    person = known_person(request)
    where = staffed_offering(person, offering)
    order_analysis(offering=where, actor=person, now=timezone.now())
    return HttpResponseRedirect(reverse("quizzes:analysis", args=[where.slug]), status=HTTPStatus.SEE_OTHER)
