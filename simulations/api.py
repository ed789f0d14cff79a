"""The API of simulations: models, single states, predictions, runs, discoveries."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import HasPerson, person_of, require_person
from accounts.sessions import ensure_person
from lessons.catalogue.models import Enrolment
from lessons.catalogue.selectors import offering_visible_to
from lessons.catalogue.services import enrolment_for_write
from simulations import engine, selectors, services
from simulations.forms import page_of
from simulations.immutable import answer_once, kept, redirect_to, single_values
from simulations.models import Run
from simulations.policy import read_state
from simulations.serializers import (
    CohortCloudSerializer,
    DiscoverySerializer,
    ExplanationSerializer,
    ModelSerializer,
    NewDiscoverySerializer,
    NewPredictionSerializer,
    NewRunSerializer,
    PredictionSerializer,
    RunSerializer,
    RunsPageSerializer,
)

CHECK_AGAIN = "private, no-cache"


@require_safe
def evaluate(request: HttpRequest, version: str, model: str) -> HttpResponseBase:
    """Return the result of one state of a model: the same bytes for everybody, to be kept for ever.

    Reads no session and sets no cookie. Parameters not in canonical form, and another engine version, redirect to
    the canonical address. A client that has the result is told so without computing anything.
    """
    state = read_state(model, single_values(request.GET))
    is_current = version == engine.VERSION
    if not is_current or request.META["QUERY_STRING"] != state.query:
        canonical = f"{reverse('api-evaluate', args=(engine.VERSION, model))}?{state.query}"
        return redirect_to(canonical, is_current=is_current)
    return answer_once(
        request,
        tag=f'"{state.digest}"',
        body=lambda: selectors.evaluated(state),
        content_type="application/json",
    )


class ModelsView(APIView):
    """The models there are."""

    @extend_schema(
        responses=ModelSerializer(many=True), operation_id="models_list", summary="The simulations there are"
    )
    def get(self, request: Request) -> Response:
        """Return every model."""
        return Response([asdict(card) for card in selectors.model_cards()])


class ModelView(APIView):
    """One model."""

    @extend_schema(responses=ModelSerializer, operation_id="models_get", summary="One simulation and its inputs")
    def get(self, request: Request, name: str) -> Response:
        """Return one model."""
        return Response(asdict(selectors.model_card(name)))


class PredictionsView(APIView):
    """Predictions."""

    @extend_schema(
        request=NewPredictionSerializer,
        responses={201: PredictionSerializer},
        operation_id="predictions_commit",
        summary="Lock an interval or a guess before the first look; the first for a prompt stands",
    )
    def post(self, request: Request) -> Response:
        """Lock a prediction and return it with the truth."""
        given = _checked(NewPredictionSerializer(data=request.data))
        prediction = services.commit_prediction(
            enrolment=_enrolment(request, given["offering"]),
            model=given["model"],
            prompt=given["prompt"],
            low=given["low"],
            high=given["high"],
            guess=given["guess"],
            item_key=given["item"],
            now=timezone.now(),
        )
        view = selectors.prediction_view(person=person_of(request), prediction_id=prediction.pk)
        return Response(view.to_json(), status=status.HTTP_201_CREATED)


class PredictionView(APIView):
    """One prediction."""

    permission_classes = (HasPerson,)

    @extend_schema(responses=PredictionSerializer, operation_id="predictions_get", summary="A locked prediction")
    def get(self, request: Request, prediction_id: uuid.UUID) -> Response:
        """Return a prediction."""
        return Response(selectors.prediction_view(person=person_of(request), prediction_id=prediction_id).to_json())

    @extend_schema(
        request=ExplanationSerializer,
        responses=PredictionSerializer,
        operation_id="predictions_explain",
        summary="Say why, after the truth was seen",
    )
    def patch(self, request: Request, prediction_id: uuid.UUID) -> Response:
        """Keep cause and explanation."""
        given = _checked(ExplanationSerializer(data=request.data))
        person = require_person(request)
        services.explain_prediction(
            prediction_id=prediction_id,
            actor=person,
            cause=given["cause"],
            explanation=given["explanation"],
            now=timezone.now(),
        )
        return Response(selectors.prediction_view(person=person, prediction_id=prediction_id).to_json())


class GuessesView(APIView):
    """How a cohort guessed."""

    @extend_schema(
        responses=CohortCloudSerializer,
        operation_id="guesses_get",
        summary="How the others of your cohort guessed, once your own answer is locked; counted in fives",
    )
    def get(self, request: Request, offering: str, model: str) -> Response:
        """Return the spread of the cohort's guesses, or none."""
        person = person_of(request)
        cloud = selectors.cohort_cloud(person=person, offering=offering_visible_to(person, offering), model=model)
        return Response(asdict(cloud))


class RunsView(APIView):
    """Runs."""

    throttle_scope = "run"

    @extend_schema(
        responses=RunsPageSerializer,
        parameters=[OpenApiParameter("page", int, description="Which page of runs, from 1.")],
        operation_id="runs_list",
        summary="Your runs, the latest first, without their results",
    )
    def get(self, request: Request) -> Response:
        """Return one page of the asker's own runs."""
        page = selectors.runs_of(
            person=require_person(request), page=page_of(request.query_params.get("page", "")), now=timezone.now()
        )
        return Response(page.to_json())

    @extend_schema(
        request=NewRunSerializer,
        responses={202: RunSerializer},
        parameters=[
            OpenApiParameter(
                "Idempotency-Key",
                str,
                OpenApiParameter.HEADER,
                required=True,
                description="A name for this request, at most 80 characters: sent again, it returns the same run.",
            )
        ],
        operation_id="runs_request",
        summary="Ask for a run; workers draw it in the background",
    )
    def post(self, request: Request) -> Response:
        """Keep the request and return the run, whether or not the queue can be reached."""
        given = _checked(NewRunSerializer(data=request.data))
        run = services.request_run(
            enrolment=_enrolment(request, given["offering"]),
            model=given["model"],
            parameters=given["parameters"],
            requests=given["requests"],
            seed=given["seed"],
            item_key=given["item"],
            idempotency_key=request.headers.get("Idempotency-Key", ""),
            now=timezone.now(),
        )
        return _run_response(request, run, status_code=status.HTTP_202_ACCEPTED)


class RunView(APIView):
    """One run."""

    permission_classes = (HasPerson,)

    @extend_schema(
        responses={200: RunSerializer, 304: None},
        operation_id="runs_get",
        summary="How far a run is; poll it with If-None-Match",
    )
    def get(self, request: Request, run_id: uuid.UUID) -> HttpResponseBase:
        """Return a run, or 304 while nothing but the clock moved on."""
        view = selectors.run_view(person=person_of(request), run_id=run_id, now=timezone.now())
        unchanged = get_conditional_response(request._request, etag=view.etag)
        response = Response(view.to_json()) if unchanged is None else unchanged
        response.headers["ETag"] = view.etag
        return kept(response, CHECK_AGAIN)


class CancelRunView(APIView):
    """Leaving a run."""

    permission_classes = (HasPerson,)

    @extend_schema(request=None, responses=RunSerializer, operation_id="runs_cancel", summary="Cancel a run")
    def post(self, request: Request, run_id: uuid.UUID) -> Response:
        """Cancel the run; what is drawn is kept."""
        run = services.cancel_run(run_id=run_id, actor=require_person(request), now=timezone.now())
        return _run_response(request, run)


class RestartRunView(APIView):
    """Coming back to a run."""

    permission_classes = (HasPerson,)

    @extend_schema(request=None, responses=RunSerializer, operation_id="runs_restart", summary="Restart a run")
    def post(self, request: Request, run_id: uuid.UUID) -> Response:
        """Restart the run from what is drawn."""
        run = services.restart_run(run_id=run_id, actor=require_person(request), now=timezone.now())
        return _run_response(request, run)


class DiscoveriesView(APIView):
    """Discoveries."""

    @extend_schema(
        request=NewDiscoverySerializer,
        responses={201: DiscoverySerializer},
        operation_id="discoveries_claim",
        summary="Claim a discovery; the engine checks that the parameters show it",
    )
    def post(self, request: Request) -> Response:
        """Keep a discovery."""
        given = _checked(NewDiscoverySerializer(data=request.data))
        discovery = services.record_discovery(
            enrolment=_enrolment(request, given["offering"]),
            model=given["model"],
            experiment=given["experiment"],
            parameters=given["parameters"],
            item_key=given["item"],
            now=timezone.now(),
        )
        return Response(DiscoverySerializer(discovery).data, status=status.HTTP_201_CREATED)


def _checked(serializer: Any) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    given: dict[str, Any] = serializer.validated_data
    return given


def _enrolment(request: Request, offering_slug: str) -> Enrolment:
    """Return the asker's enrolment for something that is to be kept; a visitor becomes a guest."""
    offering = offering_visible_to(person_of(request), offering_slug)
    person = ensure_person(request._request)
    return enrolment_for_write(person=person, offering=offering, now=timezone.now())


def _run_response(request: Request, run: Run, status_code: int = status.HTTP_200_OK) -> Response:
    view = selectors.run_view(person=person_of(request), run_id=run.pk, now=timezone.now())
    headers = {"Location": reverse("api-run", args=(run.pk,)), "ETag": view.etag, "Cache-Control": CHECK_AGAIN}
    return Response(view.to_json(), status=status_code, headers=headers)
