"""Grades as files: out in the shapes of Canvas and Moodle, and back in after a look at what they would change."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.sessions import person_of
from quizzes.errors import GradeFileOvertaken, InvalidGradeFile
from quizzes.files import LARGEST_BYTES, MOST_ROWS, Shape
from quizzes.selectors.grade_exports import exported_rows
from quizzes.selectors.grade_imports import file_report
from quizzes.selectors.staff import staffed_offering
from quizzes.services.grade_files import apply_grade_file, keep_grade_file
from quizzes.views.asking import known_person

BYTE_ORDER_MARK = "\ufeff"
"""Excel reads a file as UTF-8 only where it begins with this."""

MOST_SHOWN = 400
"""Rows of a kind in a report; a form can send few more choices than that."""

ROWS_A_CHUNK = 100


@require_safe
@never_cache
def export(request: HttpRequest, offering: str) -> HttpResponseBase:
    """Send the gradebook as a file, row by row."""
    where = staffed_offering(person_of(request), offering)
    shape = Shape.MOODLE if request.GET.get("shape") == Shape.MOODLE else Shape.CANVAS
    is_comma = request.GET.get("separator") == "semicolon"
    now = timezone.now()
    rows = exported_rows(
        where, shape=shape, by_question=request.GET.get("by") == "question", now=now, decimal_comma=is_comma
    )
    name = f"{where.slug}-{shape}-{now:%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        _written(rows, separator=";" if is_comma else ","),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Accel-Buffering": "no"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def upload(request: HttpRequest, offering: str) -> HttpResponse:
    """Take a file in to be looked over; nothing is changed by it yet."""
    where = staffed_offering(person_of(request), offering)
    context = {"offering": where, "largest_mb": LARGEST_BYTES // 1_000_000, "most_rows": MOST_ROWS}
    if request.method != "POST":
        return render(request, "quizzes/gradebook/upload.html", context)
    sent = request.FILES.get("file")
    if sent is None:
        messages.error(request, "No file was chosen. Choose the CSV that you changed.")
        return HttpResponseRedirect(request.path, status=HTTPStatus.SEE_OTHER)
    try:
        kept = keep_grade_file(
            offering=where,
            name=sent.name or "",
            content=sent.read(LARGEST_BYTES + 1),
            actor=known_person(request),
            now=timezone.now(),
        )
    except InvalidGradeFile as refusal:
        context["refusal"] = str(refusal)
        return render(request, "quizzes/gradebook/upload.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return HttpResponseRedirect(_address(offering, kept.pk), status=HTTPStatus.SEE_OTHER)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def uploaded(request: HttpRequest, offering: str, file_id: UUID) -> HttpResponse:
    """Show what a file would change, and apply it."""
    if request.method != "POST":
        return _report(request, offering, file_id)
    where = staffed_offering(person_of(request), offering)
    try:
        apply_grade_file(
            offering=where,
            file_id=file_id,
            digest=request.POST.get("digest", ""),
            chosen=request.POST.getlist("take"),
            actor=known_person(request),
            now=timezone.now(),
        )
    except GradeFileOvertaken as refusal:
        return _report(request, offering, file_id, refusal=str(refusal), status=HTTPStatus.CONFLICT)
    return HttpResponseRedirect(_address(offering, file_id), status=HTTPStatus.SEE_OTHER)


def _report(
    request: HttpRequest, offering: str, file_id: UUID, *, refusal: str = "", status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    report = file_report(person=person_of(request), slug=offering, file_id=file_id, now=timezone.now())
    context = {"report": report, "refusal": refusal, "most": MOST_SHOWN}
    return render(request, "quizzes/gradebook/uploaded.html", context, status=status)


def _address(offering: str, file_id: UUID) -> str:
    return reverse("quizzes:uploaded-grades", args=[offering, file_id])


class _Lines(list[str]):
    """What a CSV writer writes to."""

    write = list.append


def _written(rows: Iterator[list[str]], *, separator: str) -> Iterator[str]:
    """Yield rows as text, a hundred at a time."""
    lines = _Lines([BYTE_ORDER_MARK])
    writer = csv.writer(lines, delimiter=separator)
    for row in rows:
        writer.writerow(row)
        if len(lines) >= ROWS_A_CHUNK:
            yield "".join(lines)
            lines.clear()
    yield "".join(lines)
