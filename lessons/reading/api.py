"""The API's views of this room: courses, one's own progress, and for staff a cohort's."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import HasPerson, person_of
from lessons.reading import selectors
from lessons.reading.forms import page_number
from lessons.reading.serializers import CohortSerializer, OfferingSerializer, ProgressSerializer


class OfferingsView(APIView):
    """The courses that the asker can see."""

    permission_classes = (AllowAny,)

    @extend_schema(
        responses=OfferingSerializer(many=True), operation_id="offerings_list", summary="The courses you can read"
    )
    def get(self, request: Request) -> Response:
        """Return the courses, the asker's cohorts' first."""
        return Response(OfferingSerializer(selectors.courses_for(person_of(request)), many=True).data)


class ProgressView(APIView):
    """The asker's progress in an offering."""

    permission_classes = (HasPerson,)

    @extend_schema(responses=ProgressSerializer, operation_id="progress", summary="Your progress in a course")
    def get(self, request: Request, slug: str) -> Response:
        """Return how far the asker is in each chapter and section."""
        page = selectors.outline_page(person=person_of(request), slug=slug)
        return Response(ProgressSerializer(page).data)


class CohortView(APIView):
    """A cohort's progress, for its staff."""

    permission_classes = (HasPerson,)

    @extend_schema(
        responses=CohortSerializer,
        operation_id="cohort",
        summary="Your cohort's progress and where it is stuck",
        parameters=[
            OpenApiParameter("page", int, description="Which page of learners, from 1."),
            OpenApiParameter("chapter", str, description="Whose sections; without it, the chapter with most answers."),
        ],
    )
    def get(self, request: Request, slug: str) -> Response:
        """Return one page of learners by name."""
        page = selectors.cohort_page(
            person=person_of(request),
            slug=slug,
            page=page_number(request.query_params.get("page", "")),
            chapter=request.query_params.get("chapter", ""),
        )
        return Response(CohortSerializer(page).data)
