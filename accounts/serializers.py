"""The shapes in which the API speaks of people and tokens."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.models import Role

DEFAULT_DAYS = 90
MOST_DAYS = 3650


class MembershipSerializer(serializers.Serializer[Any]):
    """A role, and where it holds."""

    organisation = serializers.CharField(source="organisation_slug")
    cohort = serializers.CharField(source="cohort_slug", allow_blank=True)
    role = serializers.ChoiceField(choices=Role.choices)


class ProfileSerializer(serializers.Serializer[Any]):
    """A person as they see themself."""

    id = serializers.UUIDField()
    display_name = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    email = serializers.CharField(allow_blank=True)
    email_verified = serializers.BooleanField()
    is_guest = serializers.BooleanField()
    time_zone = serializers.CharField()
    memberships = MembershipSerializer(many=True)


class TokenSerializer(serializers.Serializer[Any]):
    """A token without its secret."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    prefix = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)


class TokenSecretSerializer(TokenSerializer):
    """A token just made, with the secret that is shown this once."""

    token = serializers.CharField()


class NewTokenSerializer(serializers.Serializer[Any]):
    """What a new token is for, and for how many days; null for no end."""

    name = serializers.CharField(max_length=80)
    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, allow_null=True, default=DEFAULT_DAYS)
