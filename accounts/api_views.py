"""The API's views of this room: who one is, and one's tokens."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import selectors, services
from accounts.api import HasBrowserLogin, HasPerson, require_person
from accounts.serializers import NewTokenSerializer, ProfileSerializer, TokenSecretSerializer, TokenSerializer


class MeView(APIView):
    """The person who asks."""

    permission_classes = (HasPerson,)

    @extend_schema(responses=ProfileSerializer, operation_id="me", summary="Who you are, and your roles")
    def get(self, request: Request) -> Response:
        """Return who the asker is, and their roles."""
        return Response(ProfileSerializer(selectors.profile_of(require_person(request))).data)


class TokensView(APIView):
    """The asker's API tokens."""

    permission_classes = (HasBrowserLogin,)

    @extend_schema(responses=TokenSerializer(many=True), operation_id="tokens_list", summary="Your API tokens")
    def get(self, request: Request) -> Response:
        """Return the asker's live tokens, without their secrets."""
        tokens = selectors.tokens_of(require_person(request), now=timezone.now())
        return Response(TokenSerializer(tokens, many=True).data)

    @extend_schema(
        request=NewTokenSerializer,
        responses={201: TokenSecretSerializer},
        operation_id="tokens_create",
        summary="Make an API token; its secret is in this answer and never again",
    )
    def post(self, request: Request) -> Response:
        """Make a token and return it with its secret."""
        wanted = NewTokenSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        person, now = require_person(request), timezone.now()
        days: int | None = wanted.validated_data["days"]
        token, secret = services.issue_token(
            person=person,
            name=wanted.validated_data["name"],
            actor=person,
            now=now,
            expires_at=None if days is None else now + timedelta(days=days),
        )
        answer: dict[str, Any] = {**TokenSerializer(token).data, "token": secret}
        return Response(answer, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})

    def get_throttles(self) -> list[Any]:
        """Limit making tokens more strictly than reading them."""
        if self.request.method == "POST":
            self.throttle_scope = "token"
        return super().get_throttles()


class TokenView(APIView):
    """One API token."""

    permission_classes = (HasBrowserLogin,)

    @extend_schema(responses={204: None}, operation_id="tokens_revoke", summary="Revoke an API token")
    def delete(self, request: Request, token_id: uuid.UUID) -> Response:
        """Revoke the token."""
        services.revoke_token(token_id=token_id, actor=require_person(request), now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
