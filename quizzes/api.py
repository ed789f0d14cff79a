"""The API's views of attempts and assignments: open one, read it, keep a draft, submit an answer; what is set."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import HasPerson, person_of, require_person
from lessons.catalogue.selectors import offering_visible_to
from lessons.catalogue.services import enrolment_for_write
from quizzes import services
from quizzes.selectors import attempt_view
from quizzes.selectors.assignment_pages import assignment_list
from quizzes.serializers import (
    AssignmentSerializer,
    AttemptSerializer,
    DraftSerializer,
    NewAttemptSerializer,
    SubmitSerializer,
)

IDEMPOTENCY_KEY = "Idempotency-Key"


class AttemptsView(APIView):
    """Attempts of the asker."""

    permission_classes = (HasPerson,)

    @extend_schema(
        request=NewAttemptSerializer,
        responses=AttemptSerializer,
        operation_id="attempts_open",
        summary="Begin a question, or go on with it",
    )
    def post(self, request: Request) -> Response:
        """Return the asker's attempt at a question, opened if there was none."""
        wanted = NewAttemptSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        person, now = require_person(request), timezone.now()
        offering = offering_visible_to(person, wanted.validated_data["offering"])
        attempt = services.open_attempt(
            enrolment=enrolment_for_write(person=person, offering=offering, now=now),
            item_key=wanted.validated_data["item"],
            actor=person,
            now=now,
        )
        return _attempt(request, attempt.pk)


class AttemptView(APIView):
    """One attempt."""

    @extend_schema(responses=AttemptSerializer, operation_id="attempts_read", summary="An attempt, its tries and grade")
    def get(self, request: Request, attempt_id: UUID) -> Response:
        """Return an attempt of the asker's, or of somebody whom they teach."""
        return _attempt(request, attempt_id)


class DraftView(APIView):
    """What is typed in an attempt and not submitted."""

    permission_classes = (HasPerson,)

    @extend_schema(
        request=DraftSerializer, responses=DraftSerializer, operation_id="attempts_draft", summary="Keep a draft"
    )
    def put(self, request: Request, attempt_id: UUID) -> Response:
        """Keep a draft, if it is newer than the one that is kept."""
        sent = DraftSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        draft = services.save_draft(
            attempt_id=attempt_id,
            actor=require_person(request),
            variant_id=sent.validated_data["variant"],
            sequence=sent.validated_data["sequence"],
            answer=sent.validated_data["answer"],
            confidence=sent.validated_data.get("confidence", ""),
            now=timezone.now(),
        )
        kept = {
            "variant": draft.variant_id,
            "sequence": draft.sequence,
            "answer": draft.answer,
            "saved_at": draft.saved_at,
        }
        return Response(DraftSerializer(kept).data, headers={"Cache-Control": "no-store"})


class SubmitView(APIView):
    """Submitting an answer."""

    permission_classes = (HasPerson,)

    @extend_schema(
        request=SubmitSerializer,
        responses=AttemptSerializer,
        parameters=[
            OpenApiParameter(
                IDEMPOTENCY_KEY,
                str,
                OpenApiParameter.HEADER,
                required=True,
                description="Up to 80 characters, the same when a submit is repeated: both have one effect.",
            )
        ],
        operation_id="attempts_submit",
        summary="Submit an answer to the current variant",
    )
    def post(self, request: Request, attempt_id: UUID) -> Response:
        """Grade an answer; the returned attempt holds its step and, where tries are left, a fresh variant."""
        sent = SubmitSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        services.submit_step(
            attempt_id=attempt_id,
            actor=require_person(request),
            variant_id=sent.validated_data["variant"],
            idempotency_key=request.headers.get(IDEMPOTENCY_KEY, ""),
            answer=sent.validated_data["answer"],
            confidence=sent.validated_data["confidence"],
            now=timezone.now(),
        )
        return _attempt(request, attempt_id)


class AssignmentsView(APIView):
    """What an offering's learners have been set."""

    permission_classes = (HasPerson,)

    @extend_schema(
        responses=AssignmentSerializer(many=True), operation_id="assignments", summary="Your assignments in a course"
    )
    def get(self, request: Request, slug: str) -> Response:
        """Return the assignments by due time, each with the asker's own times and where they stand."""
        page = assignment_list(person=require_person(request), slug=slug, now=timezone.now())
        answer = AssignmentSerializer(page.assignments, many=True)
        return Response(answer.data, headers={"Cache-Control": "no-store"})


def _attempt(request: Request, attempt_id: UUID) -> Response:
    view = attempt_view(person=person_of(request), attempt_id=attempt_id, now=timezone.now())
    return Response(AttemptSerializer(view).data, status=status.HTTP_200_OK, headers={"Cache-Control": "no-store"})
